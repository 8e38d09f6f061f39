import { MIB, mebibytes } from "../settings/memorySize.ts";
import type { Problem } from "./problem.ts";

/** What one thread of the log cleaner takes at most for its map of offsets, in bytes (LogCleaner, Int.MaxValue). */
const LARGEST_MAP = 2 ** 31 - 1;
/** A reference in a heap under 32 GiB, in bytes. */
const REFERENCE = 4;

/** Sizes of one buffer that a broker makes at once as soon as it is asked to, and what asks it. */
const TAKEN_AT_ONCE: Readonly<Record<string, string>> = {
  "socket.request.max.bytes": "one request of that size would end the broker",
  "replica.fetch.response.max.bytes": "one answer of that size would end the broker",
  "offsets.load.buffer.size": "the broker would end when it loads the offsets of groups",
  "transaction.state.log.load.buffer.size": "the broker would end when it loads transactions",
};

/**
 * Buffers that can't be had from the heap. A heap that is only narrow is left to the broker: what it needs beside them
 * depends on what it is used for.
 *
 * @param number gives a property's number: as set, else Kafka's default; undefined where it is refused already
 * @param stated the properties that are set; a default of Kafka's own is no mistake of the user's
 * @param context heap: as the JVM takes it, for example `384m`; nothing is said of one that is no size. cleans: whether
 * the log cleaner runs
 */
export function heapProblems(
  number: (key: string) => number | undefined,
  stated: readonly string[],
  { heap, cleans }: { readonly heap: string; readonly cleans: boolean },
): Problem[] {
  const bytes = mebibytes(heap) * MIB;
  if (bytes === 0) return [];
  const isStated = (key: string): boolean => stated.includes(key);
  const shown = `the broker's heap, which is ${bytes} bytes (heap.broker ${heap})`;
  const problems: Problem[] = [];
  const parts = takenAtStart(number, cleans);
  const sum = parts.reduce((all, { taken }) => all + taken, 0);
  const largest = parts.filter(({ key }) => isStated(key)).sort((a, b) => b.taken - a.taken)[0];
  if (sum > bytes && largest) {
    const shares = parts.filter(({ taken }) => taken > 0).map(({ key, taken }) => `${inMib(taken)} for ${key}`);
    problems.push({
      key: largest.key,
      value: number(largest.key),
      allowed:
        `less, or a larger heap.broker: a broker takes ${inMib(sum)} of its heap when it starts (${shares.join(", ")}), ` +
        `and heap.broker is ${inMib(bytes)} (${heap})`,
    });
  }
  for (const [key, consequence] of Object.entries(TAKEN_AT_ONCE)) {
    const value = number(key);
    if (!isStated(key) || value === undefined || value <= bytes) continue;
    problems.push({ key, value, allowed: `at most ${shown}: ${consequence}` });
  }
  return problems;
}

function inMib(bytes: number): string {
  const shown = (bytes / MIB).toFixed(1);
  return shown === "0.0" ? "under 0.1 MiB" : `${shown} MiB`;
}

/** What a broker takes of its heap as soon as it starts, and keeps, in bytes. */
function takenAtStart(
  number: (key: string) => number | undefined,
  cleans: boolean,
): { readonly key: string; readonly taken: number }[] {
  const taken = (key: string, size = 1, most = Infinity) => ({ key, taken: Math.min((number(key) ?? 0) * size, most) });
  // RequestChannel: the queue is an array that is as long as may be.
  const requests = taken("queued.max.requests", REFERENCE);
  if (!cleans) return [requests];
  // LogCleaner: one map and one pair of buffers, both shared out over its threads.
  const threads = number("log.cleaner.threads") ?? 1;
  return [
    taken("log.cleaner.dedupe.buffer.size", 1, threads * LARGEST_MAP),
    taken("log.cleaner.io.buffer.size"),
    requests,
  ];
}
