import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { classDataName } from "../../model/local/classData.ts";
import type { KafkaVersion } from "../../model/kafka/versions.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import type { Archive } from "../distribution/store.ts";
import { ROOT_SCRIPT, setupFiles } from "./classDataScript.ts";
import { fileHash } from "../lib/fileHash.ts";
import { cacheDirectory } from "../lib/projectPaths.ts";
import { cachedImage, type ImageFiles } from "./machineImage.ts";
import { imageKey } from "./imageRecipe.ts";
import type { Step } from "./runSteps.ts";

const SERVICES: readonly Service[] = ["zookeeper", "kafka"];

/** How long it may take, in milliseconds; 38 s on two cores under load (measured). */
const TIMEOUT_MS = 180_000;

interface FileStamp {
  readonly size: number;
  /** When it was written, in milliseconds since the epoch. */
  readonly modified: number;
  readonly sha256: string;
}

/** From what and as what the archives were made: another image, program or file makes them anew. */
interface Stamp {
  readonly image: string;
  readonly program: string;
  readonly files: readonly FileStamp[];
}

/**
 * The step that makes the archives of the services' classes, with which the machines' JVMs start quicker. Services start
 * without them as well, so where they can't be made, the set-up goes on.
 *
 * @param distribution the version's archive in the cache
 */
export function classDataStep(release: KafkaVersion, distribution: () => Promise<Archive | undefined>): Step {
  return {
    name: `class data of Kafka ${release.version}`,
    isDone: async () => {
      const [archive, image] = [await distribution(), await cachedImage()];
      return archive !== undefined && image !== undefined && (await isMade(release, archive, image));
    },
    run: async (note) => {
      const [archive, image] = [await distribution(), await cachedImage()];
      note("starting both services once");
      const failure =
        archive && image ? await makeClassData(release, archive, image) : "image or distribution is not in the cache";
      return failure === undefined ? undefined : `not made, and services start without: ${failure}`;
    },
  };
}

function filesOf(archive: Archive): { archives: string[]; stamp: string } {
  const path = (service: Service): string =>
    join(dirname(archive.file), classDataName(basename(archive.file), imageKey(), service));
  return { archives: SERVICES.map(path), stamp: `${path("kafka")}.json` };
}

async function isMade(release: KafkaVersion, archive: Archive, image: ImageFiles): Promise<boolean> {
  const { archives, stamp } = filesOf(archive);
  const noted = await readFile(stamp, "utf8").catch(() => undefined);
  return noted !== undefined && (await isAsNoted(JSON.parse(noted) as Stamp, release, archives, image));
}

/** What is noted of archives that were made. */
export async function stampOf(release: KafkaVersion, archives: readonly string[], image: ImageFiles): Promise<Stamp> {
  const files = archives.map(async (file) => ({ ...(await lookAt(file)), sha256: await fileHash("sha256", file) }));
  return { image: image.fingerprint, program: programOf(release), files: await Promise.all(files) };
}

/** Whether archives are there as they were noted. They are only read where they look otherwise: a copy has another time. */
export async function isAsNoted(
  noted: Stamp,
  release: KafkaVersion,
  archives: readonly string[],
  image: ImageFiles,
): Promise<boolean> {
  if (noted.image !== image.fingerprint || noted.program !== programOf(release)) return false;
  const same = archives.map(async (file, index) => {
    const [was, is] = [noted.files[index], await lookAt(file).catch(() => undefined)];
    if (was?.size !== is?.size) return false;
    return was?.modified === is?.modified || was?.sha256 === (await fileHash("sha256", file));
  });
  return !(await Promise.all(same)).includes(false);
}

async function lookAt(file: string): Promise<{ size: number; modified: number }> {
  const { size, mtimeMs } = await stat(file);
  return { size, modified: mtimeMs };
}

function programOf(release: KafkaVersion): string {
  const program = JSON.stringify([ROOT_SCRIPT, setupFiles(release)]);
  return createHash("sha256").update(program).digest("hex");
}

/**
 * Makes the archives: in namespaces of its own, the image's JVM runs a ZooKeeper server and a broker from the distribution
 * for as long as it takes to make a topic. Everything stands in memory and is gone with the namespaces.
 *
 * @param timeoutMs how long it may take
 * @returns why there are none; nothing when they are in their places
 */
export async function makeClassData(
  release: KafkaVersion,
  archive: Archive,
  image: ImageFiles,
  timeoutMs = TIMEOUT_MS,
): Promise<string | undefined> {
  const { archives, stamp } = filesOf(archive);
  const partial = cacheDirectory(`class-data.${process.pid}.part`);
  const folder = (name: string): string => join(partial, name);
  try {
    for (const name of ["root", "files", "made"]) await mkdir(folder(name), { recursive: true });
    for (const [name, content] of Object.entries(setupFiles(release))) {
      await writeFile(join(folder("files"), name), content);
    }
    const paths = [partial, image.rootfs, archive.file, release.name];
    const failure = await inNamespaces(ROOT_SCRIPT, paths, timeoutMs);
    if (failure !== undefined) return failure;
    for (const [index, service] of SERVICES.entries()) {
      const made = join(folder("made"), `${service}.jsa`);
      // An unprivileged container sees it through a mount.
      await chmod(made, 0o644);
      await rename(made, archives[index] ?? "");
    }
    await writeFile(folder("stamp"), JSON.stringify(await stampOf(release, archives, image)));
    await rename(folder("stamp"), stamp);
    return undefined;
  } catch (error) {
    // A full disk, for one.
    return (error as Error).message;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Runs a bash program as root of namespaces of its own; gives why it failed. It ends when this process does. */
function inNamespaces(script: string, args: readonly string[], timeoutMs: number): Promise<string | undefined> {
  const namespaces = ["--mount", "--pid", "--net", "--ipc", "--fork", "--kill-child"];
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  // Not every user's search path has the folders of the system's own programs.
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
  return new Promise((resolve) => {
    const child = spawn("unshare", [...asRoot, ...namespaces, "bash", "-c", script, "class-data", ...args], {
      // Standard input stays open until the end.
      stdio: ["pipe", "ignore", "pipe"],
      env,
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.stdin.on("error", () => undefined);
    child.once("error", (error) => {
      clearTimeout(timer);
      resolve(`unshare can't be started (${error.message})`);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) return resolve(undefined);
      const said = errors.trim().split("\n").at(-1) ?? "";
      if (late) return resolve(`it was not ready in ${timeoutMs / 1000} s`);
      resolve(said === "" ? `it ended with ${signal ?? `exit code ${code}`}` : said);
    });
  });
}
