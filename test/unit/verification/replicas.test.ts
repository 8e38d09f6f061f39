import assert from "node:assert/strict";
import { test } from "node:test";
import type { PartitionState } from "../../../model/kafka/partition.ts";
import { describePartition, replicaProblem, shapeProblem } from "../../../scripts/verification/replicaProblems.ts";

const expected = { topic: "replica-yu1", partitions: 1, replicationFactor: 2 };
const good: PartitionState = { partition: 0, leader: 2, replicas: [2, 1], isr: [1, 2] };

test("a topic of the right shape with all replicas in sync has no problem", () => {
  assert.equal(shapeProblem(expected, [good]), undefined);
  assert.equal(replicaProblem(expected, [good]), undefined);
});

test("another partition count or replication factor is said with what was seen", () => {
  assert.equal(
    shapeProblem(expected, [good, { ...good, partition: 1 }]),
    "topic replica-yu1 exists with 2 partition(s) and replication factor 2, expected 1 and 2",
  );
  assert.equal(
    shapeProblem(expected, [{ ...good, replicas: [2], isr: [2] }]),
    "topic replica-yu1 exists with 1 partition(s) and replication factor 1, expected 1 and 2",
  );
  assert.equal(
    shapeProblem({ ...expected, partitions: 2 }, [good, { partition: 1, leader: 1, replicas: [1], isr: [1] }]),
    "topic replica-yu1 exists with 2 partition(s) and replication factor 2 and 1, expected 2 and 2",
  );
});

test("a replica out of sync, twice on one broker or without a leader is lacking", () => {
  const lagging = { ...good, isr: [2] };
  assert.equal(replicaProblem(expected, [lagging]), "partition 0: leader 2, replicas 2,1, in sync 2");
  const twice = { ...good, replicas: [2, 2], isr: [2] };
  assert.equal(replicaProblem(expected, [twice]), "partition 0: leader 2, replicas 2,2, in sync 2");
  const leaderless = { ...good, leader: -1, isr: [] };
  assert.equal(replicaProblem(expected, [leaderless]), "partition 0: leader none, replicas 2,1, in sync none");
});

test("only the lacking partitions are named", () => {
  const lagging = { partition: 1, leader: 3, replicas: [3, 1], isr: [3] };
  assert.equal(replicaProblem({ ...expected, partitions: 2 }, [good, lagging]), describePartition(lagging));
});
