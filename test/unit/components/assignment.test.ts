import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Assignment } from "../../../components/assignment.ts";
import { DeployerKey } from "../../../components/deployerKey.ts";
import { deploy, only, valueOf } from "./deploy.ts";

const BROKERS = [
  { id: 1, address: "10.0.0.18:9092", rack: "euc1-az1" },
  { id: 2, address: "10.0.0.19:9092", rack: "euc1-az2" },
];

test("an assignment is a Command that waits for the brokers, knows its last result and has no delete", async () => {
  let assignment: Assignment | undefined;
  const resources = await deploy(
    () => {
      assignment = new Assignment("assignment", {
        brokers: BROKERS,
        reach: pulumi.output({ via: "link" } as const),
        deployerKey: new DeployerKey("deployer"),
        throttleMiBps: 50,
        startAfter: [new DeployerKey("member")],
      });
    },
    {
      "assignment-partitions": { brokers: [1, 2], moved: 0 },
      "member-pair": { privateKey: "OTHER", publicKey: "OTHER" },
      "deployer-pair": { privateKey: "PRIVATE", publicKey: "PUBLIC" },
    },
  );
  const command = only(resources, "assignment-partitions");
  assert.equal(command.parent, "assignment");
  assert.deepEqual(command.inputs, {
    create: "node scripts/run.mjs assignment create",
    update: "node scripts/run.mjs assignment update",
    environment: {
      KAFKA_CLUSTER_SPEC: JSON.stringify({
        brokers: BROKERS,
        reach: { via: "link" },
        throttleBytesPerSecond: 52_428_800,
      }),
    },
    stdin: '{"privateKey":"PRIVATE"}',
    addPreviousOutputInEnv: true,
    logging: "stderr",
  });
  // A time at which limits were found makes it run once; later updates keep what stands in the state.
  assert.deepEqual(command.ignoreChanges, ["environment.KAFKA_CLUSTER_FOUND_LIMITS"]);
  assert.deepEqual(command.secrets, ["stdin"]);
  assert.deepEqual(command.dependencies, ["deployer-pair", "member-pair"]);
  assert.ok(assignment);
  assert.deepEqual(await valueOf(assignment.brokers), [1, 2]);
});
