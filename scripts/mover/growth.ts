import { type BrokerLoad, withReplicationFactor } from "../../components/kafka/replicationFactor.ts";
import type { PartitionReplicas } from "../../components/kafka/replicaTable.ts";
import type { TopicBroker } from "../../components/topicSpec.ts";
import type { Move } from "../lib/kafkajsCluster.ts";
import type { PartitionMetadata } from "../lib/adminProtocol.ts";
import { without } from "./cluster.ts";

/**
 * The partitions that have fewer replicas than topics shall have at least, with those that they get. One without a leader has
 * nothing to copy from and stays as it is.
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
  return Object.entries(factors).flatMap(([topic, factor]) => {
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
    return goals.map((goal) => ({ topic, ...goal }));
  });
}
