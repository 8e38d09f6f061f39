import type { PartitionAssignment, PartitionState } from "./partition.ts";

/** A broker that can hold replicas. */
export interface BrokerLoad {
  readonly id: number;
  readonly rack?: string;
  /** Replicas that it holds, of all topics. */
  readonly replicas: number;
}

/**
 * Gives partitions another number of replicas, each with as few moves as that takes. New ones come on racks that the
 * partition is not on yet, then on the brokers that hold least. Taken away are those that are not in sync, then those that
 * share a rack, then those on the brokers that hold most; the leader stays, and the order of those that stay.
 *
 * @param factor at most the number of brokers
 * @returns the partitions that change
 */
export function withReplicationFactor(
  partitions: readonly PartitionState[],
  factor: number,
  brokers: readonly BrokerLoad[],
): PartitionAssignment[] {
  const loads = new Map(brokers.map(({ id, replicas }) => [id, replicas]));
  const racks = new Map(brokers.map(({ id, rack }) => [id, rack]));
  const crowd = (replicas: readonly number[], id: number): number =>
    replicas.filter((other) => other !== id && racks.get(other) === racks.get(id)).length;
  const add = (id: number, count: number): Map<number, number> => loads.set(id, (loads.get(id) ?? 0) + count);

  return partitions.flatMap(({ partition, leader, replicas: before, isr }) => {
    let replicas = [...before];
    while (replicas.length < factor) {
      const free = brokers.map(({ id }) => id).filter((id) => !replicas.includes(id));
      const chosen = least(free, (id) => [crowd(replicas, id), loads.get(id) ?? 0, id]);
      if (chosen === undefined) break;
      replicas.push(chosen);
      add(chosen, 1);
    }
    while (replicas.length > factor) {
      const present = replicas;
      const chosen = least(
        present.filter((id) => id !== leader),
        (id) => [isr.includes(id) ? 1 : 0, -crowd(present, id), -(loads.get(id) ?? 0), -present.indexOf(id)],
      );
      if (chosen === undefined) break;
      replicas = present.filter((id) => id !== chosen);
      add(chosen, -1);
    }
    return replicas.length === before.length ? [] : [{ partition, replicas }];
  });
}

/** The one whose ranks come first, compared one after the other. */
function least(ids: readonly number[], ranks: (id: number) => readonly number[]): number | undefined {
  return ids
    .map((id) => ({ id, ranks: ranks(id) }))
    .sort((a, b) => a.ranks.map((rank, index) => rank - (b.ranks[index] ?? 0)).find((order) => order !== 0) ?? 0)[0]
    ?.id;
}
