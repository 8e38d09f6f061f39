import kafkajs from "kafkajs";
import { kafkaReason } from "../lib/kafka.ts";
import type { NewTopic } from "../lib/topicProtocol.ts";
import { waitFor } from "../lib/wait.ts";
import type { MoverRequests } from "../mover/mover.ts";
import type { PartitionState } from "../../model/kafka/partition.ts";
import type { ActualTopic } from "../../model/kafka/topicChanges.ts";
import type { TopicBroker } from "../../model/specs/topicSpec.ts";

/** What works on topics use. */
export interface TopicClient {
  /** Creates a topic without waiting for its leaders; gives false when it exists. */
  readonly create: (topic: NewTopic) => Promise<boolean>;
  /** Gives a topic more partitions, up to the count. */
  readonly addPartitions: (topic: string, count: number) => Promise<void>;
  /** Has a topic deleted, without waiting for it; gives false when there is none. */
  readonly delete: (topic: string) => Promise<boolean>;
  readonly requests: MoverRequests;
  readonly brokers: readonly TopicBroker[];
  /** The most that a broker sends and, apart from that, takes for moves. */
  readonly bytesPerSecond: number;
}

/** How often Kafka is asked whether it is there yet, in milliseconds. */
const INTERVAL_MS = 100;

/** The topic's partitions in order; none when the broker that is asked does not know it (yet). */
export async function partitionsOf({ requests }: TopicClient, topic: string): Promise<PartitionState[]> {
  const { partitions } = await requests.metadata();
  return partitions
    .filter((row) => row.topic === topic)
    .map(({ partition, leader, replicas, isr }) => ({ partition, leader, replicas, isr }))
    .sort((a, b) => a.partition - b.partition);
}

/** Every config of a topic. */
export async function configsOf({ requests }: TopicClient, topic: string): Promise<ActualTopic["configs"]> {
  const { resources } = await requests.describeConfigs([{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }]);
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return Object.fromEntries(
    entries.map(({ configName, configValue, configSource }) => [
      configName,
      { value: configValue, own: configSource === kafkajs.ConfigSource.TOPIC_CONFIG },
    ]),
  );
}

/**
 * Polls as {@link waitFor} does; what kafkajs throws counts as seen.
 *
 * @throws UserError after the time-out
 */
export function poll<T>(
  what: string,
  check: () => Promise<{ value: T } | { seen: string }>,
  timeoutMs: number,
): Promise<T> {
  const checked = (): Promise<{ value: T } | { seen: string }> =>
    check().catch((error: unknown) => ({ seen: kafkaReason(error) }));
  return waitFor(what, checked, timeoutMs, INTERVAL_MS);
}
