import { join } from "node:path";
import { type KafkaVersion, kafkaVersion } from "../../model/kafka/versions.ts";
import { cacheDirectory } from "../lib/projectPaths.ts";
import { progress } from "../lib/report.ts";
import { downloadArchive } from "./apache.ts";
import { assemble, assemblyKey } from "./assemble.ts";
import { type Archive, lookUp, store } from "./store.ts";

/** The files that may hold a version's distribution, the first choice first. */
function candidates(release: KafkaVersion): { apache: string; assembled: string; usable: string[] } {
  const apache = join(cacheDirectory("distributions"), `${release.name}-apache.tgz`);
  const assembled = join(cacheDirectory("distributions"), `${release.name}-${assemblyKey(release)}.tar`);
  return { apache, assembled, usable: registriesOnly() ? [assembled] : [apache, assembled] };
}

function registriesOnly(): boolean {
  return process.env.KAFKA_CLUSTER_SOURCES === "registries";
}

/**
 * The distribution that the cache holds; `undefined` when there is none, or none that is whole.
 *
 * @param version a supported version of Kafka
 * @throws SettingsError for another version
 */
export async function cachedDistribution(version: string): Promise<Archive | undefined> {
  for (const file of candidates(kafkaVersion(version)).usable) {
    const cached = await lookUp(file);
    if (cached === "corrupt") progress(`${file} is corrupt: making it again`);
    else if (cached !== "absent") return cached;
  }
  return undefined;
}

/**
 * Gives Kafka's binary distribution, from the cache where it is there and whole.
 *
 * Apache's archive where its site can be reached, else one assembled from Maven repositories. With
 * `KAFKA_CLUSTER_SOURCES=registries` Apache's site is not asked. What the cache holds comes first, so that a
 * deployment's archive does not change with the state of the network.
 *
 * @param version a supported version of Kafka
 * @throws SettingsError for another version, UserError when it can't be had from anywhere
 */
export async function ensureDistribution(version: string): Promise<Archive> {
  const cached = await cachedDistribution(version);
  if (cached) return cached;
  const release = kafkaVersion(version);
  const { apache, assembled } = candidates(release);
  if (!registriesOnly()) {
    try {
      progress(`downloading ${release.archiveUrl}`);
      return await store(apache, (path) => downloadArchive(release.archiveUrl, path));
    } catch (error) {
      progress(`Apache's archive is not to be had (${(error as Error).message})`);
    }
  }
  progress(`assembling ${release.name} from Maven repositories`);
  return store(assembled, (path) => assemble(release, path));
}
