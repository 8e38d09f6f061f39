import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import ssh2 from "ssh2";
import { checkedSettings, ownKey } from "../../../program/checkedArgs.ts";
import { stackArgs } from "../../../program/config.ts";
import { makeKeyPair } from "../../../scripts/lib/keyPair.ts";

const { utils } = ssh2;

const readSettings = () => checkedSettings(stackArgs());
const readDeployerKey = async () => ownKey(stackArgs());

before(async () => {
  const nothing = (): never => {
    throw new Error("reading settings makes no resource and calls no function");
  };
  await pulumi.runtime.setMocks({ newResource: nothing, call: nothing }, "kafka-cluster", "test");
});
afterEach(() => {
  delete process.env.PULUMI_CONFIG_SECRET_KEYS;
});

test("maps come as JSON, scalars as they stand, other namespaces are not read", () => {
  pulumi.runtime.setAllConfig({
    "kafka-cluster:brokerCount": "5",
    "kafka-cluster:zookeeper": '{"placement":"dedicated","count":5}',
    "aws:region": "eu-central-1",
  });
  const settings = readSettings();
  assert.equal(settings.brokerCount, 5);
  assert.deepEqual(settings.zookeeper, { placement: "dedicated", count: 5 });
});

test("bad settings end in one message that Pulumi shows without a stack", () => {
  pulumi.runtime.setAllConfig({ "kafka-cluster:brokerCount": "0", "kafka-cluster:zookeeper": "{broken" });
  assert.throws(readSettings, (error: unknown) => {
    assert.ok(pulumi.RunError.isInstance(error));
    assert.match(error.message, /^2 settings can't be used:\n {2}zookeeper = "\{broken": a map .*\n {2}brokerCount = /);
    return true;
  });
});

test("a secret setting is refused by its key, without its value", () => {
  pulumi.runtime.setAllConfig({ "kafka-cluster:brokerProperties": '{"a":"hidden"}' });
  process.env.PULUMI_CONFIG_SECRET_KEYS = '["kafka-cluster:brokerProperties"]';
  assert.throws(readSettings, {
    message: '1 setting can\'t be used:\n  brokerProperties = "[secret]": a plain value, no secret',
  });
});

test("a mistyped secret is no such setting, with the one that was meant", () => {
  pulumi.runtime.setAllConfig({ "kafka-cluster:deployerPrivatekey": "hidden" });
  process.env.PULUMI_CONFIG_SECRET_KEYS = '["kafka-cluster:deployerPrivatekey"]';
  assert.throws(readSettings, {
    message:
      "1 setting can't be used:\n" +
      '  deployerPrivatekey = "[secret]": no such setting; did you mean deployerPrivateKey?',
  });
});

const { privateKey, publicKey } = makeKeyPair("somebody");

test("the user's own key for the deployer is a secret, and its public half is derived", async () => {
  pulumi.runtime.setAllConfig({ "kafka-cluster:deployerPrivateKey": privateKey });
  process.env.PULUMI_CONFIG_SECRET_KEYS = '["kafka-cluster:deployerPrivateKey"]';
  assert.equal(readSettings().platform, "local", "it is none of the other settings");
  const own = await readDeployerKey();
  assert.ok(own);
  assert.equal(own.publicKey.split(" ")[1], publicKey.split(" ")[1]);
  assert.equal(await pulumi.isSecret(own.privateKey), true);
});

test("a private key in another setting is not shown", () => {
  for (const [key, value] of [
    ["deployerPrivatekey", privateKey],
    ["subnet", privateKey],
    ["heap", JSON.stringify({ broker: privateKey })],
    ["zookeeper", JSON.stringify([privateKey])],
  ] as const) {
    pulumi.runtime.setAllConfig({ [`kafka-cluster:${key}`]: value });
    assert.throws(readSettings, (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, /^1 setting can't be used:\n {2}\S+ = "\[hidden\]": /);
      assert.doesNotMatch(error.message, /PRIVATE KEY|OPENSSH/);
      return true;
    });
  }
});

test("without a key of the user's own one is made", async () => {
  pulumi.runtime.setAllConfig({ "kafka-cluster:deployerPrivateKey": "" });
  assert.equal(await readDeployerKey(), undefined);
});

test("a key that is no secret, or none, or has a passphrase, is refused and not shown", async () => {
  const locked = utils.generateKeyPairSync("ed25519", {
    passphrase: "secret",
    cipher: "aes256-ctr",
    rounds: 16,
  }).private;
  for (const [key, secretKeys, allowed] of [
    [
      privateKey,
      "[]",
      /^ {2}deployerPrivateKey = "\[hidden\]": a secret: npm run pulumi -- config .* and make a new key pair/m,
    ],
    ["PRIVATE KEY", '["kafka-cluster:deployerPrivateKey"]', /an OpenSSH private key without a passphrase/],
    [publicKey, '["kafka-cluster:deployerPrivateKey"]', /an OpenSSH private key without a passphrase/],
    [locked, '["kafka-cluster:deployerPrivateKey"]', /an OpenSSH private key without a passphrase/],
  ] as const) {
    pulumi.runtime.setAllConfig({ "kafka-cluster:deployerPrivateKey": key });
    process.env.PULUMI_CONFIG_SECRET_KEYS = secretKeys;
    await assert.rejects(readDeployerKey, (error: unknown) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.match(error.message, allowed);
      assert.ok(!error.message.includes(key), "the key is shown");
      return true;
    });
  }
});
