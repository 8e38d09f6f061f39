import assert from "node:assert/strict";
import { test } from "node:test";
import { blockedMessage, blockers, type PartitionView } from "../../../scripts/apply/availability.ts";

function partition(replicas: number[], isr: number[], minInSync: number, topic = "t"): PartitionView {
  return { topic, partition: 0, replicas, isr, minInSync };
}

/** Whether broker 1 may be stopped, and if not, whether it never may. */
function verdict(view: PartitionView): string {
  const [found] = blockers([view], 1);
  return found === undefined ? "free" : found.forGood ? "never" : "not now";
}

test("a broker may go where enough replicas stay in sync", () => {
  assert.equal(verdict(partition([1, 2, 3], [1, 2, 3], 2)), "free");
  assert.equal(verdict(partition([1, 2], [1, 2], 1)), "free");
});

test("a partition that the broker has no part in, or is behind in, does not hold it", () => {
  assert.equal(verdict(partition([2, 3], [2], 2)), "free");
  assert.equal(verdict(partition([1, 2, 3], [2], 2)), "free");
});

test("it may not take the last in-sync replica, nor a partition under its min.insync.replicas", () => {
  assert.equal(verdict(partition([1, 2, 3], [1], 1)), "not now");
  assert.equal(verdict(partition([1, 2, 3], [1, 2], 2)), "not now");
  assert.equal(verdict(partition([1, 2], [1, 2], 2)), "never");
  assert.equal(verdict(partition([1], [1], 1)), "never");
  assert.equal(verdict(partition([1], [1], 0)), "never", "no replica at all is never enough");
});

test("the message names the partitions, what they lack, and what to do", () => {
  const found = blockers([partition([1], [1], 1, "single"), partition([1, 2, 3], [1, 3], 2, "behind")], 1);
  assert.equal(
    blockedMessage(found, 3),
    [
      "  single-0: broker 1 has its only in-sync replica",
      "  behind-0: 1 in-sync replica would be left, min.insync.replicas is 2; not in sync: broker 2",
      "Remedy: name in the setting topics single (replicationFactor 2), and run npm run up again: " +
        "topics get more replicas before a broker is stopped; " +
        "bring the brokers back whose replicas are not in sync; " +
        "or set rollout.acceptUnavailable to true for this update",
    ].join("\n"),
  );
});

/** What is to be done about partitions that never can do without broker 1. */
function remedy(brokers: number, ...views: PartitionView[]): string {
  const [, text = ""] = /Remedy: (.*); or set rollout/.exec(blockedMessage(blockers(views, 1), brokers)) ?? [];
  return text;
}

test("a lower min.insync.replicas is advised only where it helps, more replicas only where there are the brokers", () => {
  const pair = partition([1, 2], [1, 2], 2, "pair");
  const lower = "lower min.insync.replicas by kafka-configs.sh, or in an update that restarts no broker, of pair (1)";
  const more =
    "name in the setting topics pair (replicationFactor 3), and run npm run up again: " +
    "topics get more replicas before a broker is stopped";
  assert.equal(remedy(3, pair), `${more}; ${lower}`);
  assert.equal(remedy(2, pair), lower);
});

test("a topic is named once, and Kafka's own can't be named in the settings", () => {
  const offsets = partition([1], [1], 1, "__consumer_offsets");
  assert.equal(
    remedy(3, offsets, { ...offsets, partition: 1 }),
    "give more replicas by kafka-reassign-partitions.sh to __consumer_offsets (replicationFactor 2)",
  );
});

test("of many partitions five are named", () => {
  const many = Array.from({ length: 12 }, (_, index) => partition([1], [1], 1, `t${index}`));
  assert.match(blockedMessage(blockers(many, 1), 3), /\n {2}t4-0: [^\n]+\n {2}and 7 more partitions\n/);
});
