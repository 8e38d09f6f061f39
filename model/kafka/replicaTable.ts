import type { PartitionReplicas, TopicPartition } from "./partition.ts";

/** A broker that partitions may be on. */
export interface AssignmentBroker {
  readonly id: number;
  /** Zone. Racks count only when every broker has one. */
  readonly rack?: string;
}

/** A partition whose replicas are being changed. */
export interface Row extends TopicPartition {
  /** Its place among all partitions. */
  readonly index: number;
  /** Where it was at first. */
  readonly origin: readonly number[];
  readonly replicas: number[];
}

/** Numbers by broker, for each topic and, under no name, for all. */
type Counts = Map<string | undefined, Map<number, number>>;

/** All partitions with the replicas that they shall have, and what each broker has of them. */
export class ReplicaTable {
  /** In the order of topics and partitions. */
  readonly rows: readonly Row[];
  readonly #racks: ReadonlyMap<number, string>;
  readonly #replicas: Counts = new Map();
  readonly #leaders: Counts = new Map();
  readonly #held = new Map<number, Set<Row>>();

  constructor(partitions: readonly PartitionReplicas[], brokers: readonly AssignmentBroker[]) {
    const racked = brokers.every(({ rack }) => rack !== undefined);
    this.#racks = new Map(racked ? brokers.map(({ id, rack }) => [id, rack ?? ""]) : []);
    this.rows = partitions
      .toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))
      .map(({ replicas, ...row }, index) => ({ ...row, index, origin: replicas, replicas: [...replicas] }));
    for (const row of this.rows) this.#countRow(row, 1);
  }

  /** Number of replicas that a broker has, of all topics or of one. */
  load(broker: number, topic?: string): number {
    return this.#replicas.get(topic)?.get(broker) ?? 0;
  }

  /** Number of partitions whose preferred leader a broker is, of all topics or of one. */
  leaders(broker: number, topic?: string): number {
    return this.#leaders.get(topic)?.get(broker) ?? 0;
  }

  /** The partitions that a broker has a replica of, in no order. */
  held(broker: number): Row[] {
    return [...(this.#held.get(broker) ?? [])];
  }

  /** Number of racks that a set of brokers is on; 0 where racks don't count. */
  racks(brokers: readonly number[]): number {
    if (this.#racks.size === 0) return 0;
    return new Set(brokers.flatMap((broker) => this.#racks.get(broker) ?? [])).size;
  }

  /** Whether a partition stays on as many racks when a replica goes from one broker to another. */
  keepsRacks({ replicas }: Row, from: number, to: number): boolean {
    const [left, entered] = [this.#racks.get(from), this.#racks.get(to)];
    if (left === entered) return true;
    const shared = (rack: string | undefined): boolean =>
      replicas.some((broker) => broker !== from && this.#racks.get(broker) === rack);
    return !shared(entered) || shared(left);
  }

  /** Puts another broker in the place of one that has a replica. */
  replace(row: Row, from: number, to: number): void {
    this.#change(row, () => (row.replicas[row.replicas.indexOf(from)] = to));
  }

  /** Makes another replica the preferred leader; the former one takes its place. */
  lead(row: Row, broker: number): void {
    const place = row.replicas.indexOf(broker);
    this.#change(row, () => ([row.replicas[0], row.replicas[place]] = [broker, row.replicas[0] ?? broker]));
  }

  #change(row: Row, change: () => unknown): void {
    this.#countRow(row, -1);
    change();
    this.#countRow(row, 1);
  }

  #countRow(row: Row, by: number): void {
    for (const broker of row.replicas) {
      this.#count(this.#replicas, row, broker, by);
      let held = this.#held.get(broker);
      if (!held) this.#held.set(broker, (held = new Set()));
      if (by > 0) held.add(row);
      else held.delete(row);
    }
    this.#count(this.#leaders, row, row.replicas[0], by);
  }

  #count(counts: Counts, { topic }: Row, broker: number | undefined, by: number): void {
    if (broker === undefined) return;
    for (const key of [undefined, topic]) {
      let ofTopic = counts.get(key);
      if (!ofTopic) counts.set(key, (ofTopic = new Map<number, number>()));
      ofTopic.set(broker, (ofTopic.get(broker) ?? 0) + by);
    }
  }
}
