import type { Admin } from "kafkajs";
import type { PartitionReplicas } from "../../components/kafka/replicaTable.ts";
import { RESOURCE_TYPES } from "../lib/adminProtocol.ts";

/** A partition as the cluster has it. */
export interface LivePartition extends PartitionReplicas {
  /** Broker id, -1 when there is none. */
  readonly leader: number;
  /** Broker ids of the in-sync replicas. */
  readonly isr: readonly number[];
}

/** A partition that is being moved. */
export interface Move extends PartitionReplicas {
  /** Brokers that take a copy. */
  readonly adding: readonly number[];
  /** Brokers that lose theirs in the end. */
  readonly removing: readonly number[];
}

/** All partitions, those of internal topics included; while one is moved, with all replicas, old and new. */
export async function livePartitions(admin: Admin): Promise<LivePartition[]> {
  const { topics } = await admin.fetchTopicMetadata();
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionId, leader, replicas, isr }) => ({
      topic: name,
      partition: partitionId,
      leader,
      replicas,
      isr,
    })),
  );
}

/** What kafkajs 2.2.4 gives; its types say `topic` and `partitionIndex`. */
interface ListedTopic {
  readonly name: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly replicas: readonly number[];
    readonly addingReplicas: readonly number[];
    readonly removingReplicas: readonly number[];
  }[];
}

/** The moves that are under way. */
export async function movesUnderWay(admin: Admin): Promise<Move[]> {
  const listed = await admin.listPartitionReassignments({});
  return (listed.topics as unknown as readonly ListedTopic[]).flatMap(({ name, partitions }) =>
    partitions.map(({ partition, replicas, addingReplicas, removingReplicas }) => ({
      topic: name,
      partition,
      replicas,
      adding: addingReplicas,
      removing: removingReplicas,
    })),
  );
}

/** Partitions without the replicas that moves under way add, or without those that they remove. */
export function without(
  side: "adding" | "removing",
  live: readonly PartitionReplicas[],
  moves: readonly Move[],
): PartitionReplicas[] {
  const left = new Map(moves.map((move) => [keyOf(move), move[side]]));
  return live.map((row) => ({
    topic: row.topic,
    partition: row.partition,
    replicas: row.replicas.filter((broker) => !left.get(keyOf(row))?.includes(broker)),
  }));
}

/** Starts moves; a partition that is being moved already gets another goal. */
export async function startMoves(admin: Admin, goals: readonly PartitionReplicas[]): Promise<void> {
  if (goals.length === 0) return;
  await admin.alterPartitionReassignments({
    topics: [...byTopic(goals)].map(([topic, partitions]) => ({
      topic,
      partitionAssignment: partitions.map(({ partition, replicas }) => ({ partition, replicas: [...replicas] })),
    })),
  });
}

/** Where a config's value comes from when it was set for one topic or for one broker (`ConfigSource`). */
const OWN_SOURCES = [1, 2];

/** Topics, or brokers by their ids, for which one of some configs is set on themselves, as they see it. */
export async function haveConfig(
  admin: Admin,
  type: keyof typeof RESOURCE_TYPES,
  names: readonly string[],
  configNames: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: RESOURCE_TYPES[type], name, configNames: [...configNames] })),
  });
  return resources
    .filter(({ configEntries }) => configEntries.some(({ configSource }) => OWN_SOURCES.includes(Number(configSource))))
    .map(({ resourceName }) => resourceName);
}

/** Partitions by their topic. */
export function byTopic<T extends { readonly topic: string }>(partitions: readonly T[]): Map<string, T[]> {
  const topics = new Map<string, T[]>();
  for (const partition of partitions) topics.set(partition.topic, [...(topics.get(partition.topic) ?? []), partition]);
  return topics;
}

/** A partition's name: `topic-0`. */
export function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}-${partition}`;
}
