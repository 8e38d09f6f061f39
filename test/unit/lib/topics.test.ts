import assert from "node:assert/strict";
import { test } from "node:test";
import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import type { ProtocolRequest } from "../../../scripts/lib/kafkajsCluster.ts";
import {
  createPartitions,
  createTopic,
  createTopicIfMissing,
  deleteTopic,
  topicPartitions,
  type TopicRequests,
} from "../../../scripts/lib/topics.ts";

/** Sends nothing: looks at the request's body and answers with these bytes. */
function answering(look: (body: Decoder, receiver: unknown) => void, answer: Encoder): TopicRequests {
  return {
    send: async <T>(receiver: unknown, { request, response }: ProtocolRequest<T>): Promise<T> => {
      look(new Decoder((await request.encode()).buffer), receiver);
      return response.parse(await response.decode(answer.buffer));
    },
  };
}

const outcome = (code: number, message: string | null = null): Encoder =>
  new Encoder().writeInt32(0).writeArray([new Encoder().writeString("orders").writeInt16(code).writeString(message)]);
const ignore = (): void => undefined;
const shape = { topic: "orders", partitions: 3, replicationFactor: 2 };

test("a topic is made by the controller, with its configs; one that exists is no error", async () => {
  const seen: unknown[] = [];
  const look = (body: Decoder, receiver: unknown): void => {
    seen.push(
      receiver,
      body.readArray((topic) => [
        topic.readString(),
        topic.readInt32(),
        topic.readInt16(),
        topic.readArray(() => assert.fail("no assignment")),
        topic.readArray((config) => [config.readString(), config.readString()]),
      ]),
      body.readInt32(),
      body.readBoolean(),
    );
  };
  assert.equal(await createTopicIfMissing(answering(look, outcome(0)), shape), true);
  assert.deepEqual(seen, ["controller", [["orders", 3, 2, [], [["min.insync.replicas", "1"]]]], 5_000, false]);
  assert.equal(await createTopicIfMissing(answering(ignore, outcome(36, "exists")), shape), false);
  await assert.rejects(createTopic(answering(ignore, outcome(44, "no such policy")), { ...shape, configs: {} }), {
    type: "POLICY_VIOLATION",
    message: "no such policy",
  });
  await assert.rejects(createTopicIfMissing(answering(ignore, outcome(31)), shape), {
    type: "CLUSTER_AUTHORIZATION_FAILED",
  });
});

test("more partitions, and a deletion that finds nothing", async () => {
  const look = (body: Decoder): void => {
    assert.deepEqual(
      body.readArray((topic) => [topic.readString(), topic.readInt32(), topic.readInt32()]),
      [["orders", 6, -1]],
    );
    assert.equal(body.readInt32(), 5_000);
    assert.equal(body.readBoolean(), false);
  };
  await createPartitions(answering(look, outcome(0)), "orders", 6);
  await assert.rejects(createPartitions(answering(ignore, outcome(37, "has 6 already")), "orders", 6), /has 6 already/);
  const deleted = (code: number): Encoder =>
    new Encoder().writeInt32(0).writeArray([new Encoder().writeString("orders").writeInt16(code)]);
  const named = (body: Decoder): void => {
    assert.deepEqual(
      body.readArray((topic) => topic.readString()),
      ["orders"],
    );
  };
  assert.equal(await deleteTopic(answering(named, deleted(0)), "orders"), true);
  assert.equal(await deleteTopic(answering(ignore, deleted(3)), "orders"), false);
  await assert.rejects(deleteTopic(answering(ignore, deleted(29)), "orders"), { type: "TOPIC_AUTHORIZATION_FAILED" });
});

/** Metadata v5 of one topic with a partition that has no leader. */
function metadata(code: number, ...partitions: readonly Encoder[]): Encoder {
  const topic = new Encoder().writeInt16(code).writeString("orders").writeBoolean(false).writeArray(partitions);
  return new Encoder()
    .writeInt32(0)
    .writeArray([] as Encoder[])
    .writeString(null)
    .writeInt32(1)
    .writeArray([topic]);
}

test("a topic is asked for by name: its partitions in order, unknown, refused or with a name that can't be", async () => {
  const partition = (error: number, id: number, leader: number): Encoder =>
    new Encoder().writeInt16(error).writeInt32(id).writeInt32(leader).writeArray([2]).writeArray([2]).writeArray([2]);
  const look = (body: Decoder, receiver: unknown): void => {
    assert.equal(receiver, "any");
    assert.deepEqual(
      body.readArray((topic) => topic.readString()),
      ["orders"],
    );
    assert.equal(body.readBoolean(), false, "none is made by asking");
  };
  const both = metadata(0, partition(0, 1, 2), partition(5, 0, -1));
  assert.deepEqual(await topicPartitions(answering(look, both), "orders"), [
    { topic: "orders", partition: 0, leader: -1, replicas: [2], isr: [2] },
    { topic: "orders", partition: 1, leader: 2, replicas: [2], isr: [2] },
  ]);
  assert.equal(await topicPartitions(answering(ignore, metadata(3)), "orders"), undefined);
  assert.deepEqual(await topicPartitions(answering(ignore, metadata(5)), "orders"), []);
  await assert.rejects(topicPartitions(answering(ignore, metadata(29)), "orders"), {
    type: "TOPIC_AUTHORIZATION_FAILED",
  });
  await assert.rejects(topicPartitions(answering(ignore, metadata(17)), "orders"), { type: "INVALID_TOPIC_EXCEPTION" });
});
