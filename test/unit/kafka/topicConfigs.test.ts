import assert from "node:assert/strict";
import { test } from "node:test";
import { topicDefinitions } from "../../../model/kafka/definitions.ts";
import { checkTopicConfigs, type TopicConfigs } from "../../../model/kafka/topicConfigs.ts";
import { KAFKA_VERSIONS } from "../../../model/kafka/versions.ts";

const BROKERS = { "min.insync.replicas": "1" };

/** The problems as `config: what is allowed`. */
function problems(
  configs: TopicConfigs,
  replicationFactor = 2,
  version = "3.9.2",
  brokerProperties = BROKERS,
): string[] {
  return checkTopicConfigs(version, configs, { replicationFactor, brokerProperties }).map(
    ({ key, allowed }) => `${key}: ${allowed}`,
  );
}

for (const { version } of KAFKA_VERSIONS) {
  const definitions = topicDefinitions(version);
  test(`Kafka ${version} defines a topic's configs, each with a default that is right`, () => {
    for (const name of ["retention.ms", "cleanup.policy", "min.insync.replicas", "compression.type"]) {
      assert.ok(definitions[name], name);
    }
    for (const [name, { default: value }] of Object.entries(definitions)) {
      if (name.includes("throttled") || typeof value !== "string") continue;
      assert.deepEqual(problems({ [name]: value }, 3, version), [], `${name} = ${value}`);
    }
  });
  test(`every broker property that stands in for a config of ${version} is answered with the config`, () => {
    for (const [name, { broker }] of Object.entries(definitions)) {
      if (broker === undefined || Object.hasOwn(definitions, broker) || name.includes("throttled")) continue;
      assert.deepEqual(problems({ [broker]: 1 }, 3, version), [
        `${broker}: no such config of a topic: for a topic it is ${name}`,
      ]);
    }
  });
}

test("a version has configs of its own", () => {
  assert.deepEqual(problems({ "compression.zstd.level": 7 }), []);
  assert.match(problems({ "compression.zstd.level": 7 }, 2, "2.4.0")[0] ?? "", /no such config .* in this version/);
});

test("name, type, range and allowed values", () => {
  assert.deepEqual(problems({ "retention.mss": 1 }), [
    "retention.mss: no such config of a topic in this version of Kafka; did you mean retention.ms?",
  ]);
  assert.deepEqual(problems({ "retention.ms": "1d" }), [
    "retention.ms: a whole number (long) from -1 to 9223372036854775807",
  ]);
  assert.deepEqual(problems({ "min.cleanable.dirty.ratio": 2 }), [
    "min.cleanable.dirty.ratio: a number from 0 up to 1",
  ]);
  assert.deepEqual(problems({ "cleanup.policy": "compact,drop" }), [
    "cleanup.policy: a comma-separated list of compact, delete",
  ]);
  assert.deepEqual(problems({ "cleanup.policy": "compact, delete", preallocate: true }), []);
  assert.deepEqual(problems({ toString: 1 }).length, 1);
});

test("throttles are not for the settings", () => {
  assert.match(problems({ "leader.replication.throttled.replicas": "*" })[0] ?? "", /set by hand while replicas move/);
});

test("min.insync.replicas stays within the replicas, whoever sets it, in the words of the version", () => {
  const refuses =
    "min.insync.replicas: at most replicationFactor, which is 1: the topic would refuse every write with acks=all; " +
    "what the brokers have holds where configs say nothing";
  const brokers = { "min.insync.replicas": "2" };
  assert.deepEqual(problems({ "min.insync.replicas": 2 }, 1, "2.4.0"), [refuses]);
  assert.deepEqual(problems({}, 1, "2.4.0", brokers), [refuses]);
  assert.deepEqual(problems({ "min.insync.replicas": 2 }, 1, "3.9.2"), [
    "min.insync.replicas: at most replicationFactor, which is 1: Kafka 3.9.2 asks for no more in-sync replicas than there are replicas, so the minimum would not be kept",
  ]);
  assert.deepEqual(problems({}, 1, "3.9.2", brokers), [], "such a topic takes writes");
  assert.deepEqual(problems({ "min.insync.replicas": 1 }, 1, "2.4.0", brokers), []);
});

test("a message fits a segment, and the lags of compaction are in order", () => {
  assert.deepEqual(problems({ "max.message.bytes": 2000, "segment.bytes": 1000 }), [
    "max.message.bytes: at most segment.bytes, which is 1000: such a message fits no segment",
  ]);
  assert.deepEqual(problems({ "segment.bytes": 1000 }), [
    "max.message.bytes: at most segment.bytes, which is 1000: such a message fits no segment",
  ]);
  assert.deepEqual(problems({ "min.compaction.lag.ms": 10, "max.compaction.lag.ms": 5 }), [
    "min.compaction.lag.ms: at most max.compaction.lag.ms, which is 5: Kafka refuses that",
  ]);
});
