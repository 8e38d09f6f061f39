import assert from "node:assert/strict";
import { test } from "node:test";
import { foreignVolume, lostPartitions } from "../../../scripts/apply/checkDataVolume.ts";

const BROKER = { brokerId: 2 };
const CLUSTER = { clusterId: "cluster-a" };

test("a volume of this broker and cluster is taken, and one that nothing can be compared with", () => {
  assert.equal(foreignVolume(BROKER, { clusterId: "cluster-a", brokerId: 2 }, CLUSTER), undefined);
  assert.equal(foreignVolume(BROKER, { clusterId: "cluster-b", brokerId: 2 }, undefined), undefined);
  assert.equal(foreignVolume(BROKER, { clusterId: "cluster-b", brokerId: 2 }, { clusterId: null }), undefined);
  assert.equal(foreignVolume(BROKER, { clusterId: undefined, brokerId: undefined }, CLUSTER), undefined);
});

test("another broker's volume, or another cluster's, is refused with both", () => {
  assert.match(
    foreignVolume(BROKER, { clusterId: "cluster-a", brokerId: 3 }, CLUSTER) ?? "",
    /belongs to broker 3, but it is broker 2/,
  );
  assert.match(
    foreignVolume(BROKER, { clusterId: "cluster-b", brokerId: 2 }, CLUSTER) ?? "",
    /belongs to the cluster cluster-b, but the other brokers are in cluster-a/,
  );
});

const partition = (id: number, replicas: number[], isr: number[]) => ({
  topic: "orders",
  partition: id,
  leader: isr[0] ?? -1,
  replicas,
  isr,
  minInSync: 1,
});

test("an empty volume loses what nobody else has in sync, and nothing else", () => {
  const safe = [partition(0, [1, 2, 3], [1, 3]), partition(1, [2, 3], [2, 3]), partition(2, [1], [1])];
  assert.equal(lostPartitions(BROKER, { brokers: [1, 3], partitions: safe }), undefined);
  assert.equal(lostPartitions(BROKER, undefined), undefined);
  const lost = Array.from({ length: 7 }, (_, id) => partition(id + 3, [2, 3], [2]));
  assert.match(
    lostPartitions(BROKER, { brokers: [1, 3], partitions: [...safe, ...lost] }) ?? "",
    /broker 2 has the only in-sync replica of orders-3, orders-4, orders-5, orders-6, orders-7 and 2 more: .*acceptDataLoss/,
  );
});

test("another replica in sync counts only when its broker is there: it would be cut to the empty log, too", () => {
  const both = [partition(0, [1, 2], [1, 2])];
  assert.equal(lostPartitions(BROKER, { brokers: [1, 3], partitions: both }), undefined);
  assert.match(lostPartitions(BROKER, { brokers: [3], partitions: both }) ?? "", /only in-sync replica of orders-0/);
});
