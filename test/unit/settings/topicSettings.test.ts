import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError } from "../../../model/kafka/problem.ts";
import { checkSettings } from "../../../model/settings/settings.ts";

/** The problems of some topics as `key: what is allowed`. */
function problems(topics: unknown, more: Record<string, unknown> = {}): string[] {
  try {
    checkSettings({ topics, ...more });
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.problems.map(({ key, allowed }) => `${key}: ${allowed}`);
  }
}

const topic = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  partitions: 1,
  replicationFactor: 2,
  ...more,
});

test("a topic is read with its defaults, its configs as text", () => {
  const configs = { "retention.ms": 1000, preallocate: false, "cleanup.policy": " compact, delete" };
  assert.deepEqual(checkSettings({ topics: [topic("a.b", { configs, deletion: "delete" }), topic("orders")] }).topics, [
    {
      name: "a.b",
      partitions: 1,
      replicationFactor: 2,
      configs: { "retention.ms": "1000", preallocate: "false", "cleanup.policy": "compact, delete" },
      deletion: "delete",
    },
    { name: "orders", partitions: 1, replicationFactor: 2, configs: {}, deletion: "keep" },
  ]);
});

test("a topic may be called as what every object has", () => {
  const names = ["constructor", "toString"];
  const { topics } = checkSettings({ topics: names.map((name) => topic(name)) });
  assert.deepEqual(
    topics.map(({ name, configs }) => [name, configs]),
    names.map((name) => [name, {}]),
  );
  assert.match(problems([topic("valueOf", { configs: { constructor: 1 } })])[0] ?? "", /no such config of a topic/);
});

const CLASSES: Record<string, [topics: unknown, expected: string[]]> = {
  "no list": [{ name: "orders" }, ["topics: a list of maps"]],
  "no map in the list": [["orders", [], null], [0, 1, 2].map((index) => `topics[${index}]: a map of keys and values`)],
  "an unknown key": [
    [topic("orders", { replication: 2 })],
    ["topics[0].replication: no such setting; known: name, partitions, replicationFactor, configs, deletion"],
  ],
  "nothing said": [
    [{}],
    ["name", "partitions", "replicationFactor"].map((key) => `topics[0].${key}: a value: it has no default`),
  ],
  "a name that Kafka refuses": [
    [topic("my orders"), topic(".."), topic("x".repeat(250))],
    [0, 1, 2].map((index) => `topics[${index}].name: 1 to 249 letters, digits, '.', '_' or '-'`),
  ],
  "a name twice": [[topic("orders"), topic("orders")], ["topics[1].name: each topic once"]],
  "names that are one in Kafka's metrics": [
    [topic("a.b"), topic("a_b")],
    [
      "topics[1].name: a name that differs from a.b in more than '.' and '_': Kafka's metrics write both the same and it refuses one",
    ],
  ],
  "an internal topic": [
    [topic("__consumer_offsets")],
    ["topics[0].name: another name: those that begin with '__' are Kafka's own internal topics"],
  ],
  "the verification's topic": [
    [topic("replica-yu1")],
    ["topics[0].name: another name: this is verification.topic, which the verification looks after"],
  ],
  "no partition": [[topic("orders", { partitions: 0 })], ["topics[0].partitions: a whole number from 1 to 10000"]],
  "more replicas than brokers": [
    [topic("orders", { replicationFactor: 4 })],
    ["topics[0].replicationFactor: a whole number from 1 to 3"],
  ],
  "an unknown deletion": [[topic("orders", { deletion: "retain" })], ["topics[0].deletion: one of keep, delete"]],
  "a misspelt config": [
    [topic("orders", { configs: { "retention.mss": 1 } })],
    ["topics[0].configs.retention.mss: no such config of a topic in this version of Kafka; did you mean retention.ms?"],
  ],
  "a config that is a map": [
    [topic("orders", { configs: { "retention.ms": { days: 1 } } })],
    ["topics[0].configs.retention.ms: a text, a number, true or false"],
  ],
  "more in-sync replicas than there are": [
    [topic("orders", { replicationFactor: 1, configs: { "min.insync.replicas": 2 } })],
    [
      "topics[0].configs.min.insync.replicas: at most replicationFactor, which is 1: Kafka 3.9.2 asks for no more in-sync replicas than there are replicas, so the minimum would not be kept",
    ],
  ],
};

for (const [name, [topics, expected]] of Object.entries(CLASSES)) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(problems(topics), expected);
  });
}

test("what the brokers are told holds for a topic that says nothing, and a version has its own configs", () => {
  const single = [topic("orders", { replicationFactor: 1 })];
  assert.deepEqual(problems(single, { kafkaVersion: "2.4.0", brokerProperties: { "min.insync.replicas": 1 } }), []);
  assert.deepEqual(problems(single, { kafkaVersion: "2.4.0" }), [
    "topics[0].configs.min.insync.replicas: at most replicationFactor, which is 1: the topic would refuse every write with acks=all; what the brokers have holds where configs say nothing",
  ]);
  assert.deepEqual(problems(single), [], "3.9.2 asks such a topic for its one replica");
  const zstd = [topic("orders", { configs: { "compression.zstd.level": 3 } })];
  assert.deepEqual(problems(zstd), []);
  assert.equal(problems(zstd, { kafkaVersion: "2.4.0" }).length, 1);
});
