import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError } from "../../../model/kafka/problem.ts";
import { KAFKA_VERSIONS, DEFAULT_KAFKA_VERSION, kafkaVersion } from "../../../model/kafka/versions.ts";

test("all problems stand in one message", () => {
  const problems = [
    { key: "brokerCount", value: 0, allowed: "a whole number from 1" },
    { key: "subnet", value: undefined, allowed: "a network such as 10.0.0.0/24" },
  ];
  const error = new SettingsError(problems);
  assert.equal(
    error.message,
    "2 settings can't be used:\n  brokerCount = 0: a whole number from 1\n  subnet = (not set): a network such as 10.0.0.0/24",
  );
  assert.deepEqual(error.problems, problems);
});

test("the default version is the newest", () => {
  assert.equal(kafkaVersion(DEFAULT_KAFKA_VERSION), KAFKA_VERSIONS[0]);
});

test("a version tells its distribution", () => {
  assert.deepEqual(kafkaVersion("2.4.0"), {
    version: "2.4.0",
    scala: "2.11",
    name: "kafka_2.11-2.4.0",
    zooKeeper: "3.5.6",
    archiveUrl: "https://archive.apache.org/dist/kafka/2.4.0/kafka_2.11-2.4.0.tgz",
    protocol: "2.4",
    upgradesFrom: [],
  });
});
