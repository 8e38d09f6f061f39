import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Acknowledged, Failed } from "../../traffic/log.ts";
import { longestPause, longestPartitionPause } from "../../traffic/pauses.ts";

function acknowledged(startedAt: number, endedAt: number, partition = 0): Acknowledged {
  return { sequence: 0, value: "", partition, offset: 0, startedAt, endedAt };
}

function failed(startedAt: number, endedAt: number): Failed {
  return { sequence: 0, value: "", partition: 0, startedAt, endedAt, error: "" };
}

function pause(done: Acknowledged[], given: Failed[] = []): unknown {
  return longestPause({ acknowledged: done, failed: given });
}

test("one write after the other: the longest write", () => {
  assert.deepEqual(pause([acknowledged(100, 110), acknowledged(200, 250), acknowledged(300, 320)]), {
    ms: 50,
    from: 200,
  });
});

test("writes side by side: the longest time between two acknowledgements", () => {
  assert.deepEqual(pause([acknowledged(100, 200), acknowledged(110, 140), acknowledged(130, 210)]), {
    ms: 60,
    from: 140,
  });
});

test("time in which nothing was pending does not count", () => {
  assert.deepEqual(pause([acknowledged(100, 105), acknowledged(9_000, 9_010)]), { ms: 10, from: 9_000 });
});

test("a failed write does not end a pause, also not when the next one begins later", () => {
  assert.deepEqual(pause([acknowledged(200, 230)], [failed(100, 200)]), { ms: 130, from: 100 });
  assert.deepEqual(pause([acknowledged(250, 280)], [failed(100, 200)]), { ms: 130, from: 100 });
});

test("a pause that no acknowledgement has ended counts", () => {
  assert.deepEqual(pause([acknowledged(100, 105)], [failed(200, 300), failed(300, 420)]), { ms: 220, from: 200 });
});

test("each partition by itself: the longest pause, and whose it is", () => {
  const log = { acknowledged: [acknowledged(100, 200, 2), acknowledged(100, 110), acknowledged(130, 140)], failed: [] };
  assert.deepEqual(longestPartitionPause(log), { partition: 2, ms: 100, from: 100 });
  assert.deepEqual(longestPause(log), { ms: 60, from: 140 });
});

test("a partition whose writes have all failed stood still", () => {
  assert.deepEqual(longestPartitionPause({ acknowledged: [acknowledged(100, 110, 1)], failed: [failed(100, 150)] }), {
    partition: 0,
    ms: 50,
    from: 100,
  });
});

test("no traffic, no pause", () => {
  assert.deepEqual(pause([]), { ms: 0 });
  assert.deepEqual(longestPartitionPause({ acknowledged: [], failed: [] }), { partition: 0, ms: 0 });
});

test("property: a pause is at least as long as any gap that one write saw alone, and no longer than the whole", () => {
  const span = fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 100 }));
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 20 }), (spans) => {
      const log = spans.map(([start, length]) => acknowledged(start, start + length));
      const { ms } = longestPause({ acknowledged: log, failed: [] });
      const starts = Math.min(...log.map(({ startedAt }) => startedAt));
      const ends = Math.max(...log.map(({ endedAt }) => endedAt));
      assert.ok(ms > 0 && ms <= ends - starts);
      for (const one of log) {
        const inside = log.filter(({ endedAt }) => endedAt > one.startedAt && endedAt < one.endedAt);
        if (inside.length === 0) assert.ok(ms >= one.endedAt - one.startedAt);
      }
    }),
  );
});
