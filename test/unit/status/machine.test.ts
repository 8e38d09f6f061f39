import assert from "node:assert/strict";
import { test } from "node:test";
import { DATA_MOUNT } from "../../../components/render/paths.ts";
import { machineCommand, readMachine, versionOf } from "../../../scripts/status/machine.ts";

test("what a machine tells", () => {
  const text = `Service=zookeeper
ActiveState=active
SubState=running
Since=1767323045
StartedWith=abc
Home=/opt/kafka_2.13-3.9.2
Service=kafka
ActiveState=failed
SubState=failed
Since=1767323045
StartedWith=
Volume=      100 700 900
`;
  assert.deepEqual(readMachine(text), {
    services: [
      {
        service: "zookeeper",
        activeState: "active",
        subState: "running",
        since: 1767323045,
        startedWith: "abc",
        home: "/opt/kafka_2.13-3.9.2",
      },
      { service: "kafka", activeState: "failed", subState: "failed", since: null, startedWith: null, home: null },
    ],
    volume: { used: 100, available: 700, size: 900 },
  });
  assert.deepEqual(readMachine(""), { services: [], volume: null });
  assert.deepEqual(machineCommand(["kafka"]).slice(3), ["status", DATA_MOUNT, "kafka"]);
});

test("Kafka's version is in the name of the distribution's folder", () => {
  assert.equal(versionOf("/opt/kafka_2.11-2.4.0"), "2.4.0");
  assert.equal(versionOf("/opt/kafka"), null);
  assert.equal(versionOf(null), null);
});
