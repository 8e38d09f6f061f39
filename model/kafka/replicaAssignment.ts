import { balance, type Shifts } from "./balance.ts";
import type { PartitionReplicas } from "./partition.ts";
import { type AssignmentBroker, ReplicaTable, type Row } from "./replicaTable.ts";

/**
 * Plans which brokers hold which partitions, with the least movement:
 * 1. replicas on brokers that are not wanted any more go to the wanted brokers that hold the least;
 * 2. where racks are given, partitions get onto as many racks as possible;
 * 3. the brokers' numbers of replicas are evened out to a difference of one, each time by the replica of the topic that
 *    is spread the least evenly between the two brokers;
 * 4. so are the numbers of partitions whose preferred leader they are, by another order of replicas, which moves no data.
 *
 * A replica that nothing of this concerns stays where it is. Who is balanced already is left alone, so a second run
 * changes nothing.
 *
 * @param spread whether to do more than the first step
 * @returns the partitions whose replicas change, with the replicas they get: as many as before
 * @throws Error when a partition has more replicas than there are brokers: see {@link tooManyReplicas}
 */
export function planAssignment(
  present: readonly PartitionReplicas[],
  brokers: readonly AssignmentBroker[],
  { spread }: { readonly spread: boolean },
): PartitionReplicas[] {
  const table = new ReplicaTable(present, brokers);
  const ids = brokers.map(({ id }) => id).sort((a, b) => a - b);
  for (const row of table.rows) leaveUnwanted(table, row, ids);
  if (spread) {
    for (const row of table.rows) spreadOverRacks(table, row, ids);
    balance(ids, (broker) => table.load(broker), replicaShifts(table));
    balance(ids, (broker) => table.leaders(broker), leaderShifts(table));
  }
  return table.rows
    .filter(({ origin, replicas }) => replicas.some((broker, place) => broker !== origin[place]))
    .map(({ topic, partition, replicas }) => ({ topic, partition, replicas }));
}

/** Topics with more replicas than brokers, and how many they have. */
export function tooManyReplicas(
  present: readonly PartitionReplicas[],
  brokerCount: number,
): { topic: string; replicationFactor: number }[] {
  const factors = new Map<string, number>();
  for (const { topic, replicas } of present) {
    factors.set(topic, Math.max(factors.get(topic) ?? 0, replicas.length));
  }
  return [...factors]
    .filter(([, replicationFactor]) => replicationFactor > brokerCount)
    .map(([topic, replicationFactor]) => ({ topic, replicationFactor }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}

function leaveUnwanted(table: ReplicaTable, row: Row, ids: readonly number[]): void {
  for (const broker of row.origin.filter((replica) => !ids.includes(replica))) {
    table.replace(row, broker, bestBroker(table, row, broker, ids));
  }
}

/** The broker for a replica instead of another one: on one more rack if possible, then with the lowest loads. */
function bestBroker(table: ReplicaTable, row: Row, instead: number, ids: readonly number[]): number {
  const others = row.replicas.filter((replica) => replica !== instead);
  const rank = (broker: number): number[] => [
    -table.racks([...others, broker]),
    table.load(broker),
    table.load(broker, row.topic),
    ...(row.replicas[0] === instead ? [table.leaders(broker)] : []),
  ];
  const best = first(
    ids.filter((id) => !others.includes(id)),
    rank,
  );
  if (best === undefined) {
    throw new Error(`${row.topic}-${row.partition} has ${row.replicas.length} replicas for ${ids.length} brokers`);
  }
  return best;
}

function spreadOverRacks(table: ReplicaTable, row: Row, ids: readonly number[]): void {
  const possible = Math.min(row.replicas.length, table.racks(ids));
  while (table.racks(row.replicas) < possible) {
    const shares = (replica: number): boolean =>
      table.racks(row.replicas) === table.racks(row.replicas.filter((other) => other !== replica));
    // The last of those that share a rack, since the preferred leader is the first.
    const leaving = row.replicas.findLast(shares);
    if (leaving === undefined) return;
    const candidates = ids.filter((id) => !row.replicas.includes(id));
    table.replace(row, leaving, bestBroker(table, row, leaving, candidates));
  }
}

/** Replicas that are moved from one broker to another. */
function replicaShifts(table: ReplicaTable): Shifts {
  const movable = (from: number, to: number) => (row: Row) =>
    !row.replicas.includes(to) && table.keepsRacks(row, from, to);
  return {
    possible: (from, to) => table.held(from).some(movable(from, to)),
    best: (from, to) => {
      const row = first(table.held(from).filter(movable(from, to)), ({ index, topic, origin, replicas }) => [
        // What has to be moved anyway, or moved back, costs nothing.
        Number(origin.includes(from)) - Number(origin.includes(to)),
        table.load(to, topic) - table.load(from, topic),
        // A partition keeps replicas where it was as long as there are others to take.
        replicas.filter((replica) => !origin.includes(replica)).length,
        index,
      ]);
      return row && { apply: () => table.replace(row, from, to), undo: () => table.replace(row, to, from) };
    },
  };
}

/** Partitions that are led by one of their brokers instead of another. */
function leaderShifts(table: ReplicaTable): Shifts {
  const movable =
    (from: number, to: number) =>
    ({ replicas }: Row) =>
      replicas[0] === from && replicas.includes(to);
  return {
    possible: (from, to) => table.held(from).some(movable(from, to)),
    best: (from, to) => {
      const row = first(table.held(from).filter(movable(from, to)), ({ index, topic, origin }) => [
        table.leaders(to, topic) - table.leaders(from, topic),
        Number(origin[0] === from),
        index,
      ]);
      return row && { apply: () => table.lead(row, to), undo: () => table.lead(row, from) };
    },
  };
}

/** The first of the items with the lowest rank; ranks are compared number by number. */
function first<T>(items: readonly T[], rankOf: (item: T) => readonly number[]): T | undefined {
  let best: { item: T; rank: readonly number[] } | undefined;
  for (const item of items) {
    const rank = rankOf(item);
    if (!best || isLower(rank, best.rank)) best = { item, rank };
  }
  return best?.item;
}

function isLower(rank: readonly number[], other: readonly number[]): boolean {
  for (const [place, number] of rank.entries()) {
    const difference = number - (other[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
