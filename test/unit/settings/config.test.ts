import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../config.ts";

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
