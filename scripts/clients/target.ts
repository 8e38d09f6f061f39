import kafkajs from "kafkajs";
import type { PartitionMetadata } from "../../model/kafka/partition.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { UserError } from "../lib/report.ts";
import { topicPartitions } from "../lib/topics.ts";
import { waitFor } from "../lib/wait.ts";
import type { Document } from "./documents.ts";
import { isDenial } from "./refusal.ts";

/** How long a partition may be without a leader before that is told, in milliseconds: an election takes less. */
const LEADER_TIMEOUT_MS = 5_000;

/** Which partition a message goes to. */
export interface PartitionChoice {
  readonly topic: string;
  readonly key?: string;
  /** The one that the user asks for. */
  readonly partition?: number;
}

/**
 * Chooses a message's partition as Kafka's own clients do: the one asked for, or by the key's hash, or one that has a
 * leader. One that has none is waited for, up to 5 s.
 *
 * @throws UserError when there is no such partition, or it has no leader, with the brokers that hold it
 */
export async function choosePartition(requests: AdminRequests, choice: PartitionChoice): Promise<number> {
  const { topic } = choice;
  const choose = kafkajs.Partitioners.DefaultPartitioner();
  return waitFor(
    `a leader to send to in topic ${topic}`,
    async () => {
      const partitions = (await topicPartitions(requests, topic)) ?? [];
      if (partitions.length === 0) return { seen: "its brokers do not know the topic yet" };
      const { key = null, partition: asked } = choice;
      if (asked !== undefined && asked >= partitions.length) {
        throw new UserError(
          `--partition ${asked}: topic ${topic} has ${partitions.length} partition(s), from 0 to ${partitions.length - 1}`,
        );
      }
      const partitionMetadata = partitions.map(({ partition, leader, replicas, isr }) => ({
        partitionId: partition,
        partitionErrorCode: 0,
        leader,
        replicas: [...replicas],
        isr: [...isr],
      }));
      const message = { key, value: null, ...(asked !== undefined && { partition: asked }) };
      const chosen = choose({ topic, partitionMetadata, message });
      const state = partitions.find(({ partition }) => partition === chosen);
      return state && state.leader >= 0 ? { value: chosen } : { seen: leaderless(topic, state ? [state] : []) };
    },
    LEADER_TIMEOUT_MS,
  );
}

/** Partitions without a leader and the brokers that hold them. */
export function leaderless(topic: string, partitions: readonly PartitionMetadata[]): string {
  const said = partitions.map(
    ({ partition, replicas }) => `partition ${partition} (on broker(s) ${replicas.join(", ")})`,
  );
  return `no leader of topic ${topic}, ${said.join(", ")}: are these brokers up? npm run status tells`;
}

/** What of a topic's configs decides whether it takes a message; undefined where the user may not read them. */
export interface TopicLimits {
  readonly maxMessageBytes?: number;
  readonly compacted?: boolean;
}

/** Asks for a topic's limits. */
export async function topicLimits(requests: AdminRequests, topic: string): Promise<TopicLimits> {
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic };
  const answer = await requests.describeConfigs([resource]).catch((error: unknown) => {
    if (isDenial(error)) return undefined;
    throw error;
  });
  const entries = new Map(
    answer?.resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue }) => [configName, configValue] as const),
    ),
  );
  const bytes = entries.get("max.message.bytes");
  const policy = entries.get("cleanup.policy");
  return {
    ...(bytes !== undefined && { maxMessageBytes: Number(bytes) }),
    ...(policy !== undefined && { compacted: policy.split(",").includes("compact") }),
  };
}

/**
 * Looks whether a topic can take the documents, before the first one is sent.
 *
 * @throws UserError when it is compacted and there is no key, or a document is too large for it
 */
export function checkLimits(
  { topic, key }: PartitionChoice,
  documents: readonly Document[],
  { maxMessageBytes = Infinity, compacted = false }: TopicLimits,
): void {
  if (compacted && key === undefined) throw new UserError(needsKey(topic));
  const large = documents.find(({ bytes }) => bytes.length > maxMessageBytes);
  if (large) throw new UserError(tooLarge(topic, large, maxMessageBytes));
}

/** What a compacted topic asks for. */
export function needsKey(topic: string): string {
  return `topic ${topic} is compacted (cleanup.policy compact), so each message needs a key: give --key KEY`;
}

/** A document that a topic does not take. */
export function tooLarge(topic: string, { source, bytes }: Document, limit?: number): string {
  const known = limit === undefined ? "than max.message.bytes allows" : `than max.message.bytes, ${limit}, allows`;
  return `${source} has ${bytes.length} bytes: with key and headers that is more ${known} in topic ${topic}`;
}
