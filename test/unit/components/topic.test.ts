import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { DeployerKey } from "../../../components/deployerKey.ts";
import { Topic } from "../../../components/topic.ts";
import { deploy, only, valueOf } from "./deploy.ts";

const REACH = { via: "bastion", host: "203.0.113.7", user: "admin", hostKey: "ssh-ed25519 BASTION" } as const;
const SETTINGS = {
  name: "orders",
  partitions: 6,
  replicationFactor: 2,
  configs: { "retention.ms": "1000" },
  deletion: "keep",
  brokers: [
    { id: 1, address: "10.0.0.18:9092", rack: "a" },
    { id: 2, address: "10.0.0.19:9092", rack: "b" },
  ],
} as const;

test("a topic is a Command that makes it and keeps it as it is wanted, after the members and gone with the cluster", async () => {
  let topic: Topic | undefined;
  const resources = await deploy(
    () => {
      topic = new Topic("topic-orders", {
        ...SETTINGS,
        reach: pulumi.output(REACH),
        deployerKey: new DeployerKey("deployer"),
        throttleMiBps: 50,
        cluster: new pulumi.ComponentResource("test:index:Cluster", "cluster"),
        startAfter: [new DeployerKey("member")],
      });
    },
    {
      "topic-orders-managed": { name: "orders", partitions: 6, replicationFactor: 2, configs: SETTINGS.configs },
      "member-pair": { privateKey: "OTHER", publicKey: "OTHER" },
      "deployer-pair": { privateKey: "PRIVATE", publicKey: "PUBLIC" },
    },
  );
  const own = resources.filter(({ name }) => name.startsWith("topic"));
  assert.deepEqual(
    own.map(({ type, name, parent }) => [type, name, parent]),
    [
      ["kafka-cluster:index:Topic", "topic-orders", undefined],
      ["command:local:Command", "topic-orders-managed", "topic-orders"],
    ],
  );
  const managed = only(own, "topic-orders-managed");
  assert.deepEqual(managed.inputs, {
    create: "node scripts/run.mjs topic ensure",
    update: "node scripts/run.mjs topic ensure",
    delete: "node scripts/run.mjs topic delete",
    environment: {
      KAFKA_CLUSTER_SPEC: JSON.stringify({ ...SETTINGS, reach: REACH, throttleBytesPerSecond: 52_428_800 }),
    },
    stdin: '{"privateKey":"PRIVATE"}',
    triggers: ["orders"],
    addPreviousOutputInEnv: true,
    logging: "stderr",
  });
  assert.deepEqual(managed.secrets, ["stdin"]);
  assert.deepEqual(managed.dependencies, ["deployer-pair", "member-pair"]);
  assert.equal(managed.deletedWith, "cluster");
  assert.equal(managed.deleteBeforeReplace, true);
  assert.equal(managed.retainOnDelete, false);

  assert.ok(topic);
  assert.deepEqual(await valueOf(topic.shape), { name: "orders", partitions: 6, replicationFactor: 2 });
  assert.equal(await pulumi.isSecret(topic.shape), false);
});
