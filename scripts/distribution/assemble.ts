import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KafkaVersion } from "../../model/kafka/versions.ts";
import { exec, run } from "../lib/exec.ts";
import { javaProxyOptions } from "../lib/proxy.ts";
import { UserError } from "../lib/report.ts";
import { checkJars, parseJarLock } from "./jarLock.ts";
import { toolScripts } from "./tools.ts";

/** Raised when the layout changes by something that {@link assemblyKey} does not see. */
const LAYOUT = "1";

function source(...segments: string[]): string {
  return join(process.cwd(), "scripts", "distribution", ...segments);
}

/** Identifies what an assembled distribution is made from; another key is another archive. */
export function assemblyKey(release: KafkaVersion): string {
  const hash = createHash("sha256").update(JSON.stringify([LAYOUT, release.name, toolScripts(release)]));
  for (const folder of [release.version, "bin", "config"]) {
    for (const name of readdirSync(source(folder)).sort()) {
      hash.update(JSON.stringify([folder, name, readFileSync(source(folder, name), "utf8")]));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * Puts a distribution together in the layout of Apache's archive: the jars from the user's Maven repositories, checked
 * against the lock file, with scripts and sample configuration of our own. The same input gives the same bytes.
 *
 * @param file where to write the archive, a .tar: jars are compressed already
 * @throws UserError when Java or Maven is missing, Maven fails, or a jar is not the pinned one
 */
export async function assemble(release: KafkaVersion, file: string): Promise<void> {
  await requireProgram("java", "-version", "default-jre-headless");
  await requireProgram("mvn", "-version", "maven");
  const work = await mkdtemp(join(tmpdir(), "kafka-distribution-"));
  try {
    const top = join(work, release.name);
    await mkdir(top);
    await fetchJars(release, work, top);
    await addScripts(release, top);
    await cp(source("config"), join(top, "config"), { recursive: true });
    await pack(work, release.name, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function requireProgram(program: string, versionOption: string, debianPackage: string): Promise<void> {
  const remedy = `install it (apt-get install ${debianPackage}): Kafka's jars are fetched with Maven`;
  const finished = await exec(program, [versionOption]).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new UserError(`${program} was not found; ${remedy}`);
    throw error;
  });
  if (finished.code !== 0) throw new UserError(`${program} does not run: ${finished.stderr.trim()}; ${remedy}`);
}

async function fetchJars(release: KafkaVersion, work: string, top: string): Promise<void> {
  // Maven writes below the folder of its pom.
  await copyFile(source(release.version, "pom.xml"), join(work, "pom.xml"));
  const finished = await exec("mvn", ["--batch-mode", "--quiet", "package"], {
    cwd: work,
    env: await proxyOptions(work),
  });
  if (finished.code !== 0) {
    // Maven's first error line says it; the rest is about its own options.
    const shown = /\[ERROR\] (.+)/.exec(finished.stdout)?.[1] ?? (finished.stdout + finished.stderr).trim();
    throw new UserError(
      `Maven could not fetch the jars of Kafka ${release.version}; run it again when its repositories can be reached:\n${shown}`,
    );
  }
  const built = join(work, "target", "kafka");
  const problems = await checkJars(
    join(built, "libs"),
    parseJarLock(await readFile(source(release.version, "jars.sha256"), "utf8")),
  );
  if (problems.length > 0) {
    throw new UserError(
      `the jars of Kafka ${release.version} are not the pinned ones; delete them from Maven's local repository and try again:\n  ${problems.join("\n  ")}`,
    );
  }
  for (const name of ["libs", "LICENSE", "NOTICE"]) await rename(join(built, name), join(top, name));
}

/** Maven does not read HTTPS_PROXY. Its password goes into a file: a command line is everybody's to read. */
async function proxyOptions(work: string): Promise<Record<string, string>> {
  const options = javaProxyOptions();
  if (options === "") return {};
  const file = join(work, "proxy.args");
  await writeFile(file, options, { mode: 0o600 });
  return { MAVEN_OPTS: [process.env.MAVEN_OPTS, `@${file}`].filter(Boolean).join(" ") };
}

async function addScripts(release: KafkaVersion, top: string): Promise<void> {
  const bin = join(top, "bin");
  await cp(source("bin"), bin, { recursive: true });
  for (const [name, content] of Object.entries(toolScripts(release))) await writeFile(join(bin, name), content);
  // Whatever the clone's umask or file system made of them.
  for (const name of await readdir(bin)) await chmod(join(bin, name), 0o755);
}

async function pack(folder: string, name: string, file: string): Promise<void> {
  const reproducible = ["--format=ustar", "--sort=name", "--mtime=2000-01-01 00:00:00Z", "--owner=0", "--group=0"];
  await run("tar", [...reproducible, "--numeric-owner", "--mode=u=rwX,go=rX", "-cf", file, "-C", folder, name], {
    env: { LC_ALL: "C" },
  });
}
