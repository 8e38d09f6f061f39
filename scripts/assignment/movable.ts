import type { PartitionMetadata, PartitionReplicas } from "../../model/kafka/partition.ts";
import { firstOf } from "../lib/named.ts";
import { keyOf } from "../lib/partitions.ts";
import { UserError } from "../lib/report.ts";

/** Partitions that a message names. */
const NAMED = 5;

/**
 * Splits a plan: partitions that have a leader to copy from are moved, the others stay where they are.
 *
 * @param live all partitions
 * @param wanted ids of the brokers that partitions may be on
 * @throws UserError when one without a leader would have to leave a broker that goes
 */
export function movable(
  plan: readonly PartitionReplicas[],
  live: readonly PartitionMetadata[],
  wanted: readonly number[],
): { readonly moves: PartitionReplicas[]; readonly left: readonly PartitionMetadata[] } {
  const leaderless = live.filter(({ leader }) => leader < 0);
  const stuck = leaderless.filter(({ replicas }) => replicas.some((id) => !wanted.includes(id)));
  if (stuck.length > 0) {
    throw new UserError(
      `partitions without a leader can't be moved off brokers that go: ${namedPartitions(stuck)}; nothing was moved. ` +
        "Bring the brokers back that hold them, or delete the topics, or keep the brokers",
    );
  }
  const keys = new Set(leaderless.map(keyOf));
  const planned = new Set(plan.map(keyOf));
  return {
    moves: plan.filter((goal) => !keys.has(keyOf(goal))),
    left: leaderless.filter((partition) => planned.has(keyOf(partition))),
  };
}

/** `orders-0 (brokers 1, 2), orders-1 (brokers 2, 3), …` */
export function namedPartitions(partitions: readonly PartitionReplicas[]): string {
  const names = partitions.map((partition) => `${keyOf(partition)} (brokers ${partition.replicas.join(", ")})`);
  return firstOf(names, NAMED);
}
