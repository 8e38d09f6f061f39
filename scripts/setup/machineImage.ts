import { spawn } from "node:child_process";
import { cp, mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exec, run } from "../lib/exec.ts";
import { fileHash } from "../lib/fileHash.ts";
import { cacheDirectory } from "../lib/projectPaths.ts";
import { proxyVariables } from "../lib/proxy.ts";
import { UserError } from "../lib/report.ts";
import { debianSources } from "./debianSources.ts";
import {
  EXCLUDED_PATHS,
  imageKey,
  machineArchitecture,
  PACKAGES,
  recipeDirectory,
  renderMetadata,
  SUITE,
} from "./imageRecipe.ts";
import type { Step } from "./runSteps.ts";

/** The built image: two files, and the fingerprint by which the daemon knows them. */
export interface ImageFiles {
  readonly metadata: string;
  readonly rootfs: string;
  /** SHA-256 of both files, one after the other. */
  readonly fingerprint: string;
}

/** Compression level of zstd: 2 s for level 1 (174 MB), 5 s for 6 (155 MB), 30 s for the default 15 (measured). */
const ZSTD_LEVEL = "6";

function imageDirectory(): string {
  return cacheDirectory("images", imageKey());
}

/** The image in the cache, if it is there whole. */
export async function cachedImage(): Promise<ImageFiles | undefined> {
  const directory = imageDirectory();
  const fingerprint = await readFile(join(directory, "fingerprint"), "utf8").catch(() => undefined);
  return fingerprint === undefined ? undefined : imageFiles(directory, fingerprint);
}

/** The step of the set-up that builds the image. */
export function imageStep(): Step {
  return {
    name: "machine image (Debian 12, cloud-init, Java 17)",
    isDone: async () => (await cachedImage()) !== undefined,
    run: async (note) => {
      await buildImage(note);
    },
  };
}

/**
 * Builds the image into the cache: some 50 s, most of it for Debian's packages.
 *
 * Needs root, or user namespaces (`newuidmap` and a range in /etc/subuid).
 *
 * @param note shows what it is at
 * @throws UserError when mmdebstrap is missing or fails, with the end of its log
 */
export async function buildImage(note: (text: string) => void): Promise<ImageFiles> {
  const directory = imageDirectory();
  const partial = `${directory}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    const archive = join(partial, "rootfs.tar");
    note("installing Debian's packages");
    await bootstrap(archive, note);
    note("compressing");
    const rootfs = join(partial, "rootfs.squashfs");
    await compress(archive, rootfs);
    await rm(archive);
    const metadata = join(partial, "metadata.tar");
    await packMetadata(join(partial, "metadata"), metadata);
    const fingerprint = await fileHash("sha256", metadata, rootfs);
    await writeFile(join(partial, "fingerprint"), fingerprint);
    // Another run may have been faster; one of the two images is as good as the other.
    await rename(partial, directory).catch(async (error: unknown) => {
      if ((await cachedImage()) === undefined) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  const image = await cachedImage();
  if (!image) throw new Error(`${directory} vanished while the image was built`);
  return image;
}

function imageFiles(directory: string, fingerprint: string): ImageFiles {
  return { metadata: join(directory, "metadata.tar"), rootfs: join(directory, "rootfs.squashfs"), fingerprint };
}

async function bootstrap(archive: string, note: (text: string) => void): Promise<void> {
  const log = cacheDirectory("images", "mmdebstrap.log");
  const sources = await debianSources();
  const args = [
    "--variant=minbase",
    "--format=tar",
    `--include=${PACKAGES.join(",")}`,
    ...EXCLUDED_PATHS.map((path) => `--dpkgopt=path-exclude=${path}`),
    `--customize-hook=${recipeDirectory("customize.sh")}`,
    SUITE,
    archive,
    // "-": the sources come on standard input; without them mmdebstrap knows its default.
    ...(sources ? ["-"] : []),
  ];
  const onOutput = (text: string): void => {
    const step = /^I: (.+?)(\.\.\.)?$/m.exec(text)?.[1];
    if (step) note(step);
  };
  const ended = await exec("mmdebstrap", args, { input: sources ?? "", onOutput, env: proxyVariables() }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      throw new UserError("mmdebstrap is missing; it builds the machine image. Install it: apt-get install mmdebstrap");
    },
  );
  await writeFile(log, ended.stderr);
  if (ended.code === 0) return;
  const errors = ended.stderr.split("\n").filter((line) => /^(E|W|Err|dpkg|newuidmap)\b.*:/.test(line));
  throw new UserError(
    `mmdebstrap could not build the machine image: ${errors.slice(-6).join("\n") || ended.stderr.slice(-500)}\n` +
      `Its whole log is ${log}. It needs a reachable Debian mirror, some 1 GB of free disk, and root rights or ` +
      "user namespaces (packages uidmap and a range of yours in /etc/subuid).",
  );
}

async function compress(archive: string, rootfs: string): Promise<void> {
  const input = await open(archive);
  try {
    const child = spawn(
      "mksquashfs",
      ["-", rootfs, "-tar", "-comp", "zstd", "-Xcompression-level", ZSTD_LEVEL, "-noappend", "-no-progress"],
      { stdio: [input.fd, "ignore", "pipe"] },
    );
    let errors = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (errors += text));
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve();
        else reject(new UserError(`mksquashfs could not pack the machine image: ${errors.trim().slice(-500)}`));
      });
    });
  } finally {
    await input.close();
  }
}

async function packMetadata(stage: string, archive: string): Promise<void> {
  await cp(recipeDirectory("templates"), join(stage, "templates"), { recursive: true });
  await writeFile(join(stage, "metadata.yaml"), renderMetadata(machineArchitecture()));
  const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=a+rX,u+w,go-w"];
  await run("tar", [...same, "-C", stage, "-cf", archive, "metadata.yaml", "templates"]);
  await rm(stage, { recursive: true });
}
