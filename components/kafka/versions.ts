import { SettingsError } from "./problem.ts";

/** A version of Kafka that the program deploys. Each runs on Java 17 without flags of its own (tried). */
export interface KafkaVersion {
  /** Kafka's version. */
  readonly version: string;
  /** Version of Scala that the broker was compiled for. */
  readonly scala: string;
  /** Name of the distribution: its top folder, also the folder below /opt. */
  readonly name: string;
  /** Version of the ZooKeeper server in the distribution. */
  readonly zooKeeper: string;
  /** Apache's archive of the distribution; its SHA-512 is at the same address with `.sha512` added. */
  readonly archiveUrl: string;
}

function release(version: string, scala: string, zooKeeper: string): KafkaVersion {
  const name = `kafka_${scala}-${version}`;
  return {
    version,
    scala,
    name,
    zooKeeper,
    archiveUrl: `https://archive.apache.org/dist/kafka/${version}/${name}.tgz`,
  };
}

/** What can be deployed, newest first: the last line that runs with ZooKeeper, and the one of the operations note. */
export const KAFKA_VERSIONS: readonly KafkaVersion[] = [
  release("3.9.2", "2.13", "3.8.4"),
  release("2.4.0", "2.11", "3.5.6"),
];

/** The version of a cluster that names none. */
export const DEFAULT_KAFKA_VERSION = "3.9.2";

/**
 * Looks a version up.
 *
 * @throws SettingsError for `kafkaVersion`, listing the supported ones
 */
export function kafkaVersion(version: string): KafkaVersion {
  const found = KAFKA_VERSIONS.find((candidate) => candidate.version === version);
  if (!found) {
    const supported = KAFKA_VERSIONS.map((candidate) => candidate.version).join(", ");
    throw new SettingsError([{ key: "kafkaVersion", value: version, allowed: `one of ${supported}` }]);
  }
  return found;
}
