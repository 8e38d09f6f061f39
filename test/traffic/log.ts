/** A write as its producer saw it. Times are milliseconds since 1970, by a clock that never goes back. */
export interface Write {
  readonly partition: number;
  /** Number of the write among those to its partition, from 0. */
  readonly sequence: number;
  /** Unique in the topic. */
  readonly value: string;
  /** When it was first sent. */
  readonly startedAt: number;
  /** When it was acknowledged or given up, retries included. */
  readonly endedAt: number;
}

/** A write that the partition's leader has acknowledged for all in-sync replicas. */
export interface Acknowledged extends Write {
  readonly offset: number;
}

/** A write that was given up. It may be in the log all the same, now or later. */
export interface Failed extends Write {
  readonly error: string;
}

/** All writes that have ended, each list in the order in which they did. */
export interface WriteLog {
  readonly acknowledged: readonly Acknowledged[];
  readonly failed: readonly Failed[];
}

/** A record as a consumer read it. */
export interface Read {
  readonly partition: number;
  readonly offset: number;
  readonly value: string;
}

/** Milliseconds since 1970, by a clock that never goes back: a computer's clock is set now and then. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** The partitions, from 0, that have acknowledged no write that was begun since then. */
export function silentPartitions(acknowledged: readonly Acknowledged[], partitions: number, since: number): number[] {
  const silent = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  for (let index = acknowledged.length - 1; index >= 0 && silent.size > 0; index -= 1) {
    const write = acknowledged[index];
    // From the latest backwards, since this is asked many times.
    if (!write || write.endedAt < since) break;
    if (write.startedAt >= since) silent.delete(write.partition);
  }
  return [...silent];
}

/** Values by a key of theirs, in their order. Node.js 20 has no Map.groupBy. */
export function groupBy<K, V>(values: readonly V[], keyOf: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
