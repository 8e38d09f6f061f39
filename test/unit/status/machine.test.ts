import assert from "node:assert/strict";
import { test } from "node:test";
import { DATA_MOUNT } from "../../../model/render/machinePaths.ts";
import { machineCommand, readMachine, versionOf } from "../../../scripts/status/machineFacts.ts";

test("what a machine tells", () => {
  const text = `Service=zookeeper
ActiveState=active
SubState=running
Result=success
ExecMainStatus=0
Since=1767323045
StartedWith=abc
Home=/opt/kafka_2.13-3.9.2
ClassData=yes
Service=kafka
ActiveState=failed
SubState=failed
Result=exit-code
ExecMainStatus=3
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
        end: null,
        since: 1767323045,
        startedWith: "abc",
        home: "/opt/kafka_2.13-3.9.2",
        classData: true,
      },
      {
        service: "kafka",
        activeState: "failed",
        subState: "failed",
        end: "exit code 3",
        since: null,
        startedWith: null,
        home: null,
        classData: null,
      },
    ],
    volume: { used: 100, available: 700, size: 900 },
  });
  assert.deepEqual(readMachine(""), { services: [], volume: null });
  assert.deepEqual(machineCommand(["kafka"]).slice(3), ["status", DATA_MOUNT, "kafka"]);
});

test("how a service's process ended: nothing of a clean stop", () => {
  const end = (result: string, status: number): string | null | undefined =>
    readMachine(`Service=kafka\nResult=${result}\nExecMainStatus=${status}\n`).services[0]?.end;
  assert.deepEqual([end("success", 0), end("success", 143)], [null, null]);
  assert.deepEqual(
    [end("exit-code", 1), end("signal", 9), end("oom-kill", 9), end("timeout", 9)],
    ["exit code 1", "signal 9", "oom-kill", "timeout"],
  );
});

test("Kafka's version is in the name of the distribution's folder", () => {
  assert.equal(versionOf("/opt/kafka_2.11-2.4.0"), "2.4.0");
  assert.equal(versionOf("/opt/kafka"), null);
  assert.equal(versionOf(null), null);
});
