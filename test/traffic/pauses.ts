import { groupBy, type WriteLog } from "./log.ts";

/** A stretch of time in which writes stood still. */
export interface Pause {
  /** How long writes were pending in it, in milliseconds. */
  readonly ms: number;
  /** When it began, in milliseconds since 1970; absent when nothing was written. */
  readonly from?: number;
}

/** A pause of one partition. */
export interface PartitionPause extends Pause {
  readonly partition: number;
}

type What = "start" | "acknowledged" | "failed";

interface Event {
  readonly at: number;
  readonly what: What;
}

/**
 * The longest time that writes stood still: some were pending, and none was acknowledged in any partition.
 *
 * Time in which nothing was pending does not count, and a write that fails does not end a pause.
 */
export function longestPause({ acknowledged, failed }: WriteLog): Pause {
  const events: Event[] = [
    ...acknowledged.flatMap(({ startedAt, endedAt }) => spanEvents(startedAt, endedAt, "acknowledged")),
    ...failed.flatMap(({ startedAt, endedAt }) => spanEvents(startedAt, endedAt, "failed")),
  ].sort((a, b) => a.at - b.at || rank(a.what) - rank(b.what));

  let longest: Pause = { ms: 0 };
  let pending = 0;
  let waited = 0;
  let from: number | undefined;
  let last = 0;
  for (const { at, what } of events) {
    if (pending > 0) waited += at - last;
    last = at;
    if (what !== "failed" && from !== undefined && waited > longest.ms) longest = { ms: waited, from };
    if (what === "acknowledged") {
      waited = 0;
      from = undefined;
    }
    pending += what === "start" ? 1 : -1;
    if (pending > 0) from ??= at;
  }
  // The last writes have failed: there was no acknowledgement to end the pause.
  return from !== undefined && waited > longest.ms ? { ms: waited, from } : longest;
}

/** The same for each partition by itself: the longest of these, and its partition. */
export function longestPartitionPause({ acknowledged, failed }: WriteLog): PartitionPause {
  const acknowledgedIn = groupBy(acknowledged, ({ partition }) => partition);
  const failedIn = groupBy(failed, ({ partition }) => partition);
  return [...new Set([...acknowledgedIn.keys(), ...failedIn.keys()])]
    .map((partition) => ({
      partition,
      ...longestPause({ acknowledged: acknowledgedIn.get(partition) ?? [], failed: failedIn.get(partition) ?? [] }),
    }))
    .reduce<PartitionPause>((worst, next) => (next.ms > worst.ms ? next : worst), { partition: 0, ms: 0 });
}

function spanEvents(startedAt: number, endedAt: number, what: What): Event[] {
  return [
    { at: startedAt, what: "start" },
    { at: endedAt, what },
  ];
}

/** At the same moment, starts come first: writes that follow each other without a gap leave none pending between. */
function rank(what: What): number {
  return what === "start" ? 0 : 1;
}
