import type { TopicPartition } from "../../model/kafka/partition.ts";

/** Partitions by their topic. */
export function byTopic<T extends { readonly topic: string }>(partitions: readonly T[]): Map<string, T[]> {
  const topics = new Map<string, T[]>();
  for (const partition of partitions) topics.set(partition.topic, [...(topics.get(partition.topic) ?? []), partition]);
  return topics;
}

/** A partition's name: `topic-0`. */
export function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
