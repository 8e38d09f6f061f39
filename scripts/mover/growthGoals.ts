import type { PartitionMetadata, PartitionReplicas } from "../../model/kafka/partition.ts";
import { type BrokerLoad, withReplicationFactor } from "../../model/kafka/replicationFactor.ts";
import type { TopicBroker } from "../../model/specs/topicSpec.ts";
import type { Move } from "../lib/kafkajsCluster.ts";
import { keyOf } from "../lib/partitions.ts";
import { without } from "./clusterConfigs.ts";

/** How many replicas the partition of each topic has that has the fewest, by the topics' names. */
export function fewestReplicas(
  partitions: readonly Pick<PartitionReplicas, "topic" | "replicas">[],
): Record<string, number> {
  const fewest = new Map<string, number>();
  for (const { topic, replicas } of partitions) {
    fewest.set(topic, Math.min(replicas.length, fewest.get(topic) ?? Infinity));
  }
  return Object.fromEntries(fewest);
}

/** Ids of the brokers that hold the only replica of a partition, by the topics' names. */
export function singleHolders(
  partitions: readonly Pick<PartitionReplicas, "topic" | "replicas">[],
): Record<string, number[]> {
  const holders = new Map<string, Set<number>>();
  for (const { topic, replicas } of partitions) {
    const [holder, ...others] = replicas;
    if (holder === undefined || others.length > 0) continue;
    holders.set(topic, (holders.get(topic) ?? new Set()).add(holder));
  }
  return Object.fromEntries([...holders].map(([topic, ids]) => [topic, [...ids]]));
}

/**
 * The partitions that have fewer replicas than topics shall have at least, with those that they get, and those to which a run
 * before this one is adding replicas: they are waited for. One without a leader has nothing to copy from and stays as it is.
 *
 * @param factors by the topics' names
 */
export function growthGoals(
  live: { readonly partitions: readonly PartitionMetadata[] },
  moves: readonly Move[],
  brokers: readonly TopicBroker[],
  factors: Readonly<Record<string, number>>,
): PartitionReplicas[] {
  const rows = without("removing", live.partitions, moves);
  const held = rows.flatMap(({ replicas }) => replicas);
  let loads = brokers.map(({ id, rack }): BrokerLoad => ({
    id,
    ...(rack !== undefined && { rack }),
    replicas: held.filter((holder) => holder === id).length,
  }));
  const added = new Set(moves.filter(({ adding }) => adding.length > 0).map(keyOf));
  return Object.entries(factors).flatMap(([topic, factor]) => {
    const begun = rows.filter((row) => row.topic === topic && row.replicas.length >= factor && added.has(keyOf(row)));
    const few = live.partitions.flatMap((row, index) => {
      const replicas = rows[index]?.replicas ?? row.replicas;
      return row.topic === topic && row.leader >= 0 && replicas.length < factor ? [{ ...row, replicas }] : [];
    });
    const goals = withReplicationFactor(few, factor, loads);
    const given = (id: number): number => {
      const before = few.filter(({ replicas }) => replicas.includes(id)).length;
      return goals.filter(({ replicas }) => replicas.includes(id)).length - before;
    };
    loads = loads.map((load) => ({ ...load, replicas: load.replicas + Math.max(0, given(load.id)) }));
    return [...begun, ...goals.map((goal) => ({ topic, ...goal }))];
  });
}
