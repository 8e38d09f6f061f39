import type { TopicShape } from "../lib/topics.ts";
import type { PartitionState } from "../../model/kafka/partition.ts";

/**
 * What of a topic differs for good from what it has to be: waiting doesn't mend its partition count or replication
 * factor.
 *
 * @returns one sentence, or undefined when they are as asked for
 */
export function shapeProblem(expected: TopicShape, partitions: readonly PartitionState[]): string | undefined {
  const factors = [...new Set(partitions.map(({ replicas }) => replicas.length))];
  if (partitions.length === expected.partitions && factors.every((factor) => factor === expected.replicationFactor)) {
    return undefined;
  }
  return (
    `topic ${expected.topic} exists with ${partitions.length} partition(s) and replication factor ` +
    `${factors.join(" and ")}, expected ${expected.partitions} and ${expected.replicationFactor}`
  );
}

/**
 * What a partition still lacks: a leader, replicas on brokers of their own, each of them in sync.
 *
 * @returns one sentence for all partitions, or undefined when nothing is lacking
 */
export function replicaProblem(expected: TopicShape, partitions: readonly PartitionState[]): string | undefined {
  const lacking = partitions.filter(
    ({ leader, replicas, isr }) =>
      leader < 0 ||
      new Set(replicas).size !== expected.replicationFactor ||
      replicas.some((broker) => !isr.includes(broker)),
  );
  return lacking.length === 0 ? undefined : lacking.map(describePartition).join("; ");
}

/** A partition in the words of `kafka-topics.sh --describe`. */
export function describePartition({ partition, leader, replicas, isr }: PartitionState): string {
  return `partition ${partition}: leader ${leader < 0 ? "none" : leader}, replicas ${replicas.join(",")}, in sync ${isr.join(",") || "none"}`;
}
