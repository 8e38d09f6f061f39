import assert from "node:assert/strict";
import { test } from "node:test";
import { produce, type ProduceArgs } from "../../traffic/produce.ts";
import type { Acknowledged, Failed } from "../../traffic/log.ts";

function args(write: ProduceArgs["producer"]["write"], intervalMs: number, stop: AbortSignal) {
  const log = { acknowledged: [] as Acknowledged[], failed: [] as Failed[] };
  return { partition: 2, producer: { write }, log, intervalMs, delayMs: 0, retryForMs: 10, stop };
}

test("writes one after the other until it is stopped, and logs each with its place and times", async () => {
  const stop = new AbortController();
  let under = 0;
  const write = async (value: string, limitMs: number): Promise<number> => {
    assert.equal((under += 1), 1, "two at a time");
    assert.equal(limitMs, 10);
    await new Promise((resolve) => setTimeout(resolve, 2));
    under -= 1;
    const sequence = Number(value.split("/").at(-1));
    if (sequence === 4) stop.abort();
    if (sequence === 2) throw new Error("no leader");
    return 10 + sequence;
  };
  const all = args(write, 1, stop.signal);
  await produce(all);
  const { acknowledged, failed } = all.log;
  assert.deepEqual(
    acknowledged.map(({ value, partition, sequence, offset }) => [value, partition, sequence, offset]),
    [0, 1, 3, 4].map((sequence) => [`2/${sequence}`, 2, sequence, 10 + sequence]),
  );
  assert.deepEqual(
    failed.map(({ value, error }) => [value, error]),
    [["2/2", "no leader"]],
  );
  const ended = [...acknowledged, ...failed].sort((a, b) => a.sequence - b.sequence);
  for (const [index, { startedAt, endedAt }] of ended.entries()) {
    assert.ok(endedAt > startedAt && startedAt >= (ended[index - 1]?.endedAt ?? 0));
  }
});

test("what a slow write has missed is not made up for", async () => {
  const stop = new AbortController();
  const all = args(
    async () => {
      const { length } = all.log.acknowledged;
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 60));
      if (length === 2) stop.abort();
      return length;
    },
    20,
    stop.signal,
  );
  await produce(all);
  const [, second, third] = all.log.acknowledged;
  assert.ok(second && third && third.startedAt - second.startedAt >= 18, "the third is an interval after the second");
});

test("is stopped at once while it waits for its next turn", async () => {
  const stop = new AbortController();
  const all = args(() => Promise.resolve(0), 3_600_000, stop.signal);
  setTimeout(() => stop.abort(), 10);
  await produce(all);
  assert.equal(all.log.acknowledged.length, 1);
});
