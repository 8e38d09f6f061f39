import { SettingsError } from "../model/kafka/problem.ts";
import { DEFAULT_KAFKA_VERSION, kafkaVersion } from "../model/kafka/versions.ts";
import { publishedSha512 } from "./distribution/apache.ts";
import { ensureDistribution } from "./distribution/ensureDistribution.ts";
import { result, runScript, UserError } from "./lib/report.ts";

/**
 * - `distribution create`: makes sure that Kafka's binary distribution is in the cache. Result: `{name, file, sha512}`.
 *   There is no `delete`: the cache is shared by all stacks and clones.
 * - `distribution published`: asks Apache for the SHA-512 of its archive, which machines fetch themselves. Result:
 *   `{name, url, sha512}`.
 *
 * Environment: `KAFKA_VERSION`.
 */
runScript(async () => {
  const operation = process.argv[2] ?? "(nothing)";
  const version = process.env.KAFKA_VERSION ?? DEFAULT_KAFKA_VERSION;
  try {
    const { name, archiveUrl } = kafkaVersion(version);
    switch (operation) {
      case "create":
        result({ name, ...(await ensureDistribution(version)) });
        break;
      case "published":
        result({ name, url: archiveUrl, sha512: await published(archiveUrl) });
        break;
      default:
        throw new UserError(`distribution ${operation}: the operations are create and published`);
    }
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
});

async function published(url: string): Promise<string> {
  return publishedSha512(url).catch((error: unknown) => {
    const { message, cause } = error as Error;
    throw new UserError(
      `the SHA-512 of ${url} is not to be had from Apache (${cause instanceof Error ? cause.message : message}); ` +
        "try again, or set distribution.url and distribution.sha512 to a copy of yours",
    );
  });
}
