import { defaultBrokerProperties } from "../render/serverProperties.ts";
import type { Reach } from "../reach.ts";
import type { TopicShape } from "../livingCluster.ts";
import type { Settings } from "../settings/settings.ts";
import type { TopicBroker } from "./topicSpec.ts";

/** What a growing cluster's topics need; travels as JSON in `KAFKA_CLUSTER_SPEC`, and ReachSecrets beside it. */
export interface GrowthSpec {
  readonly brokers: readonly TopicBroker[];
  /** How to get to the brokers. */
  readonly reach: Reach;
  /** The most that a broker sends and, apart from that, takes for moves, in bytes per second. */
  readonly throttleBytesPerSecond: number;
  /** How many replicas topics shall have at least, by their names; those that don't exist are let be. */
  readonly factors: Readonly<Record<string, number>>;
}

/** What a growth leaves for the record. */
export interface GrowthResult {
  /** Number of partitions that got more replicas. */
  readonly grown: number;
}

/**
 * How many replicas the settings ask for of Kafka's own topics, of the verification's and of those that the stack looks
 * after. Kafka reads its properties for a topic of its own only when it makes it.
 */
export function wantedFactors(
  settings: Pick<Settings, "brokerCount" | "heap" | "brokerProperties" | "verification" | "topics">,
): Record<string, number> {
  const { brokerCount, heap, brokerProperties, verification, topics } = settings;
  const properties = { ...defaultBrokerProperties(brokerCount, heap.broker, brokerProperties), ...brokerProperties };
  const ofKafka = (property: string): number => Math.min(brokerCount, Number(properties[property]));
  return {
    __consumer_offsets: ofKafka("offsets.topic.replication.factor"),
    __transaction_state: ofKafka("transaction.state.log.replication.factor"),
    [verification.topic]: verification.replicationFactor,
    ...Object.fromEntries(topics.map(({ name, replicationFactor }) => [name, replicationFactor])),
  };
}

/**
 * How many replicas topics get before a broker is stopped: those of the settings that ask for more than there are. With one
 * replica nobody could do without its broker, and a topic's own change comes after the roll.
 *
 * @param deployed what the last deployment left on record: a topic whose replicas were changed by hand since stays so
 * @param present how many replicas topics have, by their names; one that is not named is taken from the record
 */
export function gainedFactors(
  topics: Settings["topics"],
  deployed: readonly TopicShape[],
  present: Readonly<Record<string, number>>,
): Record<string, number> {
  const gaining = topics.filter(({ name, replicationFactor }) => {
    const recorded = deployed.find((topic) => topic.name === name)?.replicationFactor;
    const has = Object.hasOwn(present, name) ? present[name] : recorded;
    return recorded !== replicationFactor && has !== undefined && has < replicationFactor;
  });
  return Object.fromEntries(gaining.map(({ name, replicationFactor }) => [name, replicationFactor]));
}
