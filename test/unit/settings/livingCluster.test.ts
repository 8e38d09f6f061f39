import { securityShape } from "../../../program/clusterCertificates.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClusterShape, unsafeChanges } from "../../../model/livingCluster.ts";
import { localSite } from "../../../model/settings/localSettings.ts";
import { planMembers } from "../../../model/render/members.ts";
import { checkSettings } from "../../../model/settings/settings.ts";

/** What settings ask for. */
function shape(raw: Record<string, unknown> = {}): ClusterShape {
  const settings = checkSettings(raw);
  assert.ok(settings.platform === "local");
  const { subnets, infrastructure } = localSite(settings);
  return {
    members: planMembers(settings, subnets),
    kafkaVersion: settings.kafkaVersion.version,
    interBrokerProtocolVersion: settings.interBrokerProtocolVersion ?? settings.kafkaVersion.protocol,
    subnet: settings.subnet,
    infrastructure,
    security: securityShape(settings),
    topics: settings.topics,
  };
}

/** Keys of the problems of a change of a cluster with the default settings. */
function refused(raw: Record<string, unknown>): string[] {
  return unsafeChanges(shape(), shape(raw)).map(({ key }) => key);
}

test("no change, and more brokers, are fine", () => {
  assert.deepEqual(refused({}), []);
  assert.deepEqual(refused({ brokerCount: 5 }), []);
});

test("another version is refused: brokers of two versions would be mixed", () => {
  assert.deepEqual(refused({ kafkaVersion: "2.4.0" }), ["kafkaVersion"]);
});

test("data volumes keep whether they have a size, and grow", () => {
  const sized = (sizeGiB: number): ClusterShape => shape({ machine: { volume: { sizeGiB } } });
  const key = "machine.volume.sizeGiB";
  assert.deepEqual(unsafeChanges(sized(10), sized(20)), []);
  assert.deepEqual(unsafeChanges(sized(10), sized(9)), [
    { key, value: 9, allowed: "at least 10, as deployed: a volume grows and never shrinks" },
  ]);
  assert.deepEqual(refused({ machine: { volume: { sizeGiB: 10 } } }), [key]);
  assert.deepEqual(
    unsafeChanges(sized(10), shape()).map((problem) => problem.key),
    [key],
  );
});

test("another subnet is refused, also one that holds the same addresses", () => {
  assert.deepEqual(refused({ subnet: "10.0.0.0/16" }), ["subnet"]);
});

test("brokers may be taken away from the end, but none that has a ZooKeeper server beside it", () => {
  const five = shape({ brokerCount: 5 });
  assert.deepEqual(unsafeChanges(five, shape({ brokerCount: 4 })), []);
  assert.deepEqual(unsafeChanges(five, shape()), []);
  assert.deepEqual(refused({ brokerCount: 2, zookeeper: { count: 1 } }), ["member kafka-2", "member kafka-3"]);
  const dedicated = { zookeeper: { placement: "dedicated" } };
  assert.deepEqual(unsafeChanges(shape(dedicated), shape({ ...dedicated, brokerCount: 2 })), []);
});

test("a broker before the last one can't be taken away", () => {
  const five = shape({ brokerCount: 5 });
  const gap = { ...five, members: five.members.filter(({ brokerId }) => brokerId !== 4) };
  assert.deepEqual(unsafeChanges(five, gap), [
    { key: "member kafka-4", value: undefined, allowed: "has to stay: the last brokers go first" },
  ]);
});

test("other addresses are refused for every member", () => {
  assert.deepEqual(refused({ firstAddress: "10.0.0.50" }), ["member kafka-1", "member kafka-2", "member kafka-3"]);
});

test("another ensemble is refused, smaller, larger or elsewhere", () => {
  assert.deepEqual(refused({ zookeeper: { count: 1 } }), ["member kafka-2", "member kafka-3"]);
  assert.deepEqual(refused({ brokerCount: 5, zookeeper: { count: 5 } }), ["member kafka-4", "member kafka-5"]);
  assert.equal(refused({ zookeeper: { placement: "dedicated" } }).length, 6);
});

test("fewer partitions are refused, with the topic's name; more, other replicas and other topics are fine", () => {
  const topic = (name: string, partitions: number, replicationFactor = 2): Record<string, unknown> => ({
    name,
    partitions,
    replicationFactor,
  });
  const changed = (...topics: unknown[]): string[] =>
    unsafeChanges(shape({ topics: [topic("orders", 6)] }), shape({ topics })).map(
      ({ key, value, allowed }) => `${key} = ${String(value)}: ${allowed}`,
    );
  assert.deepEqual(changed(topic("new", 1), topic("orders", 5)), [
    "topics[1].partitions = 5: at least 6, as topic orders has: Kafka takes no partition away; a topic of another name can have fewer",
  ]);
  assert.deepEqual(changed(topic("orders", 7, 3), topic("new", 1)), []);
  assert.deepEqual(changed(), []);
  assert.deepEqual(unsafeChanges({ ...shape(), topics: [] }, shape({ topics: [topic("orders", 1)] })), []);
});

test("a cluster is secured step by step, with the release that it stays with, and its authorities change in their order", () => {
  const problems = (from: Record<string, unknown>, to: Record<string, unknown>): string[] =>
    unsafeChanges(shape(from), shape(to)).map(({ key, allowed }) => `${key}: ${allowed}`);
  const secured = { security: "secured" };
  assert.deepEqual(problems({}, { security: "opened" }), []);
  assert.match(problems({}, secured).join(), /^security: opened, then on: the cluster is plaintext/);
  assert.match(problems(secured, {}).join(), /^security: switched, then on: the cluster is secured/);
  assert.deepEqual(problems({ kafkaVersion: "2.4.0" }, { security: "opened", interBrokerProtocolVersion: "2.4" }), [
    "security: plaintext in an update that changes kafkaVersion; then opened in one of its own",
  ]);
  const upgraded = { interBrokerProtocolVersion: "2.4" };
  assert.deepEqual(problems(upgraded, { ...upgraded, security: "opened" }), [
    "security: plaintext until interBrokerProtocolVersion is 3.9, which ends the upgrade",
  ]);
  const authorities = (...names: string[]): Record<string, unknown> => ({
    ...secured,
    certificates: { authorities: names },
  });
  assert.deepEqual(problems(secured, authorities("authority-1", "authority-2")), []);
  assert.match(
    problems(secured, authorities("authority-2")).join(),
    /^certificates\.authorities: authority-1, authority-2 first/,
  );
  // What nobody shows or trusts yet may be anything.
  assert.deepEqual(problems(authorities("a"), authorities("a")), []);
  assert.deepEqual(problems({ certificates: { authorities: ["a"] } }, { certificates: { authorities: ["b"] } }), []);
});

test("another key to deploy with is refused: the machines know the former one", () => {
  const withKey = (key: string): ClusterShape => {
    const { infrastructure, ...rest } = shape();
    return { ...rest, infrastructure: { ...infrastructure, fixed: { platform: "local", deployerPrivateKey: key } } };
  };
  assert.deepEqual(
    unsafeChanges(withKey("ssh-ed25519 A"), withKey("made by the program")).map(({ key }) => key),
    ["deployerPrivateKey"],
  );
});
