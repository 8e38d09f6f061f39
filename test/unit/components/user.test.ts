import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { DeployerKey } from "../../../components/deployerKey.ts";
import { parseProperties } from "../../../model/render/properties.ts";
import { User, type UserArgs } from "../../../components/user.ts";
import { deploy, only, type Recorded, valueOf } from "./deploy.ts";

const REACH = { via: "bastion", host: "203.0.113.7", user: "admin", hostKey: "ssh-ed25519 BASTION" } as const;
const AUTHORITIES = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const SPEC = {
  name: "etl",
  permissions: [{ resource: "topic", name: "orders", pattern: "literal", operations: ["Read"], hosts: ["*"] }],
  brokers: [
    { id: 1, address: "10.0.0.18:9093" },
    { id: 2, address: "10.0.0.19:9093" },
  ],
} as const;

/** Deploys a user; what the mocks give for a password is PASSWORD. */
async function deployUser(more: Partial<UserArgs> = {}): Promise<{ user: User; resources: readonly Recorded[] }> {
  let user: User | undefined;
  const resources = await deploy(
    () => {
      user = new User("user-etl", {
        ...SPEC,
        passwordGeneration: 2,
        reach: pulumi.output(REACH),
        secrets: pulumi.secret({ privateKey: "PRIVATE", tls: { authorities: "CA", certificate: "CERT", key: "KEY" } }),
        clientBrokers: pulumi.output("10.0.0.18:9094,10.0.0.19:9094"),
        authorities: AUTHORITIES,
        ...more,
      });
    },
    { "user-etl-managed": { name: "etl", acls: 1 }, "member-pair": { privateKey: "OTHER", publicKey: "OTHER" } },
  );
  assert.ok(user);
  return { user, resources };
}

test("a user is a password, and a Command that makes it and keeps it as it is wanted", async () => {
  const { resources } = await deployUser();
  assert.deepEqual(
    resources.map(({ type, name, parent }) => [type, name, parent]),
    [
      ["kafka-cluster:index:User", "user-etl", undefined],
      ["random:index/randomPassword:RandomPassword", "user-etl-password", "user-etl"],
      ["command:local:Command", "user-etl-managed", "user-etl"],
    ],
  );
  assert.deepEqual(only(resources, "user-etl-password").inputs, {
    length: 32,
    special: false,
    keepers: { generation: "2" },
  });
  const managed = only(resources, "user-etl-managed");
  const { stdin, ...inputs } = managed.inputs;
  assert.deepEqual(inputs, {
    create: "node scripts/run.mjs user ensure",
    update: "node scripts/run.mjs user ensure",
    delete: "node scripts/run.mjs user delete",
    environment: { KAFKA_CLUSTER_SPEC: JSON.stringify({ ...SPEC, reach: REACH }) },
    triggers: ["etl"],
    addPreviousOutputInEnv: false,
    logging: "stderr",
  });
  assert.deepEqual(JSON.parse(stdin as string), {
    privateKey: "PRIVATE",
    tls: { authorities: "CA", certificate: "CERT", key: "KEY" },
    password: "PASSWORD",
  });
  assert.deepEqual(managed.secrets, ["stdin"]);
  assert.equal(managed.deleteBeforeReplace, true);
  assert.deepEqual(managed.dependencies, ["user-etl-password"]);
  assert.equal(managed.deletedWith, undefined);
});

test("the password stays a secret also where the deployer's secrets are not marked as such", async () => {
  const { resources } = await deployUser({ secrets: { privateKey: "PRIVATE" } });
  assert.deepEqual(only(resources, "user-etl-managed").secrets, ["stdin"]);
});

test("a user comes after what is to be healthy, and goes with its cluster", async () => {
  const made: { cluster?: pulumi.ComponentResource } = {};
  const resources = await deploy(
    () => {
      made.cluster = new pulumi.ComponentResource("test:index:Cluster", "cluster");
      const user = new User("user-etl", {
        ...SPEC,
        passwordGeneration: 1,
        reach: REACH,
        secrets: { privateKey: "PRIVATE" },
        clientBrokers: "a:9094",
        authorities: AUTHORITIES,
        cluster: made.cluster,
        startAfter: [new DeployerKey("member")],
      });
      new pulumi.ComponentResource("test:index:After", "after", {}, { dependsOn: [user.ready] });
    },
    { "user-etl-managed": { name: "etl", acls: 1 }, "member-pair": { privateKey: "OTHER", publicKey: "OTHER" } },
  );
  const managed = only(resources, "user-etl-managed");
  assert.deepEqual(managed.dependencies, ["member-pair", "user-etl-password"]);
  assert.equal(managed.deletedWith, "cluster");
  assert.deepEqual(only(resources, "after").dependencies, ["user-etl-managed"]);
});

test("outputs are the name in the open, and the password and what clients need as secrets", async () => {
  const { user } = await deployUser();
  assert.equal(await valueOf(user.name), "etl");
  assert.equal(await valueOf(user.password), "PASSWORD");
  const outputs: pulumi.Output<unknown>[] = [user.name, user.password, user.clientProperties, user.kafkajs];
  const secrets = outputs.map((one) => pulumi.isSecret(one));
  assert.deepEqual(await Promise.all(secrets), [false, true, true, true]);
  assert.deepEqual(await valueOf(user.kafkajs), {
    brokers: ["10.0.0.18:9094", "10.0.0.19:9094"],
    ssl: { ca: [AUTHORITIES], allowPartialTrustChain: true },
    sasl: { mechanism: "scram-sha-512", username: "etl", password: "PASSWORD" },
  });
});

test("client.properties has one property a line, the certificates too", async () => {
  const { user } = await deployUser();
  const text = await valueOf(user.clientProperties);
  assert.equal(
    text,
    [
      "bootstrap.servers=10.0.0.18:9094,10.0.0.19:9094",
      "security.protocol=SASL_SSL",
      "sasl.mechanism=SCRAM-SHA-512",
      'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="etl" password="PASSWORD";',
      "ssl.truststore.type=PEM",
      "ssl.truststore.certificates=-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----\\n",
      "",
    ].join("\n"),
  );
  assert.equal(parseProperties(text)["ssl.truststore.certificates"], AUTHORITIES);
});
