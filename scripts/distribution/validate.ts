import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { kafkaVersion } from "../../model/kafka/versions.ts";
import { exec, run } from "../lib/exec.ts";
import { cacheDirectory } from "../lib/projectPaths.ts";
import { cachedDistribution } from "./ensureDistribution.ts";

/** What Kafka says of a whole server.properties. */
export type Verdict =
  | { readonly kind: "valid" }
  | { readonly kind: "refused"; readonly reason: string }
  /** It could not be asked. */
  | { readonly kind: "unknown"; readonly why: string };

const SOURCE = join("scripts", "definitions", "ValidateProperties.java");

/**
 * Has Kafka's own classes judge a server.properties, as a broker of that version does first of all. An answer is kept in
 * the cache, so that only other properties cost something: some 2 s.
 *
 * It takes the version's distribution in the cache and a JDK, 17 or newer; without one of them the answer is unknown.
 *
 * @throws SettingsError for a version that is not supported
 */
export async function validateProperties(version: string, properties: string): Promise<Verdict> {
  const program = await readFile(SOURCE);
  const key = createHash("sha256").update(version).update("\0").update(program).update(properties).digest("hex");
  const answer = cacheDirectory("validated", key);
  const known = await readFile(answer, "utf8").catch(() => "");
  if (known !== "") return readVerdict(known);
  const libs = await libraries(version);
  if (libs === undefined) return { kind: "unknown", why: `Kafka ${version} is not in the cache` };
  const finished = await exec("java", ["-XX:TieredStopAtLevel=1", "-cp", join(libs, "*"), SOURCE], {
    input: properties,
  }).catch((error: unknown) => ({ stdout: "", stderr: (error as Error).message }));
  const verdict = readVerdict(finished.stdout);
  if (verdict.kind === "unknown") return { kind: "unknown", why: finished.stderr.trim().split("\n")[0] ?? "" };
  await mkdir(dirname(answer), { recursive: true });
  await writeFile(`${answer}.${process.pid}`, finished.stdout);
  await rename(`${answer}.${process.pid}`, answer);
  return verdict;
}

/** Reads what the program in Java has printed. */
export function readVerdict(printed: string): Verdict {
  const [, answer, reason = ""] = /^(valid|refused)(?:: (.*))?$/m.exec(printed) ?? [];
  if (answer === "valid") return { kind: "valid" };
  return answer === "refused" ? { kind: "refused", reason } : { kind: "unknown", why: "no answer" };
}

/** The folder of a version's jars, unpacked once; undefined where its distribution is not in the cache. */
async function libraries(version: string): Promise<string | undefined> {
  const archive = await cachedDistribution(version);
  if (!archive) return undefined;
  const { name } = kafkaVersion(version);
  const folder = cacheDirectory("libraries", `${name}-${archive.sha512.slice(0, 16)}`);
  const isThere = (): Promise<boolean> =>
    access(folder).then(
      () => true,
      () => false,
    );
  if (!(await isThere())) {
    await mkdir(dirname(folder), { recursive: true });
    const work = await mkdtemp(`${folder}.`);
    try {
      await run("tar", ["-xf", archive.file, "-C", work, `${name}/libs`]);
      // Another program may have been quicker.
      await rename(join(work, name, "libs"), folder).catch(async (error: unknown) => {
        if (!(await isThere())) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }
  return folder;
}
