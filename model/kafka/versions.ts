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
  /** The newest protocol that its brokers speak with each other, as inter.broker.protocol.version takes it. */
  readonly protocol: string;
  /** Versions that a cluster can be upgraded from to this one, broker by broker, and back until the protocol is raised. */
  readonly upgradesFrom: readonly string[];
}

function release(version: string, scala: string, zooKeeper: string, upgradesFrom: readonly string[]): KafkaVersion {
  const name = `kafka_${scala}-${version}`;
  return {
    version,
    scala,
    name,
    zooKeeper,
    archiveUrl: `https://archive.apache.org/dist/kafka/${version}/${name}.tgz`,
    protocol: version.split(".").slice(0, 2).join("."),
    upgradesFrom,
  };
}

/**
 * What can be deployed, newest first: the last line that runs with ZooKeeper, and the one of the operations note. An
 * upgrade and the way back are each proven end to end before a pair stands here (test/e2e/upgrade.test.ts).
 */
export const KAFKA_VERSIONS: readonly KafkaVersion[] = [
  release("3.9.2", "2.13", "3.8.4", ["2.4.0"]),
  release("2.4.0", "2.11", "3.5.6", []),
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

/**
 * The version whose distribution has a name, for example `kafka_2.13-3.9.2`.
 *
 * @throws Error when there is none
 */
export function versionOfDistribution(name: string): KafkaVersion {
  const found = KAFKA_VERSIONS.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`${name} is no distribution of a supported version of Kafka`);
  return found;
}

/** Versions of the protocol that the brokers of a version can speak with each other, newest first. */
export function protocolsOf({ protocol }: KafkaVersion): string[] {
  return KAFKA_VERSIONS.map((known) => known.protocol).filter((known) => !isNewer(known, protocol));
}

/** Whether a version is newer than another one: `3.9.2` than `2.4.0`, `3.10` than `3.9`. */
export function isNewer(version: string, other: string): boolean {
  return version.localeCompare(other, "en", { numeric: true }) > 0;
}
