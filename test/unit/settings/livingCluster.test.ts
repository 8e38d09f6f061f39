import assert from "node:assert/strict";
import { test } from "node:test";
import { unsafeChanges } from "../../../components/livingCluster.ts";
import { planMembers } from "../../../components/render/members.ts";
import { checkSettings } from "../../../components/settings.ts";

const plan = (raw: Record<string, unknown> = {}): ReturnType<typeof planMembers> => planMembers(checkSettings(raw));
const LIVING = { members: plan(), kafkaVersion: "3.9.2", subnet: "10.0.0.0/24" };

/** Keys of the problems of a change. */
function refused(raw: Record<string, unknown>, version = "3.9.2", deployed = LIVING): string[] {
  const { subnet } = checkSettings(raw);
  return unsafeChanges(deployed, plan(raw), { kafkaVersion: version, subnet }).map(({ key }) => key);
}

test("before the first deployment anything goes", () => {
  assert.deepEqual(unsafeChanges({ members: [] }, plan(), { kafkaVersion: "2.4.0", subnet: "10.1.0.0/24" }), []);
});

test("no change, and more brokers, are fine", () => {
  assert.deepEqual(refused({}), []);
  assert.deepEqual(refused({ brokerCount: 5 }), []);
});

test("another version is refused: brokers of two versions would be mixed", () => {
  assert.deepEqual(refused({}, "2.4.0"), ["kafkaVersion"]);
});

test("another subnet is refused, also one that holds the same addresses", () => {
  assert.deepEqual(refused({ subnet: "10.0.0.0/16" }), ["subnet"]);
});

test("fewer brokers are refused: nothing moves their partitions away", () => {
  assert.deepEqual(refused({ brokerCount: 2, zookeeper: { count: 1 } }), ["member kafka-2", "member kafka-3"]);
});

test("other addresses are refused for every member", () => {
  assert.deepEqual(refused({ firstAddress: "10.0.0.50" }), ["member kafka-1", "member kafka-2", "member kafka-3"]);
});

test("another ensemble is refused, smaller, larger or elsewhere", () => {
  assert.deepEqual(refused({ zookeeper: { count: 1 } }), ["member kafka-2", "member kafka-3"]);
  assert.deepEqual(refused({ brokerCount: 5, zookeeper: { count: 5 } }), ["member kafka-4", "member kafka-5"]);
  assert.equal(refused({ zookeeper: { placement: "dedicated" } }).length, 6);
});
