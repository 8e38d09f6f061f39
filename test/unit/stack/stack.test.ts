import assert from "node:assert/strict";
import { test } from "node:test";
import { withSalt } from "../../../scripts/stack/prepare.ts";
import { type Deployment, type ExportedResource, markInterrupted } from "../../../scripts/stack/recovery.ts";
import { summary } from "../../../scripts/summary.ts";

test("the salt of the last run is kept, the user's text unchanged", () => {
  const config = "# A comment.\nconfig:\n  kafka-cluster:brokerCount: 3 # three\n";
  const salt = "encryptionsalt: v1:abc=:v1:def==\n";
  assert.equal(withSalt(config, undefined), config);
  assert.equal(withSalt(config, "config: {}\n"), config);
  assert.equal(withSalt(config, `config:\n  old: 1\n${salt}`), config + salt);
  assert.equal(withSalt(config.trimEnd(), salt), config + salt);
  assert.equal(withSalt(`encryptionsalt: own\n${config}`, salt), `encryptionsalt: own\n${config}`);
});

const resource = (name: string, type: string): ExportedResource => ({
  urn: `urn:pulumi:dev::project::${type}::${name}`,
  type,
  inputs: { create: name },
});

test("what a killed run left unfinished is marked for the next one", () => {
  const [network, volume, apply, machine] = ["network", "volume", "apply", "machine"].map((name) =>
    resource(name, "command:local:Command"),
  ) as [ExportedResource, ExportedResource, ExportedResource, ExportedResource];
  const instance = resource("instance", "aws:ec2/instance:Instance");
  const deployment: Deployment = {
    manifest: {},
    resources: [network, volume, apply],
    pending_operations: [
      { type: "creating", resource: machine },
      { type: "deleting", resource: volume },
      { type: "updating", resource: apply },
      { type: "creating", resource: resource("uuid", "random:index/randomUuid:RandomUuid") },
      { type: "creating", resource: instance },
    ],
  };
  assert.deepEqual(markInterrupted(deployment), {
    manifest: {},
    resources: [
      network,
      { ...volume, taint: true },
      { ...apply, initErrors: ["the update was interrupted"] },
      { ...machine, id: "interrupted", outputs: { create: "machine", stdout: "", stderr: "" }, taint: true },
    ],
    pending_operations: [{ type: "creating", resource: instance }],
  });
});

test("the creation of a replacement that is already on record adds nothing", () => {
  const machine = resource("machine", "command:local:Command");
  const deployment = { resources: [machine], pending_operations: [{ type: "creating", resource: machine }] };
  assert.deepEqual(markInterrupted(deployment), { resources: [machine], pending_operations: [] });
});

const times = { setUp: 400, pulumi: 30_060 };

test("the summary says what a person wants to know", () => {
  const member = (id: number): { name: string; brokerId: number; zookeeperId: number; address: string } => ({
    name: `kafka-${id}`,
    brokerId: id,
    zookeeperId: id,
    address: `10.0.0.${17 + id}`,
  });
  const text = summary(
    {
      bootstrapServers: "10.0.0.18:9092,10.0.0.19:9092,10.0.0.20:9092",
      zookeeperConnect: "10.0.0.18:2181,10.0.0.19:2181,10.0.0.20:2181",
      kafkaVersion: "3.9.2",
      members: [1, 2, 3].map(member),
      verification: {
        topic: "replica-yu1",
        partitions: [{ partition: 0, leader: 2, replicas: [2, 3], isr: [2, 3] }],
        producedVia: "10.0.0.20:9092",
        consumedVia: ["10.0.0.18:9092", "10.0.0.19:9092"],
        milliseconds: { clusterReady: 300, firstMessage: 850 },
      },
    },
    times,
  );
  assert.equal(
    text,
    `  Kafka         3.9.2
  brokers       1 kafka-1 10.0.0.18, 2 kafka-2 10.0.0.19, 3 kafka-3 10.0.0.20
  ensemble      1 kafka-1 10.0.0.18, 2 kafka-2 10.0.0.19, 3 kafka-3 10.0.0.20
  bootstrap     10.0.0.18:9092,10.0.0.19:9092,10.0.0.20:9092
  topic         replica-yu1
  partition 0   leader 2, replicas on 2 and 3, in sync 2 and 3
  message       taken by kafka-3 (10.0.0.20:9092)
                given back by kafka-1 (10.0.0.18:9092) and kafka-2 (10.0.0.19:9092)
  verification  clusterReady after 0.3 s, firstMessage after 0.8 s
  time          set-up 0.4 s, pulumi 30.1 s, total 30.5 s
`,
  );
});

test("the summary leaves out what the outputs don't have", () => {
  assert.equal(summary({}, times), "  time          set-up 0.4 s, pulumi 30.1 s, total 30.5 s\n");
  const partly = summary({ bootstrapServers: "a:9092", verification: { producedVia: "a:9092" } }, times);
  assert.equal(
    partly.split("\n").slice(0, -2).join("\n"),
    "  brokers       a:9092\n  bootstrap     a:9092\n  message       taken by a:9092",
  );
});
