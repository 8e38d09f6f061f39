import assert from "node:assert/strict";
import { test } from "node:test";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { askForGroup } from "../../../scripts/clients/groupProtocol.ts";
import { collision, replicasOfNewTopic } from "../../../scripts/clients/newTopic.ts";
import { checkTopicName, permitted, whatWasSent } from "../../../scripts/clients/refusal.ts";
import { checkLimits, choosePartition, tooLarge } from "../../../scripts/clients/target.ts";
import { AdminRequests } from "../../../scripts/lib/adminRequests.ts";
import { kafkaClient } from "../../../scripts/lib/kafka.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import { topicPartitions } from "../../../scripts/lib/topics.ts";
import { type Answer, KafkaServer } from "../lib/kafkaServer.ts";

const FIND_COORDINATOR = 10;
const METADATA = 3;

/** Runs a test against a broker that answers as it is told. */
async function asking<T>(answers: Record<number, Answer>, use: (requests: AdminRequests) => Promise<T>): Promise<T> {
  const cluster = await KafkaServer.start(1, new Map(Object.entries(answers).map(([key, a]) => [Number(key), a])));
  const client = kafkaClient({ brokers: cluster.addresses, clientId: "test" });
  const requests = new AdminRequests(client);
  try {
    return await use(requests);
  } finally {
    await requests.close();
    client.close();
    cluster.close();
  }
}

/** Metadata v5 of topic `orders`. */
const metadata =
  (error: number, leaders: readonly number[]): Answer =>
  () => {
    const partition = (leader: number, id: number): Encoder =>
      new Encoder()
        .writeInt16(leader < 0 ? 5 : 0)
        .writeInt32(id)
        .writeInt32(leader)
        .writeArray([2, 3])
        .writeArray([2])
        .writeArray([2]);
    const topic = new Encoder().writeInt16(error).writeString("orders").writeBoolean(false);
    return new Encoder()
      .writeInt32(0)
      .writeArray([] as Encoder[])
      .writeString(null)
      .writeInt32(1)
      .writeArray([topic.writeArray(leaders.map(partition))]);
  };
const coordinator =
  (error: number): Answer =>
  () =>
    new Encoder().writeInt32(0).writeInt16(error).writeString(null).writeInt32(-1).writeString("").writeInt32(-1);
const saying = (message: string | RegExp) => (error: unknown) => {
  assert.ok(error instanceof UserError);
  if (typeof message === "string") assert.equal(error.message, message);
  else assert.match(error.message, message);
  return true;
};

test("who may not do what is told, with the permission that is wanting", async () => {
  const read = { operation: "Read", resource: "topic", name: "orders" } as const;
  const group = { operation: "Read", resource: "group", name: "billing" } as const;
  await assert.rejects(
    asking({ [METADATA]: metadata(29, []) }, (requests) =>
      permitted("audit", [read], topicPartitions(requests, "orders")),
    ),
    saying(
      "user audit has no authorization to Read topic orders; give it in the setting users: " +
        "{resource: topic, name: orders, operations: [Read]}",
    ),
  );
  await assert.rejects(
    asking({ [FIND_COORDINATOR]: coordinator(30) }, (requests) =>
      permitted(undefined, [read, group], askForGroup(requests, "billing")),
    ),
    saying(/^a client that does not log in has no authorization to Read group billing; log in with --user NAME/),
  );
  const denied = Promise.reject(Object.assign(new Error("x"), { type: "CLUSTER_AUTHORIZATION_FAILED" }));
  await assert.rejects(
    permitted("audit", [{ ...read, operation: "Create" }], denied),
    saying(/to Create topic orders/),
  );
  await asking({ [FIND_COORDINATOR]: coordinator(15) }, (requests) => askForGroup(requests, "first"));
  const other = new Error("no answer");
  await assert.rejects(permitted("audit", [read], Promise.reject(other)), other);
});

test("a message goes to the partition asked for, by its key's hash, or to one that has a leader", async () => {
  const chosen = (leaders: readonly number[], choice: { key?: string; partition?: number }): Promise<number> =>
    asking({ [METADATA]: metadata(0, leaders) }, (requests) =>
      choosePartition(requests, { topic: "orders", ...choice }),
    );
  assert.equal(await chosen([1, 1, 1], { partition: 2 }), 2);
  // Kafka's own clients hash "21" (murmur2) to -973932308: 0x45f313ec without its sign's bit, modulo 3.
  assert.equal(await chosen([1, 1, 1], { key: "21" }), (-973_932_308 & 0x7fff_ffff) % 3);
  assert.equal(await chosen([-1, 1, -1], {}), 1);
  await assert.rejects(
    chosen([1, 1], { partition: 2 }),
    saying("--partition 2: topic orders has 2 partition(s), from 0 to 1"),
  );
  await assert.rejects(
    chosen([1, -1], { partition: 1 }),
    saying(/no leader of topic orders, partition 1 \(on broker\(s\) 2, 3\): are these brokers up\?/),
  );
});

