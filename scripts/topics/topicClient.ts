import type { Admin } from "kafkajs";
import kafkajs from "kafkajs";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { waitFor } from "../lib/wait.ts";
import type { ActualTopic } from "../../components/kafka/topicChanges.ts";
import type { TopicBroker } from "../../components/topicSpec.ts";
import type { PartitionState } from "../../components/verificationSpec.ts";

/** What works on topics use. */
export interface TopicClient {
  readonly admin: Admin;
  readonly requests: Pick<AdminRequests, "incrementalAlterConfigs">;
  readonly brokers: readonly TopicBroker[];
}

/** How often Kafka is asked whether it is there yet, in milliseconds. */
const INTERVAL_MS = 100;

/**
 * The topic's partitions in order.
 *
 * @throws KafkaJSProtocolError when the broker that is asked does not know the topic (yet)
 */
export async function partitionsOf({ admin }: TopicClient, topic: string): Promise<PartitionState[]> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return (topics.find(({ name }) => name === topic)?.partitions ?? [])
    .map(({ partitionId, leader, replicas, isr }) => ({ partition: partitionId, leader, replicas, isr }))
    .sort((a, b) => a.partition - b.partition);
}

/** Every config of a topic. */
export async function configsOf({ admin }: TopicClient, topic: string): Promise<ActualTopic["configs"]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return Object.fromEntries(
    entries.map(({ configName, configValue, configSource }) => [
      configName,
      { value: configValue, own: configSource === kafkajs.ConfigSource.TOPIC_CONFIG },
    ]),
  );
}

/** What kafkajs 2.2.4 gives; its declared types have other names. */
interface Reassignments {
  readonly topics: readonly { readonly name: string; readonly partitions: readonly { readonly partition: number }[] }[];
}

/** Numbers of the partitions whose replicas move. */
export async function movingPartitions({ admin }: TopicClient, topic: string): Promise<number[]> {
  const { topics } = (await admin.listPartitionReassignments({})) as unknown as Reassignments;
  return topics
    .filter(({ name }) => name === topic)
    .flatMap(({ partitions }) => partitions.map(({ partition }) => partition))
    .sort((a, b) => a - b);
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
