import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { leftovers, removeLeftovers } from "../../../scripts/mover/leftovers.ts";
import { moveReplicas } from "../../../scripts/mover/mover.ts";
import { FakeCluster } from "../topics/fakeCluster.ts";

const goal = (topic: string, partition: number, ...replicas: number[]) => ({ topic, partition, replicas });

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

/** Nothing limits replication, neither at brokers nor at topics. */
function assertNoLimits(): void {
  assert.deepEqual(cluster.ofBrokers, {});
  for (const { configs } of cluster.topics.values()) assert.deepEqual(configs, {});
}

test("moves are limited, and no limit is left when they have ended", async () => {
  cluster.add("a", 2, 1);
  await moveReplicas(cluster.client().requests, [goal("a", 0, 1, 2), goal("a", 1, 1, 3)], 1000);
  assert.deepEqual(cluster.asked, ["reassign 1,2 1,3"]);
  assert.ok(cluster.limited);
  assertNoLimits();
});

test("a topic that is deleted while it is moved: the others' moves end, and no limit is left", async () => {
  cluster.add("a", 1, 1);
  cluster.add("deleted", 1, 1);
  const { requests } = cluster.client();
  const { startMoves } = requests;
  requests.startMoves = (goals) => {
    cluster.topics.delete("deleted");
    return startMoves(goals);
  };
  await moveReplicas(requests, [goal("deleted", 0, 1, 2), goal("a", 0, 1, 2)], 1000);
  assert.deepEqual(cluster.topics.get("a")?.partitions[0]?.replicas, [1, 2]);
  assertNoLimits();
});

test("a topic that is deleted between the look and the limits is left out", async () => {
  cluster.add("a", 1, 1);
  cluster.add("deleted", 1, 1);
  const { requests } = cluster.client();
  const { incrementalAlterConfigs } = requests;
  requests.incrementalAlterConfigs = (changes) => {
    cluster.topics.delete("deleted");
    return incrementalAlterConfigs(changes);
  };
  await moveReplicas(requests, [goal("deleted", 0, 1, 2), goal("a", 0, 1, 2)], 1000);
  assert.deepEqual(cluster.topics.get("a")?.partitions[0]?.replicas, [1, 2]);
  assertNoLimits();
});

test("a broker that leaves while partitions move keeps no limit at the others", async () => {
  cluster.add("a", 1, 1);
  const { requests } = cluster.client();
  const { startMoves, describeConfigs } = requests;
  requests.startMoves = (goals) => {
    cluster.present = [1, 2];
    return startMoves(goals);
  };
  requests.describeConfigs = (resources, brokerId) =>
    brokerId === undefined || cluster.present.includes(brokerId)
      ? describeConfigs(resources, brokerId)
      : Promise.reject(new Error(`broker ${brokerId} is not registered`));
  await moveReplicas(requests, [goal("a", 0, 1, 2)], 1000);
  assertNoLimits();
});

test("the limits go also when the moves fail", async () => {
  cluster.add("a", 1, 1);
  const { requests } = cluster.client();
  requests.replicaSizes = () => {
    throw new Error("it fails");
  };
  await assert.rejects(moveReplicas(requests, [goal("a", 0, 1, 2)], 1000), /it fails/);
  assert.ok(cluster.limited);
  assertNoLimits();
});

test("while others' partitions move, the brokers' rates stay for them", async () => {
  cluster.add("a", 1, 1);
  cluster.add("other", 1, 1);
  const { requests } = cluster.client();
  requests.movesUnderWay = () => Promise.resolve([{ ...goal("other", 0, 1, 2), adding: [2], removing: [] }]);
  await moveReplicas(requests, [goal("a", 0, 1, 2)], 1000);
  assert.deepEqual(cluster.topics.get("a")?.configs, {});
  assert.equal(cluster.ofBrokers["leader.replication.throttled.rate"], "1000");
  assert.deepEqual(await leftovers(requests), { topics: [], brokers: [] });
});

test("limits that are left are taken away when nothing is moved", async () => {
  cluster.add("a", 1, 1, { "follower.replication.throttled.replicas": "0:2" });
  cluster.ofBrokers["leader.replication.throttled.rate"] = "1000";
  const { requests } = cluster.client();
  assert.deepEqual(await leftovers(requests), { topics: ["a"], brokers: [1, 2, 3] });
  await removeLeftovers(requests);
  assertNoLimits();
  assert.deepEqual(await leftovers(requests), { topics: [], brokers: [] });
});

test("an operator's limit of all replicas stays with its rates, also when the topic is moved", async () => {
  const standing = { "leader.replication.throttled.replicas": "*" };
  cluster.add("a", 1, 1, standing);
  cluster.ofBrokers["leader.replication.throttled.rate"] = "77";
  const { requests } = cluster.client();
  await moveReplicas(requests, [goal("a", 0, 1, 2)], 1000);
  await removeLeftovers(requests);
  assert.deepEqual(cluster.topics.get("a")?.configs, standing);
  assert.deepEqual(cluster.ofBrokers, { "leader.replication.throttled.rate": "77" });
});

test("brokers that tell of no rate, as those of 2.4.0, are left alone where an operator limits a topic", async () => {
  cluster.add("kept", 1, 1, { "leader.replication.throttled.replicas": "*" });
  cluster.add("moved", 1, 1);
  await moveReplicas(cluster.client().requests, [goal("moved", 0, 1, 2)], 1000);
  assert.deepEqual([cluster.ofBrokers, cluster.limited], [{}, true], "the moved topic's list alone was set");
  assert.deepEqual(cluster.topics.get("moved")?.configs, {});
});
