import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerDefinitions } from "../../../model/kafka/definitions.ts";
import { propertyChange, threadSteps } from "../../../model/kafka/dynamicChange.ts";

for (const version of ["3.9.2", "2.4.0"]) {
  const change = (before: Record<string, string>, after: Record<string, string>): unknown =>
    propertyChange(brokerDefinitions(version), before, after);

  test(`Kafka ${version}: what can be updated on a broker is taken while it runs`, () => {
    assert.deepEqual(change({ "message.max.bytes": "1" }, { "message.max.bytes": "2", "log.retention.ms": "5" }), {
      kind: "dynamic",
      set: { "log.retention.ms": "5", "message.max.bytes": "2" },
    });
    assert.deepEqual(change({ "num.io.threads": "8" }, { "num.io.threads": "8" }), { kind: "dynamic", set: {} });
  });

  test(`Kafka ${version}: one property that can't be makes it a restart, and is named`, () => {
    assert.deepEqual(change({}, { "message.max.bytes": "2", "log.retention.hours": "5" }), {
      kind: "restart",
      because: ["log.retention.hours"],
    });
  });

  test(`Kafka ${version}: one that is taken away gets its default, or a restart where it has none`, () => {
    assert.deepEqual(change({ "log.cleaner.threads": "2" }, {}), {
      kind: "dynamic",
      set: { "log.cleaner.threads": "1" },
    });
    assert.deepEqual(change({ "log.retention.ms": "5" }, {}), { kind: "restart", because: ["log.retention.ms"] });
  });

  test(`Kafka ${version}: threads at most double or halve while it runs`, () => {
    assert.deepEqual(change({ "num.io.threads": "8" }, { "num.io.threads": "16" }), {
      kind: "dynamic",
      set: { "num.io.threads": "16" },
    });
    for (const threads of ["17", "3"]) {
      assert.deepEqual(change({}, { "num.io.threads": threads }), { kind: "restart", because: ["num.io.threads"] });
    }
  });

  test(`Kafka ${version}: what the program sets itself is for a restart`, () => {
    assert.deepEqual(change({ "advertised.listeners": "a" }, { "advertised.listeners": "b" }), {
      kind: "restart",
      because: ["advertised.listeners"],
    });
  });
}

test("numbers of threads go to another one in steps that at most double or halve them", () => {
  assert.deepEqual(threadSteps(12, 32), [24]);
  assert.deepEqual(threadSteps(3, 100), [6, 12, 24, 48, 96]);
  assert.deepEqual(threadSteps(12, 5), [6]);
  assert.deepEqual(threadSteps(25, 1), [13, 7, 4, 2]);
  for (const [from, to] of [
    [8, 16],
    [8, 4],
    [8, 8],
    [Number.NaN, 8],
    [8, Number.NaN],
    [0, 8],
  ] as const) {
    assert.deepEqual(threadSteps(from, to), []);
  }
});
