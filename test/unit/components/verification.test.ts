import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { DeployerKey } from "../../../components/deployerKey.ts";
import { Verification } from "../../../components/verification.ts";
import { deploy, only, valueOf } from "./deploy.ts";

const RUN_ID = "5e1f0b52-0c4f-4f0a-9d7e-3c1d6a0f7b11";
const MILLISECONDS = { clusterReady: 1, topicReady: 2, firstMessage: 3, groupsReady: 4, consumed: 5, cleanedUp: 6 };
const RESULT = {
  topic: "replica-yu1",
  partitions: [{ partition: 0, leader: 2, replicas: [2, 1], isr: [2, 1] }],
  producedVia: "10.0.0.20:9092",
  consumedVia: ["10.0.0.18:9092", "10.0.0.19:9092"],
  runId: RUN_ID,
  offset: "0",
  milliseconds: MILLISECONDS,
};
const REACH = { via: "bastion", host: "203.0.113.7", user: "admin", hostKey: "ssh-ed25519 BASTION" } as const;
const SETTINGS = {
  brokers: [18, 19, 20].map((host, index) => ({ id: index + 1, address: `10.0.0.${host}:9092` })),
  topic: "replica-yu1",
  partitions: 1,
  replicationFactor: 2,
  kafkaVersion: "3.9.2",
  timeoutSeconds: 60,
};

test("a verification is a run id that settings and members keep, and a Command that prints what it proved", async () => {
  let verification: Verification | undefined;
  const resources = await deploy(
    () => {
      const member = new DeployerKey("member");
      verification = new Verification("verification", {
        ...SETTINGS,
        reach: pulumi.output(REACH),
        deployerKey: new DeployerKey("deployer"),
        rerunOn: ["machine-1", pulumi.output("machine-2")],
        startAfter: [member],
      });
    },
    {
      "verification-round-trip": RESULT,
      "member-pair": { privateKey: "OTHER", publicKey: "OTHER" },
      "deployer-pair": { privateKey: "PRIVATE", publicKey: "PUBLIC" },
    },
  );
  const own = resources.filter(({ name }) => name.startsWith("verification"));
  assert.deepEqual(
    own.map(({ type, name, parent }) => [type, name, parent]),
    [
      ["kafka-cluster:index:Verification", "verification", undefined],
      ["random:index/randomUuid:RandomUuid", "verification-run", "verification"],
      ["command:local:Command", "verification-round-trip", "verification"],
    ],
  );
  assert.deepEqual(only(own, "verification-run").inputs, {
    keepers: { settings: JSON.stringify(SETTINGS), rerunOn: '["machine-1","machine-2"]' },
  });
  const roundTrip = only(own, "verification-round-trip");
  assert.deepEqual(roundTrip.inputs, {
    create: "node scripts/run.mjs verify",
    update: "node scripts/run.mjs verify",
    environment: { KAFKA_CLUSTER_SPEC: JSON.stringify({ ...SETTINGS, reach: REACH, runId: RUN_ID }) },
    stdin: '{"privateKey":"PRIVATE"}',
    addPreviousOutputInEnv: false,
    logging: "stderr",
  });
  assert.deepEqual(roundTrip.secrets, ["stdin"]);
  assert.deepEqual(roundTrip.dependencies, ["deployer-pair", "member-pair", "verification-run"]);

  assert.ok(verification);
  assert.equal(await valueOf(verification.topic), "replica-yu1");
  assert.deepEqual(await valueOf(verification.partitions), RESULT.partitions);
  assert.equal(await valueOf(verification.producedVia), "10.0.0.20:9092");
  assert.deepEqual(await valueOf(verification.consumedVia), ["10.0.0.18:9092", "10.0.0.19:9092"]);
  assert.deepEqual(await valueOf(verification.run), { runId: RUN_ID, offset: "0", milliseconds: MILLISECONDS });
});
