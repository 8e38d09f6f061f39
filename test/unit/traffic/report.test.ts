import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../traffic/judge.ts";
import type { Acknowledged, Failed, Read } from "../../traffic/log.ts";
import { longestPartitionPause, longestPause } from "../../traffic/pauses.ts";
import { assertNothingLost, describe, faults, summary, type TrafficReport } from "../../traffic/report.ts";

const NOON = Date.UTC(2024, 0, 1, 12);

function write(sequence: number): Acknowledged {
  const startedAt = NOON + 100 * sequence;
  return { sequence, value: `0/${sequence}`, partition: 0, offset: sequence, startedAt, endedAt: startedAt + 20 };
}

function report(acknowledged: Acknowledged[], failed: Failed[], read: Read[] = acknowledged, more = {}): TrafficReport {
  const log = { acknowledged, failed };
  const pauses = { pause: longestPartitionPause(log), commonPause: longestPause(log), blockedMs: 15 };
  return { ...judge(log, read), topic: "t", partitions: 1, seconds: 2, ...pauses, ...more };
}

const writes = Array.from({ length: 10 }, (_, sequence) => write(sequence));
const failure: Failed = { ...write(10), endedAt: NOON + 5_000, error: "no leader" };

test("the report of clean traffic is one line", () => {
  const clean = report(writes, []);
  assertNothingLost(clean, { pauseMs: 1_000 });
  const line =
    "traffic t: 10 writes acknowledged in 2.0 s (5/s, 1 partitions), 10 records read; " +
    "lost 0, duplicated 0, reordered 0, failed 0, unknown 0; longest pause 20 ms from 12:00:00.000 in partition 0, " +
    "of all at once 20 ms from 12:00:00.000, of the test itself 15 ms";
  assert.equal(summary(clean), line);
  assert.equal(describe(clean), line);
});

test("faults are counted, and the first ones spelled out", () => {
  const text = describe(report(writes, [failure], writes.slice(7)));
  assert.match(
    text,
    /; lost 7, duplicated 0, reordered 0, failed 1, unknown 0; longest pause 4\.00 s from 12:00:01\.000 /,
  );
  assert.match(text, /^ {2}lost: 0\/4 of partition 0 offset 4: nothing there\n {2}lost: … and 2 more$/m);
  assert.match(text, /^ {2}failed: 0\/10 after 4\.00 s: no leader$/m);
});

test("each fault fails the assertion, with the report", () => {
  const swapped = writes.map((one) => ({ ...one, offset: 9 - one.offset }));
  const stray = { partition: 0, offset: 10, value: "?" };
  for (const [bad, fault, detail] of [
    [report(writes, [], writes.slice(1)), "acknowledged writes were lost", "lost: 0/0 of partition 0 offset 0"],
    [report(writes, [], [...writes, { ...write(3), offset: 99 }]), "writes are there twice", "duplicated: 0/3 at"],
    [report(swapped, []), "writes are out of order", "reordered: 0/8 behind 0/9"],
    [report(writes, [failure]), "writes failed", "failed: 0/10 after"],
    [report(writes, [], [...writes, stray]), "there are records that nobody wrote", "unknown: ? at"],
    [report([], []), "nothing was written", "traffic t: 0 writes"],
    [
      report(writes, [], writes, { blockedMs: 2_001 }),
      "the test's own process stood still for more than 2.00 s",
      "t: 10",
    ],
  ] as const) {
    assert.deepEqual(faults(bad), [fault]);
    assert.throws(
      () => {
        assertNothingLost(bad);
      },
      ({ name, message }: Error) =>
        name === "AssertionError" && message.startsWith(`${fault}\ntraffic t: `) && message.includes(detail),
      fault,
    );
  }
});

test("a pause can be limited", () => {
  const slow = { ...write(10), endedAt: NOON + 5_000 };
  assertNothingLost(report([...writes, slow], []), { pauseMs: 4_000 });
  assert.throws(() => {
    assertNothingLost(report([...writes, slow], []), { pauseMs: 3_999 });
  }, /writes stood still for more than 4\.00 s/);
});
