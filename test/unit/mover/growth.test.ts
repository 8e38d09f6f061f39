import assert from "node:assert/strict";
import { test } from "node:test";
import { gainedFactors, wantedFactors } from "../../../model/specs/growthSpec.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { fewestReplicas, growthGoals, singleHolders } from "../../../scripts/mover/growthGoals.ts";

const row = (topic: string, partition: number, leader: number, ...replicas: number[]) => ({
  topic,
  partition,
  leader,
  replicas,
  isr: replicas,
});
const BROKERS = [1, 2, 3].map((id) => ({ id, address: `10.0.0.${17 + id}:9092` }));

test("topics grow to what is wanted of them, over all brokers; none gets fewer, and others are let be", () => {
  const partitions = [
    row("__consumer_offsets", 0, 1, 1),
    row("__consumer_offsets", 1, 1, 1),
    row("replica-yu1", 0, 1, 1),
    row("wide", 0, 1, 1, 2, 3),
    row("somebody's", 0, 1, 1),
  ];
  const factors = { __consumer_offsets: 3, "replica-yu1": 2, wide: 1, missing: 3 };
  assert.deepEqual(growthGoals({ partitions }, [], BROKERS, factors), [
    { topic: "__consumer_offsets", partition: 0, replicas: [1, 2, 3] },
    { topic: "__consumer_offsets", partition: 1, replicas: [1, 2, 3] },
    { topic: "replica-yu1", partition: 0, replicas: [1, 2] },
  ]);
});

test("what is on its way already is waited for, and a partition without a leader is let be", () => {
  const partitions = [row("a", 0, 1, 1, 2), row("a", 1, -1, 3)];
  const moves = [{ topic: "a", partition: 0, replicas: [1, 2], adding: [2], removing: [] }];
  assert.deepEqual(growthGoals({ partitions }, moves, BROKERS, { a: 2 }), [
    { topic: "a", partition: 0, replicas: [1, 2] },
  ]);
  assert.deepEqual(growthGoals({ partitions }, moves, BROKERS, { b: 2 }), [], "another topic's");
});

test("what is wanted of topics is what the settings say, and the defaults of that many brokers", () => {
  const three = checkSettings({ topics: [{ name: "orders", partitions: 1, replicationFactor: 3 }] });
  assert.deepEqual(wantedFactors(three), {
    __consumer_offsets: 3,
    __transaction_state: 3,
    "replica-yu1": 2,
    orders: 3,
  });
  const own = {
    brokerCount: 2,
    zookeeper: { count: 1 },
    brokerProperties: { "offsets.topic.replication.factor": "1" },
  };
  assert.deepEqual(wantedFactors(checkSettings(own)), {
    __consumer_offsets: 1,
    __transaction_state: 2,
    "replica-yu1": 2,
  });
});

test("topics that ask for more replicas than there are get them before the roll; what is as it was asked for is let be", () => {
  const { topics } = checkSettings({
    topics: ["new", "taken", "raised", "lowered", "by-hand"].map((name) => ({
      name,
      partitions: 1,
      replicationFactor: name === "lowered" ? 1 : 3,
    })),
  });
  const recorded = { raised: 1, lowered: 3, "by-hand": 3 };
  const deployed = Object.entries(recorded).map(([name, replicationFactor]) => ({
    name,
    partitions: 1,
    replicationFactor,
  }));
  const present = { taken: 1, raised: 1, lowered: 3, "by-hand": 1, others: 1 };
  assert.deepEqual(gainedFactors(topics, deployed, present), { taken: 3, raised: 3 });
  assert.deepEqual(gainedFactors(topics, deployed, {}), { raised: 3 }, "by the record where the cluster is silent");
  assert.deepEqual(gainedFactors(topics, deployed, { ...present, raised: 3 }), { taken: 3 }, "done by an earlier run");
});

test("a topic has as many replicas as its partition with the fewest", () => {
  assert.deepEqual(fewestReplicas([row("a", 0, 1, 1, 2), row("a", 1, 1, 1), row("b", 0, 1, 1, 2, 3)]), { a: 1, b: 3 });
});

test("the brokers of single replicas are those of partitions that have no other", () => {
  const rows = [row("a", 0, 1, 1, 2), row("a", 1, 1, 1), row("a", 2, 3, 3), row("a", 3, 3, 3), row("b", 0, 1, 1, 2)];
  assert.deepEqual(singleHolders(rows), { a: [1, 3] });
});