test("what a topic can't take is told before anything is sent", () => {
  const document = { source: "--file order.json", bytes: Buffer.alloc(2_000) };
  const to = (key?: string) => ({ topic: "orders", ...(key !== undefined && { key }) });
  checkLimits(to(), [document], {});
  checkLimits(to("k"), [document], { compacted: true, maxMessageBytes: 2_000 });
  assert.throws(
    () => checkLimits(to(), [document], { compacted: true }),
    saying(/topic orders is compacted.*give --key/),
  );
  assert.throws(
    () => checkLimits(to(), [document], { maxMessageBytes: 1_000 }),
    saying(
      "--file order.json has 2000 bytes: with key and headers that is more than max.message.bytes, 1000, allows in topic orders",
    ),
  );
  assert.match(tooLarge("orders", document), /more than max\.message\.bytes allows in topic orders/);
  for (const name of ["", ".", "..", "a b", "名", "x".repeat(250)]) {
    assert.throws(() => checkTopicName(name, "read"), saying(/--topic ".*": a topic's name is 1 to 249 letters/));
  }
  checkTopicName("a.b_C-9", "write");
});

test("topics that are Kafka's own take no messages, and those that kafkajs can't read are refused", () => {
  for (const name of ["__consumer_offsets", "__mine"]) {
    assert.throws(() => checkTopicName(name, "write"), saying(/^--topic "__\w+": .* are Kafka's own/));
    checkTopicName(name, "read");
  }
  for (const name of ["constructor", "toString", "__proto__"]) {
    assert.throws(() => checkTopicName(name, "read"), saying(/can't read a topic .*kafka-console-consumer\.sh/));
  }
  checkTopicName("constructor", "write");
});

const broker = (id: number) => ({ id, address: `10.0.0.${id}:9092`, rack: null });
const row = (topic: string, ...replicas: number[]) => ({
  topic,
  partition: 0,
  leader: replicas[0] ?? -1,
  replicas,
  isr: replicas,
});

test("a new topic has as many replicas as the cluster has brokers for, up or not, or is not made", () => {
  const stack = [1, 2, 3].map((id) => ({ id, name: `kafka-${id}` }));
  const up = (...ids: number[]) => ({ brokers: ids.map(broker), partitions: [row("other", 1, 2)] });
  assert.equal(replicasOfNewTopic("orders", up(1, 2, 3), stack), 2);
  assert.equal(replicasOfNewTopic("orders", up(1, 3), stack), 2);
  assert.equal(replicasOfNewTopic("orders", { ...up(1), partitions: [] }, stack.slice(0, 1)), 1);
  assert.throws(
    () => replicasOfNewTopic("orders", up(2), stack),
    saying(
      "topic orders was not made, and nothing was sent: it needs 2 brokers for its 2 replicas, and broker(s) " +
        "1 (kafka-1), 3 (kafka-3) of the cluster's 3 are down: npm run status tells what they lack",
    ),
  );
  // Others' brokers: those that hold something are known, too.
  assert.throws(() => replicasOfNewTopic("orders", up(2)), saying(/broker\(s\) 1 of the cluster's 2 are down/));
  assert.equal(replicasOfNewTopic("orders", { brokers: [broker(7)], partitions: [row("x", 7)] }), 1);
});

test("a topic that is the like of another one is named with it", () => {
  const partitions = [row("orders", 1), row("or_ders", 1)];
  assert.match(collision("or.ders", { partitions }) ?? "", /^--topic or\.ders: there is a topic or_ders, whose name/);
  assert.equal(collision("orders", { partitions }), undefined);
});

test("what was sent is said as far as it is known", () => {
  const lost = new Error("connection lost");
  const of = (type: string): Error => Object.assign(new Error("x"), { cause: Object.assign(new Error("y"), { type }) });
  const unconfirmed = "--file order.json";
  assert.equal(whatWasSent("t", { written: 0 }, lost), "nothing was sent to topic t");
  assert.equal(whatWasSent("t", { written: 0, unconfirmed }, of("MESSAGE_TOO_LARGE")), "nothing was sent to topic t");
  assert.equal(
    whatWasSent("t", { written: 2, unconfirmed }, of("NOT_ENOUGH_REPLICAS")),
    "2 message(s) were written to topic t; nothing more was sent to topic t",
  );
  for (const error of [lost, of("REQUEST_TIMED_OUT"), of("NOT_ENOUGH_REPLICAS_AFTER_APPEND")]) {
    assert.equal(
      whatWasSent("t", { written: 0, unconfirmed }, error),
      "it is not known whether --file order.json was written to topic t",
    );
  }
});
