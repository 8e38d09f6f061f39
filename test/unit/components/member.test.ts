import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import { DeployerKey } from "../../../components/deployerKey.ts";
import { classDataPaths } from "../../../model/local/classData.ts";
import { renderUserData } from "../../../model/render/cloudInit.ts";
import { renderNode } from "../../../model/render/node.ts";
import { imageKey } from "../../../scripts/setup/imageRecipe.ts";
import { deploy, only } from "./deploy.ts";
import { deployCluster } from "./program.ts";

const NOTE = { firstAddress: "10.0.0.18", heap: { broker: "384m", zookeeper: "128m" }, brokerCount: 3 };
const FILES = renderNode(
  { name: "kafka-2", address: "10.0.0.19", brokerId: 2, zookeeperId: 2 },
  {
    ensemble: [18, 19, 20].map((host, index) => ({ id: index + 1, address: `10.0.0.${host}` })),
    brokerCount: 3,
    interBrokerProtocolVersion: "3.9",
    security: "plaintext",
    brokerProperties: {},
    heap: NOTE.heap,
    distribution: {
      name: "kafka_2.13-3.9.2",
      url: "file:///mnt/kafka-distributions/kafka_2.13-3.9.2-1.tar",
      sha512: "abc",
      classData: classDataPaths("kafka_2.13-3.9.2-1.tar", imageKey()),
    },
    host: { ownKernel: false },
  },
);

test("the deployer's key pair is made once, never logged, and stays a secret", async () => {
  let privateKey: pulumi.Output<string> | undefined;
  const resources = await deploy(
    () => {
      privateKey = new DeployerKey("deployer").privateKey;
    },
    { "deployer-pair": { privateKey: "PRIVATE", publicKey: "PUBLIC" } },
  );
  const pair = only(resources, "deployer-pair");
  assert.deepEqual(pair.inputs, { create: "node scripts/run.mjs sshKey", update: "true", logging: "none" });
  assert.equal(pair.parent, "deployer");
  assert.deepEqual(pair.additionalSecretOutputs, ["stdout", "stderr"]);
  assert.equal(await pulumi.isSecret(privateKey!), true);
});

test("an apply carries the member's files in plain sight and the private key as a secret on standard input", async () => {
  const apply = only(await deployCluster(NOTE), "kafka-2-apply");
  const { environment, stdin, ...rest } = apply.inputs as { environment: Record<string, string>; stdin: string };
  assert.deepEqual(rest, {
    create: "node scripts/run.mjs apply create",
    update: "node scripts/run.mjs apply update",
    delete: "node scripts/run.mjs apply delete",
    triggers: ["kafka-2-uuid"],
    addPreviousOutputInEnv: false,
    logging: "stderr",
  });
  const spec: ApplySpec = {
    name: "kafka-2",
    address: "10.0.0.19",
    hostKey: "ssh-ed25519 kafka-2",
    reach: { via: "link" },
    services: ["zookeeper", "kafka"],
    brokerId: 2,
    zookeeperId: 2,
    brokers: [18, 19, 20].map((host, index) => ({ id: index + 1, address: `10.0.0.${host}` })),
    ensemble: [18, 19, 20].map((host, index) => ({ id: index + 1, address: `10.0.0.${host}` })),
    kafkaVersion: "3.9.2",
    security: "plaintext",
    rollout: { gateTimeoutSeconds: 120, startTimeoutSeconds: 21_600, acceptUnavailable: false, acceptDataLoss: false },
    files: FILES,
  };
  assert.deepEqual(JSON.parse(environment.KAFKA_CLUSTER_SPEC ?? ""), spec);
  assert.deepEqual(JSON.parse(stdin), { privateKey: "PRIVATE" });
  assert.deepEqual(apply.secrets, ["stdin"]);
  assert.equal(apply.deleteBeforeReplace, true);
});

test("cloud-init brings the same files at birth, without any secret, and never replaces the machine", async () => {
  const resources = await deployCluster(NOTE);
  const machine = only(resources, "kafka-2-machine");
  const { USER_DATA } = machine.inputs.environment as Record<string, string>;
  assert.equal(USER_DATA, renderUserData({ hostname: "kafka-2", files: FILES, deployKey: "ssh-ed25519 PUBLIC" }));
  assert.deepEqual(machine.secrets, []);
  assert.deepEqual(machine.ignoreChanges, ["environment.USER_DATA"]);
  // Image, address, gateway and data volume, in the order of MACHINE_TRIGGERS.
  assert.deepEqual(machine.inputs.triggers, ["f1", "10.0.0.19", "10.0.0.1/24", "kafka-2-volume-id"]);
  for (const resource of resources) {
    const { stdin: _, ...plain } = resource.inputs;
    assert.ok(!JSON.stringify(plain).includes("PRIVATE"), resource.name);
  }
});
