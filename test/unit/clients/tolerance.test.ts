import assert from "node:assert/strict";
import { test } from "node:test";
import Encoder from "kafkajs/src/protocol/encoder.js";
import Cluster from "kafkajs/src/cluster/index.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import Decoder from "kafkajs/src/protocol/decoder.js";
import decodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/decoder.js";
import encodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import { produceOptions } from "../../../scripts/clients/clientOptions.ts";
import { headersOf, makeTolerant } from "../../../scripts/lib/kafkajsTolerance.ts";

const LEADER_NOT_AVAILABLE = 5;
const original = { metadata: requests.Metadata.protocol };
makeTolerant();

interface Topic {
  readonly name: string;
  readonly error?: number;
  /** Leaders of its partitions, -1 for none. */
  readonly leaders: readonly number[];
}

/** Metadata, version 6, through kafkajs's own decoder and what reads it. */
async function metadata(
  protocol: typeof requests.Metadata.protocol,
  topics: readonly Topic[],
  asked: readonly string[],
): Promise<unknown> {
  const partition = (leader: number, id: number): Encoder =>
    new Encoder()
      .writeInt16(leader < 0 ? LEADER_NOT_AVAILABLE : 0)
      .writeInt32(id)
      .writeInt32(leader)
      .writeArray([2])
      .writeArray([2])
      .writeArray([2]);
  const encoded = topics.map(({ name, error = 0, leaders }) =>
    new Encoder().writeInt16(error).writeString(name).writeBoolean(false).writeArray(leaders.map(partition)),
  );
  const body = new Encoder()
    .writeInt32(0)
    .writeArray([] as Encoder[])
    .writeString(null)
    .writeInt32(1)
    .writeArray(encoded);
  const { response } = protocol({ version: 6 })({ topics: asked });
  const decoded = (await response.decode(body.buffer)) as Parameters<typeof response.parse>[0];
  return (await response.parse(decoded)).topicMetadata.map(({ topic, partitionMetadata }) => [
    topic,
    partitionMetadata.map(({ leader }) => leader),
  ]);
}

const healthy: Topic = { name: "healthy", leaders: [1, 2] };
const half: Topic = { name: "half", leaders: [-1, 3] };
const down: Topic = { name: "down", leaders: [-1] };

test("kafkajs itself fails over one partition without a leader; when it no longer does, this can go", async () => {
  const error = { type: "LEADER_NOT_AVAILABLE" };
  await assert.rejects(metadata(original.metadata, [healthy, half], []), error);
  await assert.rejects(metadata(original.metadata, [half], ["half"]), error);
});

test("metadata of all topics come whatever state one of them is in", async () => {
  const refused: Topic = { name: "refused", error: 29, leaders: [] };
  assert.deepEqual(await metadata(requests.Metadata.protocol, [healthy, half, down, refused], []), [
    ["healthy", [1, 2]],
    ["half", [-1, 3]],
    ["down", [-1]],
  ]);
});

test("a topic that is asked for fails only when nothing of it can be used", async () => {
  const asked = (...topics: Topic[]): Promise<unknown> =>
    metadata(
      requests.Metadata.protocol,
      topics,
      topics.map(({ name }) => name),
    );
  assert.deepEqual(await asked(half), [["half", [-1, 3]]]);
  await assert.rejects(asked(down), { type: "LEADER_NOT_AVAILABLE" });
  await assert.rejects(asked({ name: "x", error: 3, leaders: [] }), { type: "UNKNOWN_TOPIC_OR_PARTITION" });
  await assert.rejects(asked({ name: "x", error: 29, leaders: [] }), { type: "TOPIC_AUTHORIZATION_FAILED" });
});

test("offsets are asked of leaders alone; a topic without any stands in the answer without partitions", async () => {
  const seen: unknown[] = [];
  const leaders: Record<string, number[]> = { half: [-1, 3], down: [-1] };
  const cluster = Object.assign(Object.create(Cluster.prototype) as Cluster, {
    findTopicPartitionMetadata: (topic: string) =>
      (leaders[topic] ?? []).map((leader, partitionId) => ({ partitionId, leader })),
    findLeaderForPartitions: (topic: string, partitions: number[]) => ({ [leaders[topic]?.[1] ?? -1]: partitions }),
    defaultOffset: () => "-2",
    findBroker: ({ nodeId }: { nodeId: string }) => ({
      listOffsets: ({ topics }: { topics: { topic: string; partitions: { partition: number }[] }[] }) => {
        seen.push([nodeId, topics.map(({ topic, partitions }) => [topic, partitions.map((p) => p.partition)])]);
        return {
          responses: topics.map(({ topic, partitions }) => ({
            topic,
            partitions: partitions.map((p) => ({ ...p, offset: "7" })),
          })),
        };
      },
    }),
  });
  const offsets = await cluster.fetchTopicsOffset([
    { topic: "half", partitions: [{ partition: 0 }, { partition: 1 }] },
    { topic: "down", partitions: [{ partition: 0 }] },
  ]);
  assert.deepEqual(offsets, [
    { topic: "half", partitions: [{ partition: 1, offset: "7" }] },
    { topic: "down", partitions: [] },
  ]);
  assert.deepEqual(seen, [["3", [["half", [1]]]]]);
});

/** Headers of a message that kafkajs has written and read. */
function readBack(headers: Readonly<Record<string, string | string[]>>): string[][] {
  const { buffer } = encodeRecord({ key: null, value: null, headers });
  const decoder = new Decoder(buffer);
  const record = new Decoder(decoder.readVarIntBytes() ?? Buffer.alloc(0));
  const batch = { firstOffset: "0", firstTimestamp: "0" };
  return headersOf(decodeRecord(record, batch)).map(({ name, value }) => [String(name), String(value)]);
}

test("kafkajs itself can't ask offsets of topics that are called as every object's properties; when it can, they are read", async () => {
  const ask = (topic: string): Promise<unknown> => {
    const cluster = Object.assign(Object.create(Cluster.prototype) as Cluster, {
      findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
      defaultOffset: () => "-2",
      findBroker: () => ({
        listOffsets: () => ({ responses: [{ topic, partitions: [{ partition: 0, offset: "7" }] }] }),
      }),
    });
    return cluster.fetchTopicsOffset([{ topic, partitions: [{ partition: 0 }] }]);
  };
  assert.deepEqual(await ask("orders"), [{ topic: "orders", partitions: [{ partition: 0, offset: "7" }] }]);
  await assert.rejects(ask("constructor"), TypeError);
});

test("headers are sent and read as they are, whatever their names: in order, repeated, empty, those of every object", () => {
  const names = Object.getOwnPropertyNames(Object.prototype);
  assert.ok(names.includes("__proto__") && names.includes("constructor"));
  const given = [...names, "b", "a"].flatMap((name) => [`${name}=1`, `${name}=2`]);
  const options = produceOptions(given.flatMap((header) => ["--header", header]));
  assert.ok(options !== "help");
  assert.deepEqual(
    readBack(options.headers),
    [...names, "b", "a"].flatMap((name) => [
      [name, "1"],
      [name, "2"],
    ]),
  );
  assert.deepEqual(readBack({ "": "" }), [["", ""]]);
  assert.deepEqual(readBack({}), []);
  assert.deepEqual(headersOf({}), []);
});
