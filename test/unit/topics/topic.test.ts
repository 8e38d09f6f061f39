import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { TopicSettings } from "../../../model/settings/topicSettings.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import { deleteTopic } from "../../../scripts/topics/delete.ts";
import { ensureTopic } from "../../../scripts/topics/ensureTopic.ts";
import { FakeCluster } from "./fakeCluster.ts";

const ORDERS: TopicSettings = {
  name: "orders",
  partitions: 2,
  replicationFactor: 2,
  configs: { "segment.ms": "10" },
  deletion: "delete",
};
const RESULT = { name: "orders", partitions: 2, replicationFactor: 2, configs: { "segment.ms": "10" } };

let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster();
});

test("a missing topic is created; again there is nothing to do", async () => {
  assert.deepEqual(await ensureTopic(cluster.client(), ORDERS, undefined), RESULT);
  assert.deepEqual(await ensureTopic(cluster.client(), ORDERS, ORDERS.configs), RESULT);
  assert.deepEqual(cluster.asked, ["create orders"]);
});

test("a topic that was deleted by hand is made anew", async () => {
  await ensureTopic(cluster.client(), ORDERS, ORDERS.configs);
  assert.deepEqual(cluster.asked, ["create orders"]);
});

test("a topic that somebody makes at the same time is taken over", async () => {
  const client = cluster.client({
    create: () => {
      cluster.add("orders", 1, 2);
      return Promise.resolve(false);
    },
  });
  assert.deepEqual(await ensureTopic(client, ORDERS, undefined), RESULT);
  assert.deepEqual(cluster.asked, ['configs {"segment.ms":"10"} without ', "partitions 2"]);
});

test("a topic that can't be created says what was asked for, and why not", async () => {
  const client = cluster.client({ create: () => Promise.reject(new Error("Configuration is invalid")) });
  await assert.rejects(ensureTopic(client, ORDERS, undefined), {
    name: "UserError",
    message:
      "topic orders with 2 partition(s), replication factor 2, segment.ms = 10 can't be created: Configuration is invalid",
  });
});

test("replicas that move already are waited for before anything is changed", async () => {
  cluster.add("orders", 2, 1);
  cluster.moves = 3;
  await ensureTopic(cluster.client(), ORDERS, {});
  assert.ok(cluster.moves < 0, "the moves are over");
  assert.deepEqual(cluster.asked, ["reassign 1,2 1,3", 'configs {"segment.ms":"10"} without ']);
});

test("an interrupted change is gone on with: what is done is not done again", async () => {
  cluster.add("orders", 1, 2, { "segment.ms": "10" });
  await ensureTopic(cluster.client(), ORDERS, {});
  assert.deepEqual(cluster.asked, ["partitions 2"]);
});

test("what can't be is refused, and nothing is touched", async () => {
  cluster.add("orders", 3, 1);
  const rejected = ensureTopic(cluster.client(), { ...ORDERS, configs: { "retention.ms": "1" } }, undefined);
  await assert.rejects(rejected, (error) => {
    assert.ok(error instanceof UserError);
    assert.match(
      error.message,
      /has 3 partitions and 2 are wanted.*; topic orders exists with retention\.ms = 604800000/,
    );
    return true;
  });
  assert.deepEqual(cluster.asked, []);
});

test("more replicas need as many brokers that are there", async () => {
  cluster.add("orders", 2, 1, ORDERS.configs);
  cluster.present = [1];
  await assert.rejects(ensureTopic(cluster.client(), ORDERS, {}), {
    message: "topic orders with replication factor 2 needs 2 brokers; those that answer: 1",
  });
});

test("a topic is deleted, and one that is gone is no error", async () => {
  cluster.add("orders", 1, 1);
  await deleteTopic(cluster.client(), "orders");
  await deleteTopic(cluster.client(), "orders");
  assert.deepEqual(cluster.asked, ["delete orders"]);
});

test("a deletion that is refused says so; one whose answer is lost is done", async () => {
  const topic = cluster.add("orders", 1, 1);
  const refusing = cluster.client({ delete: () => Promise.reject(new Error("Topic deletion is disabled")) });
  await assert.rejects(deleteTopic(refusing, "orders"), {
    name: "UserError",
    message: "topic orders can't be deleted: Topic deletion is disabled",
  });
  assert.equal(cluster.topics.get("orders"), topic);
  const losing = cluster.client({
    delete: () => {
      cluster.topics.delete("orders");
      return Promise.reject(new Error("This server does not host this topic-partition"));
    },
  });
  await deleteTopic(losing, "orders");
});
