import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sameConfig } from "../../../model/kafka/topicConfigValues.ts";
import {
  type ActualTopic,
  type Configs,
  topicChanges,
  type TopicPlan,
  type WantedTopic,
} from "../../../model/kafka/topicChanges.ts";

const DEFAULTS = {
  "cleanup.policy": "delete",
  "min.insync.replicas": "1",
  "retention.ms": "604800000",
  "segment.ms": "604800000",
};

function actual(factors: readonly number[], own: Configs = {}): ActualTopic {
  const inForce = Object.entries({ ...DEFAULTS, ...own });
  return {
    factors,
    configs: Object.fromEntries(inForce.map(([name, value]) => [name, { value, own: Object.hasOwn(own, name) }])),
  };
}

function wanted(partitions: number, replicationFactor: number, configs: Configs = {}): WantedTopic {
  return { name: "orders", partitions, replicationFactor, configs };
}

const NOTHING: TopicPlan = { refusals: [], steps: [], left: {} };

test("a topic that is as it is wanted needs no step, also when Kafka writes a value in another form", () => {
  const has = actual([2, 2], { "cleanup.policy": "compact,delete", "retention.ms": "5" });
  const configs = { "cleanup.policy": "compact, delete", "retention.ms": "+5" };
  assert.deepEqual(topicChanges(has, wanted(2, 2, configs), configs), NOTHING);
});

test("a value that is the broker's, too, is set as the topic's own", () => {
  assert.deepEqual(topicChanges(actual([1]), wanted(1, 1, { "segment.ms": "604800000" }), {}).steps, [
    { kind: "configs", set: { "segment.ms": "604800000" }, remove: [] },
  ]);
});

test("what the program has set and wants no more goes; what somebody else set, or has changed since, stays", () => {
  const has = actual([1], { "segment.ms": "10", "retention.ms": "20", "leader.replication.throttled.replicas": "*" });
  const plan = topicChanges(has, wanted(1, 1), { "segment.ms": "10", "retention.ms": "21" });
  assert.deepEqual(plan, {
    refusals: [],
    steps: [{ kind: "configs", set: {}, remove: ["segment.ms"] }],
    left: { "retention.ms": "20", "leader.replication.throttled.replicas": "*" },
  });
});

test("partitions grow after the replicas, and are never taken away", () => {
  assert.deepEqual(topicChanges(actual([1, 2]), wanted(4, 2), {}).steps, [
    { kind: "replicas", from: [1, 2], to: 2 },
    { kind: "partitions", from: 2, to: 4 },
  ]);
  const { refusals } = topicChanges(actual([1, 1, 1]), wanted(2, 1), {});
  assert.deepEqual(refusals, [
    "topic orders has 3 partitions and 2 are wanted: Kafka takes no partition away; set partitions to 3, or name another topic",
  ]);
});

test("min.insync.replicas is never above the replicas that are there", () => {
  const kinds = (has: ActualTopic, wants: WantedTopic, before: Configs = {}): string[] =>
    topicChanges(has, wants, before).steps.map(({ kind }) => kind);
  assert.deepEqual(kinds(actual([1]), wanted(1, 3, { "min.insync.replicas": "2" })), ["replicas", "configs"]);
  const strict = actual([3], { "min.insync.replicas": "3" });
  assert.deepEqual(kinds(strict, wanted(1, 2, { "min.insync.replicas": "2" })), ["configs", "replicas"]);
  // The brokers' own minimum may be the higher one.
  const lax = { "min.insync.replicas": "1" };
  assert.deepEqual(kinds(actual([1], lax), wanted(1, 2), lax), ["replicas", "configs"]);
});

test("a topic that is taken over loses no message by it", () => {
  const refusals = (configs: Configs, own: Configs = {}): number =>
    topicChanges(actual([1], own), wanted(1, 1, configs), undefined).refusals.length;
  assert.equal(refusals({ "retention.ms": "1000" }), 1);
  assert.equal(refusals({ "retention.ms": "-1" }), 0);
  assert.equal(refusals({ "retention.ms": "604800000" }, { "retention.ms": "-1" }), 1);
  assert.equal(refusals({ "cleanup.policy": "compact" }), 1);
  assert.equal(refusals({ "cleanup.policy": "delete", "segment.ms": "1" }), 0);
  const later = topicChanges(actual([1]), wanted(1, 1, { "retention.ms": "1000" }), {});
  assert.deepEqual(later.refusals, []);
  assert.equal(later.steps.length, 1);
});

const NAMES = ["retention.ms", "segment.ms", "cleanup.policy", "max.message.bytes"];
const configsArbitrary = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom("1", "2", "3"));

test("after its steps a topic is as it is wanted, nothing of others is touched, and there is nothing left to do", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 4, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      configsArbitrary,
      configsArbitrary,
      configsArbitrary,
      (factors, partitions, factor, own, before, configs) => {
        const wants = wanted(partitions, factor, configs);
        const plan = topicChanges(actual(factors, own), wants, before);
        assert.deepEqual(plan.refusals, []);
        const after = { ...own };
        let has = [...factors];
        for (const step of plan.steps) {
          if (step.kind === "configs") {
            Object.assign(after, step.set);
            for (const name of step.remove) {
              assert.ok(sameConfig(before[name], own[name]), `${name} is not the program's`);
              Reflect.deleteProperty(after, name);
            }
          } else if (step.kind === "replicas") has = has.map(() => step.to);
          else has = [...has, ...Array<number>(step.to - step.from).fill(has[0] ?? 0)];
        }
        assert.deepEqual(has, Array<number>(partitions).fill(factor));
        assert.deepEqual(after, { ...plan.left, ...configs });
        assert.deepEqual(topicChanges(actual(has, after), wants, configs), { ...NOTHING, left: plan.left });
      },
    ),
  );
});
