import { type Acknowledged, type Failed, groupBy, type Read, type WriteLog } from "./log.ts";

/** An acknowledged write that is not where its acknowledgement says. */
export interface Loss {
  readonly write: Acknowledged;
  /** What was read instead. */
  readonly seen: string;
}

/** A value that stands in the topic more than once. */
export interface Duplicate {
  readonly value: string;
  readonly at: readonly Read[];
}

/** A write that stands behind a later one of the same partition. */
export interface Reorder {
  readonly write: Acknowledged;
  readonly behind: Acknowledged;
}

/** What became of the writes. */
export interface Judgement {
  /** Number of writes that were acknowledged. */
  readonly acknowledged: number;
  readonly failed: readonly Failed[];
  /** Number of records that were read. */
  readonly read: number;
  readonly lost: readonly Loss[];
  /** Also of failed writes: whatever became of them, they are there once at most. */
  readonly duplicated: readonly Duplicate[];
  readonly reordered: readonly Reorder[];
  /** Records that no producer has written: damage, or another user of the topic. */
  readonly unknown: readonly Read[];
}

/**
 * Compares what was acknowledged with what was read afterwards, from the start of each partition to its end.
 *
 * @param log all writes
 * @param consumed all records, in any order; one that was handed out twice counts once
 */
export function judge({ acknowledged, failed }: WriteLog, consumed: readonly Read[]): Judgement {
  const reads = distinct(consumed);
  const atPosition = groupBy(reads, position);
  const byValue = groupBy(reads, ({ value }) => value);
  const ours = new Map(acknowledged.map((write) => [write.value, write]));
  const written = new Set([...acknowledged, ...failed].map(({ value }) => value));
  return {
    acknowledged: acknowledged.length,
    failed,
    read: reads.length,
    lost: acknowledged.flatMap((write) => {
      const seen = lossOf(write, byValue.get(write.value) ?? [], atPosition.get(position(write)) ?? []);
      return seen === undefined ? [] : [{ write, seen }];
    }),
    duplicated: [...byValue]
      .filter(([value, at]) => at.length > 1 && written.has(value))
      .map(([value, at]) => ({ value, at })),
    reordered: reorders(reads, ours),
    unknown: reads.filter(({ value }) => !written.has(value)),
  };
}

/** Where a record is, for people. */
export function position({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `partition ${partition} offset ${offset}`;
}

function lossOf(write: Acknowledged, found: readonly Read[], there: readonly Read[]): string | undefined {
  const others = there.filter(({ value }) => value !== write.value);
  if (others.length === 0 && there.length > 0) return undefined;
  const elsewhere = found.filter((read) => !there.includes(read)).map((read) => `it at ${position(read)}`);
  const instead = others.map(({ value }) => `${value} there`);
  return [...elsewhere, ...instead].join(", ") || "nothing there";
}

/** Only a value's first place in its own partition counts: what stands elsewhere is lost or a duplicate. */
function reorders(reads: readonly Read[], ours: ReadonlyMap<string, Acknowledged>): Reorder[] {
  const latest = new Map<number, Acknowledged>();
  const seen = new Set<string>();
  return reads.flatMap(({ partition, value }) => {
    const write = ours.get(value);
    if (write?.partition !== partition || seen.has(value)) return [];
    seen.add(value);
    const before = latest.get(partition);
    if (before && before.sequence > write.sequence) return [{ write, behind: before }];
    latest.set(partition, write);
    return [];
  });
}

/** Records once each, by partition and offset. */
function distinct(consumed: readonly Read[]): Read[] {
  const once = new Map(consumed.map((read) => [`${position(read)} ${read.value}`, read]));
  return [...once.values()].sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}
