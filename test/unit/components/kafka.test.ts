import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Kafka } from "../../../program/kafka.ts";
import type { KafkaArgs } from "../../../model/settings/kafkaArgs.ts";
import { makeKeyPair } from "../../../scripts/lib/keyPair.ts";
import { deploy, only, type Provider, type Recorded, valueOf } from "./deploy.ts";
import { PRINTED } from "./program.ts";

const VERIFIED = {
  topic: "replica-yu1",
  partitions: [{ partition: 0, leader: 2, replicas: [2, 1], isr: [2, 1] }],
  producedVia: "10.0.0.20:9092",
  consumedVia: ["10.0.0.18:9092"],
  runId: "5e1f0b52-0c4f-4f0a-9d7e-3c1d6a0f7b11",
  offset: "0",
  milliseconds: { clusterReady: 1, topicReady: 2, firstMessage: 3, groupsReady: 4, consumed: 5, cleanedUp: 6 },
};

/** A stack whose component has these outputs on record. */
function stackWith(record: object | undefined): Provider {
  return {
    resource: (type, name) => {
      throw new Error(`the component made a resource of unknown type ${type}: ${name}`);
    },
    call: (token) => {
      assert.equal(token, "pulumi:pulumi:readStackResourceOutputs");
      const component = "urn:pulumi:test::kafka-cluster::kafka-cluster:index:Kafka::kafka";
      return { outputs: record ? { [component]: { type: "kafka-cluster:index:Kafka", outputs: record } } : {} };
    },
  };
}

/**
 * Deploys a cluster.
 *
 * @param record what the last deployment has left. @default nothing: a new stack
 */
async function deployKafka(
  args?: KafkaArgs,
  record?: object,
): Promise<{ kafka: Kafka; resources: readonly Recorded[] }> {
  let kafka: Kafka | undefined;
  const build = async (): Promise<void> => {
    kafka = new Kafka("kafka", args);
    // Its looks at the cluster are no requests to the engine, which the mocks would wait for.
    await valueOf(kafka.members);
  };
  const printed = { ...PRINTED, "verification-round-trip": VERIFIED, "assignment-partitions": { brokers: [1, 2, 3] } };
  const resources = await deploy(build, printed, stackWith(record));
  assert.ok(kafka);
  return { kafka, resources };
}

test("the component makes the whole cluster, under itself, from no arguments at all", async () => {
  const { kafka, resources } = await deployKafka();
  assert.deepEqual(
    resources.filter(({ parent }) => parent === undefined).map(({ name, type }) => [name, type]),
    [["kafka", "kafka-cluster:index:Kafka"]],
  );
  const made = resources.filter(({ parent, name }) => parent === "kafka" && !/^kafka-\d/.test(name));
  const names = ["assignment", "deployer", "growth", "kafka", "local", "verification", "zookeeper"];
  assert.deepEqual(made.map(({ name }) => name).sort(), names);
  assert.equal(await valueOf(kafka.bootstrapServers), "10.0.0.10:9092,10.0.0.11:9092,10.0.0.12:9092");
  assert.equal(await valueOf(kafka.zookeeperConnect), "10.0.0.10:2181,10.0.0.11:2181,10.0.0.12:2181");
  assert.deepEqual(
    (await valueOf(kafka.members)).map(({ name }) => name),
    ["kafka-1", "kafka-2", "kafka-3"],
  );
  assert.equal((await valueOf(kafka.verification)).topic, "replica-yu1");
});

test("what it makes stood at the top of the program before: no resource of such a stack is made anew", async () => {
  const { resources } = await deployKafka();
  const component = only(
    resources.filter(({ type }) => type === "kafka-cluster:index:Kafka"),
    "kafka",
  );
  for (const resource of resources) {
    if (resource === component) continue;
    const isDirect = resource.parent === "kafka" && !/^kafka-\d/.test(resource.name);
    assert.equal(resource.wasAtTop, isDirect, resource.name);
  }
});

test("outputs that are no secret stay so beside those that are", async () => {
  const { privateKey } = makeKeyPair("somebody");
  const { kafka } = await deployKafka({ deployerPrivateKey: privateKey });
  const secret = async (output: pulumi.Output<unknown>): Promise<boolean> => pulumi.isSecret(output);
  assert.equal(await secret(kafka.deployerPrivateKey), true);
  assert.equal(await secret(kafka.users), true);
  assert.equal(await secret(kafka.deployerTls), true);
  for (const plain of [kafka.bootstrapServers, kafka.members, kafka.verification, kafka.reach, kafka.hostKeys]) {
    assert.equal(await secret(plain), false);
  }
});

test("members of a deployment on record are changed one after the other, those of a new stack at once", async () => {
  const chain = (resources: readonly Recorded[]): string[][] =>
    ["kafka-1", "kafka-2", "kafka-3"].map((member) =>
      only(resources, `${member}-apply`).dependencies.filter((name) => name.endsWith("-apply")),
    );
  const { kafka, resources } = await deployKafka();
  assert.deepEqual(chain(resources), [[], [], []]);
  const record = {
    members: await valueOf(kafka.members),
    kafkaVersion: await valueOf(kafka.kafkaVersion),
    subnet: await valueOf(kafka.subnet),
    infrastructure: await valueOf(kafka.infrastructure),
  };
  assert.deepEqual(chain((await deployKafka({}, record)).resources), [[], ["kafka-1-apply"], ["kafka-2-apply"]]);
});
