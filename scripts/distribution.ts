import { SettingsError } from "../components/kafka/problem.ts";
import { DEFAULT_KAFKA_VERSION, kafkaVersion } from "../components/kafka/versions.ts";
import { ensureDistribution } from "./distribution/ensure.ts";
import { result, runScript, UserError } from "./lib/report.ts";

/**
 * `distribution create`: makes sure that Kafka's binary distribution is in the cache.
 *
 * Environment: `KAFKA_VERSION`. Result: `{name, file, sha512}`. There is no `delete`: the cache is shared by all
 * stacks and clones.
 */
runScript(async () => {
  const [operation] = process.argv.slice(2);
  if (operation !== "create")
    throw new UserError(`distribution ${operation ?? "(nothing)"}: the only operation is create`);
  const version = process.env.KAFKA_VERSION ?? DEFAULT_KAFKA_VERSION;
  try {
    result({ name: kafkaVersion(version).name, ...(await ensureDistribution(version)) });
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
});
