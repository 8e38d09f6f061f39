import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "../model/kafka/problem.ts";
import { kafkaVersion } from "../model/kafka/versions.ts";
import { ensureDistribution } from "./distribution/ensureDistribution.ts";
import { run } from "./lib/exec.ts";
import { progress, runScript, UserError } from "./lib/report.ts";

/**
 * `definitions VERSION`: reads Kafka's definitions of its broker properties and of a topic's configs from the jars of
 * that version and writes model/kafka/definitions/VERSION.json and topics-VERSION.json. For who adds a version to the program; needs a JDK (it compiles).
 */
runScript(async () => {
  const release = supported(process.argv[2] ?? "");
  const { file } = await ensureDistribution(release.version);
  const work = await mkdtemp(join(tmpdir(), "kafka-definitions-"));
  try {
    await run("tar", ["-xf", file, "-C", work]);
    const [folder] = await readdir(work);
    const home = join(work, folder ?? "");
    for (const [file, ...what] of [[`${release.version}.json`], [`topics-${release.version}.json`, "topics"]]) {
      const json = await run("java", [
        "-cp",
        join(home, "libs", "*"),
        `-Dlog4j.configuration=file:${join(home, "config", "tools-log4j.properties")}`,
        join(process.cwd(), "scripts", "definitions", "ReadDefinitions.java"),
        ...what,
      ]);
      const target = join("model", "kafka", "definitions", file ?? "");
      await writeFile(target, json);
      progress(`wrote ${target}`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});

function supported(version: string): ReturnType<typeof kafkaVersion> {
  try {
    return kafkaVersion(version);
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
}
