import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { PartitionState } from "../../../model/kafka/partition.ts";
import { type BrokerLoad, withReplicationFactor } from "../../../model/kafka/replicationFactor.ts";

function broker(id: number, replicas: number, rack?: string): BrokerLoad {
  return { id, replicas, ...(rack !== undefined && { rack }) };
}

function partition(number: number, replicas: number[], isr = replicas, leader = replicas[0] ?? -1): PartitionState {
  return { partition: number, leader, replicas, isr };
}

test("partitions that have that many stay as they are", () => {
  assert.deepEqual(withReplicationFactor([partition(0, [1, 2])], 2, [broker(1, 1), broker(2, 1)]), []);
});

test("new replicas come on the brokers that hold least, and those fill up", () => {
  const brokers = [broker(1, 2), broker(2, 9), broker(3, 1)];
  assert.deepEqual(withReplicationFactor([partition(0, [1]), partition(1, [1])], 2, brokers), [
    { partition: 0, replicas: [1, 3] },
    { partition: 1, replicas: [1, 3] },
  ]);
  const even = [broker(1, 2), broker(2, 0), broker(3, 0)];
  assert.deepEqual(withReplicationFactor([partition(0, [1]), partition(1, [1])], 2, even), [
    { partition: 0, replicas: [1, 2] },
    { partition: 1, replicas: [1, 3] },
  ]);
});

test("another rack comes before a lower load", () => {
  const brokers = [broker(1, 1, "a"), broker(2, 0, "a"), broker(3, 50, "b")];
  assert.deepEqual(withReplicationFactor([partition(0, [1])], 2, brokers), [{ partition: 0, replicas: [1, 3] }]);
});

test("the leader stays; what is not in sync, or shares a rack, goes first", () => {
  const brokers = [broker(1, 1, "a"), broker(2, 1, "a"), broker(3, 1, "b"), broker(4, 9, "b")];
  assert.deepEqual(withReplicationFactor([partition(0, [1, 2, 3], [1, 2])], 2, brokers), [
    { partition: 0, replicas: [1, 2] },
  ]);
  assert.deepEqual(withReplicationFactor([partition(0, [1, 2, 3], [1, 2, 3], 2)], 2, brokers), [
    { partition: 0, replicas: [2, 3] },
  ]);
  assert.deepEqual(withReplicationFactor([partition(0, [3, 4, 1])], 2, brokers), [{ partition: 0, replicas: [3, 1] }]);
});

const case_ = fc
  .record({ count: fc.integer({ min: 1, max: 6 }), racks: fc.integer({ min: 1, max: 3 }) })
  .chain(({ count, racks }) => {
    const ids = Array.from({ length: count }, (_, index) => index + 1);
    const onePartition = fc
      .tuple(fc.shuffledSubarray(ids, { minLength: 1 }), fc.nat())
      .map(([replicas, pick]) => ({ replicas, isr: replicas, leader: replicas[pick % replicas.length] ?? 1 }));
    return fc.record({
      partitions: fc.array(onePartition, { minLength: 1, maxLength: 8 }),
      factor: fc.integer({ min: 1, max: count }),
      brokers: fc.constant(ids.map((id) => broker(id, id % 4, `rack-${id % racks}`))),
    });
  });

test("as many replicas as asked for, each on a broker of its own, with the fewest moves and on the most racks", () => {
  fc.assert(
    fc.property(case_, ({ partitions, factor, brokers }) => {
      const before = partitions.map((each, number) => ({ partition: number, ...each }));
      const changed = withReplicationFactor(before, factor, brokers);
      const rackOf = (id: number): string => brokers.find((each) => each.id === id)?.rack ?? "";
      for (const { partition: number, leader, replicas } of before) {
        const after = changed.find((each) => each.partition === number)?.replicas ?? replicas;
        assert.equal(after.length, factor);
        assert.equal(new Set(after).size, factor);
        assert.ok(after.includes(leader));
        const kept = replicas.filter((id) => after.includes(id));
        assert.equal(kept.length, Math.min(factor, replicas.length), "a replica moved for nothing");
        assert.deepEqual(after.slice(0, kept.length), kept, "the order of those that stay");
        if (replicas.length === 1) {
          const racks = new Set(brokers.map(({ id }) => rackOf(id))).size;
          assert.equal(new Set(after.map(rackOf)).size, Math.min(racks, factor));
        }
      }
    }),
  );
});
