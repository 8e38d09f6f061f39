import { setTimeout as sleep } from "node:timers/promises";
import { type Acknowledged, type Failed, now } from "./log.ts";
import type { PartitionProducer } from "./partitionProducer.ts";

/** How one partition is written to. */
export interface ProduceArgs {
  readonly partition: number;
  readonly producer: Pick<PartitionProducer, "write">;
  /** Where the writes are noted. */
  readonly log: { readonly acknowledged: Acknowledged[]; readonly failed: Failed[] };
  /** Time between two writes, in milliseconds. */
  readonly intervalMs: number;
  /** Pause before the first write, in milliseconds, so that not all partitions are written to at once. */
  readonly delayMs: number;
  /** How long one write is tried, in milliseconds. */
  readonly retryForMs: number;
  /** Ends it after the write that it is at. */
  readonly stop: AbortSignal;
}

/**
 * Writes one unique value after the other at a steady rate until it is stopped. A write that takes longer than the
 * interval makes the next one late, and what was missed is not made up for: the pauses of the report say how long that was.
 */
export async function produce(args: ProduceArgs): Promise<void> {
  const { partition, producer, log, intervalMs, delayMs, retryForMs, stop } = args;
  let due = now() + delayMs;
  for (let sequence = 0; ; sequence += 1) {
    await sleep(Math.max(0, due - now()), undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) return;
    const startedAt = now();
    const write = { partition, sequence, value: `${partition}/${sequence}`, startedAt };
    try {
      const offset = await producer.write(write.value, retryForMs);
      log.acknowledged.push({ ...write, offset, endedAt: now() });
    } catch (error) {
      log.failed.push({ ...write, endedAt: now(), error: (error as Error).message });
    }
    due = startedAt + intervalMs;
  }
}
