import assert from "node:assert/strict";
import { test } from "node:test";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { type OpenSocket, plainSocket } from "../../../scripts/lib/sockets.ts";
import { askBroker, askCluster } from "../../../scripts/status/askKafka.ts";
import { type Answer, KafkaServer } from "../lib/kafkaServer.ts";

const LIST_OFFSETS = 2;
const METADATA = 3;
const DESCRIBE_CONFIGS = 32;
const LIST_REASSIGNMENTS = 46;

/** Two brokers, of which 2 is the controller, and a topic `t` of which partition 1 has no leader. */
const metadata: Answer = (body) => {
  assert.deepEqual([body.readInt32(), body.readBoolean()], [-1, false], "all topics, and none is made");
  const brokers = [1, 2].map((id) =>
    new Encoder().writeInt32(id).writeString(`10.0.0.${id}`).writeInt32(9092).writeString(null),
  );
  const partition = (error: number, number: number, leader: number): Encoder =>
    new Encoder()
      .writeInt16(error)
      .writeInt32(number)
      .writeInt32(leader)
      .writeArray([2, 1])
      .writeArray([2])
      .writeArray([1]);
  const topic = new Encoder()
    .writeInt16(0)
    .writeString("t")
    .writeBoolean(false)
    .writeArray([partition(0, 0, 2), partition(5, 1, -1)]);
  return new Encoder().writeInt32(0).writeArray(brokers).writeString("abc").writeInt32(2).writeArray([topic]);
};

/** Gives each resource the configurations `x`, set while the broker ran, and `y`, a secret. */
const describeConfigs: Answer = (body) => {
  const resources = body.readArray((resource) => {
    const [type, name] = [resource.readInt8(), resource.readString()];
    resource.readArray((config) => config.readString());
    return { type, name };
  });
  assert.equal(body.readBoolean(), true, "with synonyms");
  const value = (name: string, text: string | null): Encoder => new Encoder().writeString(name).writeString(text);
  const config = (name: string, text: string | null, synonyms: Encoder[]): Encoder =>
    value(name, text).writeBoolean(false).writeInt8(2).writeBoolean(false).writeArray(synonyms);
  const synonyms = [value("x", "1").writeInt8(2), value("x.hours", "2").writeInt8(4)];
  const answers = resources.map(({ type, name }) =>
    new Encoder()
      .writeInt16(0)
      .writeString(null)
      .writeInt8(type)
      .writeString(name)
      .writeArray([config("x", "1", synonyms), config("y", null, [])]),
  );
  return new Encoder().writeInt32(0).writeArray(answers);
};

/** Broker 1 has 10 messages of each partition; broker 2 has 20 of the first one and can't tell of the second. */
const listOffsets: Answer = (body, broker) => {
  assert.equal(body.readInt32(), -2, "asked as a replica, which followers answer, too");
  const topics = body.readArray((topic) => {
    const name = topic.readString();
    const partitions = topic.readArray((each) => {
      const id = each.readInt32();
      assert.equal(each.readInt64().toString(), "-1");
      const error = broker === 2 && id === 1 ? 9 : 0;
      return new Encoder()
        .writeInt32(id)
        .writeInt16(error)
        .writeInt64(-1n)
        .writeInt64(BigInt(10 * broker));
    });
    return new Encoder().writeString(name).writeArray(partitions);
  });
  return new Encoder().writeArray(topics);
};

const hex = (text: string): Answer => {
  const response = new Encoder();
  for (const byte of Buffer.from(text.replaceAll(" ", ""), "hex")) response.writeInt8(byte);
  return () => response;
};

// Header's tags; throttle, error, message; one topic `t` of one partition 1: replicas 1 and 300, adding 300, none removed.
const reassignments = "00 00000000 0000 00 02 0274 02 00000001 03 00000001 0000012c 02 0000012c 01 00 00 00";

async function withBrokers(
  listed: string,
  work: (openSocket: OpenSocket, servers: KafkaServer) => Promise<void>,
): Promise<void> {
  const servers = await KafkaServer.start(
    2,
    new Map([
      [METADATA, metadata],
      [LIST_OFFSETS, listOffsets],
      [DESCRIBE_CONFIGS, describeConfigs],
      [LIST_REASSIGNMENTS, hex(listed)],
    ]),
  );
  const openSocket: OpenSocket = ({ host }) => {
    const [, port = "1"] = servers.addresses[Number(host.split(".").at(-1)) - 1]?.split(":") ?? [];
    return plainSocket({ host: "127.0.0.1", port: Number(port) });
  };
  try {
    await work(openSocket, servers);
  } finally {
    servers.close();
  }
}

const CONFIGS = [
  { name: "x", value: "1", source: 2, synonyms: ["x", "x.hours"] },
  { name: "y", value: null, source: 2, synonyms: [] },
];
const SEEN = {
  brokerIds: [1, 2],
  clusterId: "abc",
  controllerId: 2,
  partitions: [
    { topic: "t", partition: 0, leader: 2, replicas: [2, 1], isr: [2] },
    { topic: "t", partition: 1, leader: null, replicas: [2, 1], isr: [2] },
  ],
};

test("each broker is asked itself, the cluster through the controller, and a partition without a leader is no error", async () => {
  await withBrokers(reassignments, async (openSocket, servers) => {
    const brokers = await Promise.all(
      [1, 2].map(async (id) => {
        const address = `10.0.0.${id}`;
        return { id, address, answer: await askBroker(openSocket, address, id) };
      }),
    );
    const end = (partition: number, end: bigint) => ({ topic: "t", partition, end });
    assert.deepEqual(
      brokers.map(({ answer }) => answer),
      [[end(0, 10n), end(1, 10n)], [end(0, 20n)]].map((ends) => ({
        value: { metadata: SEEN, ends, configs: CONFIGS },
      })),
    );
    servers.received.length = 0;
    assert.deepEqual(await askCluster(openSocket, brokers), {
      value: {
        askedBroker: 2,
        metadata: SEEN,
        topicConfigs: { value: new Map([["t", CONFIGS]]) },
        reassignments: { value: [{ topic: "t", partition: 1, replicas: [1, 300], adding: [300], removing: [] }] },
      },
    });
    const asked = servers.received.filter((request) => !request.startsWith("18v")).sort();
    assert.deepEqual(asked, ["32v1 at 2", "46v0 at 2"]);
  });
});

test("a broker that refuses connections, and a controller that refuses or does not answer, are told", async () => {
  const refused = "00 00000000 0029 00 01 00";
  await withBrokers(refused, async (openSocket) => {
    const gone = await askBroker(openSocket, "10.0.0.3", 3);
    assert.ok("seen" in gone && gone.seen.includes("ECONNREFUSED"), JSON.stringify(gone));
    const [first, second] = [1, 2].map((id) => ({
      id,
      address: `10.0.0.${id}`,
      answer: { value: { metadata: SEEN, ends: [], configs: [] } },
    }));
    assert.ok(first && second);
    const ofController = await askCluster(openSocket, [first, second]);
    assert.ok("value" in ofController && "seen" in ofController.value.reassignments);
    assert.match(ofController.value.reassignments.seen, /not the correct controller/);
    const ofOther = await askCluster(openSocket, [first, { ...second, answer: gone }]);
    assert.ok("value" in ofOther);
    assert.deepEqual(ofOther.value.reassignments, { seen: "the controller does not answer" });
    assert.deepEqual(await askCluster(openSocket, [{ ...second, answer: gone }]), { seen: "no broker answers" });
  });
});
