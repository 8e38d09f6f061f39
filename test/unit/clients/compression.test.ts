import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { snappyCompress } from "hysnappy";
import Batch, { type FetchedPartition } from "kafkajs/src/consumer/batch.js";
import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import decodeBatch from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import { refusing } from "../../../scripts/lib/compression/bounded.ts";
import { type CodecName, decompress, UnreadableBatch } from "../../../scripts/lib/compression/codecs.ts";
import { makeTolerant, passOverUnreadable } from "../../../scripts/lib/kafkajsTolerance.ts";
import { BATCHES } from "./recordBatches.ts";

makeTolerant();

/** Where the compressed records of a batch begin, in bytes. */
const HEADER_BYTES = 61;
const codecs = Object.keys(BATCHES) as CodecName[];
const expected = Array.from({ length: 40 }, (_, index) => [
  `key-${index + 1}`,
  `{"order":${index + 1},"price":10.00,"goods":"超哥 goods goods goods goods"}`,
]);

for (const codec of codecs) {
  test(`${codec}: what Kafka's own producer has written is read to the byte`, async () => {
    const { records } = await decodeBatch(new Decoder(Buffer.from(BATCHES[codec], "base64")));
    assert.deepEqual(
      records.map(({ key, value }) => [String(key), String(value)]),
      expected,
    );
  });

  test(`${codec}: the result is bounded, and what is cut off or another format is refused`, async () => {
    const compressed = Buffer.from(BATCHES[codec], "base64").subarray(HEADER_BYTES);
    const { length } = await decompress(codec, compressed);
    assert.equal((await decompress(codec, compressed, length)).length, length);
    const refused = (bytes: Buffer, reason: RegExp, limit?: number): Promise<void> =>
      assert.rejects(decompress(codec, bytes, limit), (error) => {
        assert.ok(error instanceof UnreadableBatch);
        assert.match(error.message, new RegExp(`compressed with ${codec} can't be read: ${reason.source}`));
        assert.equal(error.retriable, false);
        return true;
      });
    await refused(compressed, /it would become larger than \d+ bytes/, length - 1);
    await refused(compressed.subarray(0, compressed.length - 9), /.+/);
    await refused(Buffer.from("none of the formats that there are"), /.+/);
  });
}

test("only what the batch is at fault for makes it one to pass over: lack of memory is thrown as it is", async () => {
  for (const error of [new RangeError("Array buffer allocation failed"), new TypeError("x is not a function")]) {
    const failing = (): never => {
      throw error;
    };
    const decompressors = { gzip: failing, snappy: failing, lz4: failing, zstd: failing };
    for (const codec of codecs) {
      await assert.rejects(decompress(codec, Buffer.alloc(9), 1, decompressors), (thrown) => thrown === error);
    }
    assert.throws(() => refusing(failing, ({ name }) => name === "Error"), error);
  }
});

test("snappy comes as a bare block, too", async () => {
  const text = Buffer.from("goods ".repeat(100));
  assert.deepEqual(await decompress("snappy", Buffer.from(snappyCompress(text))), text);
});

test("gzip that grows a thousandfold ends at the limit", async () => {
  await assert.rejects(decompress("gzip", gzipSync(Buffer.alloc(1_000_000)), 10_000), /larger than 10000 bytes/);
});

/** An LZ4 frame of blocks, each with its length; the first bit of a length says that it is not compressed. */
function lz4Frame(flags: number, ...blocks: readonly (readonly [head: number, ...bytes: number[]])[]): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value >>> 0);
    return bytes;
  };
  const body = blocks.flatMap(([head, ...bytes]) => [number(head), Buffer.from(bytes)]);
  return Buffer.concat([number(0x184d2204), Buffer.from([flags, 0x40, 0]), ...body, number(0)]);
}

test("lz4: a block refers to the one before it, copies what it has just written, and may be bare", async () => {
  const bare = [0x80000003, 0x61, 0x62, 0x63] as const; // "abc"
  // No literal, 4 + 5 bytes from 3 back; then the last literal.
  const linked = [5, 0x05, 3, 0, 0x10, 0x21] as const;
  assert.equal(String(await decompress("lz4", lz4Frame(0x40, bare, linked))), "abcabcabcabc!");
  await assert.rejects(decompress("lz4", lz4Frame(0x40, linked)), /refers to what is before its beginning/);
  await assert.rejects(decompress("lz4", lz4Frame(0x00, bare)), /version 0/);
});

test("lz4: small blocks of a frame that promises large ones take no more memory than they hold", async () => {
  const block = [6, 0x50, 0x68, 0x65, 0x6c, 0x6c, 0x6f] as const; // "hello"
  const frame = lz4Frame(0x60, ...Array.from({ length: 500 }, () => block));
  frame[5] = 0x70; // blocks of up to 4 MiB
  const before = process.memoryUsage().arrayBuffers;
  const result = await decompress("lz4", frame);
  const mebibytes = (process.memoryUsage().arrayBuffers - before) / 1_048_576;
  assert.equal(String(result), "hello".repeat(500));
  assert.ok(mebibytes < 64, `${mebibytes} MiB`);
});

test("zstd: a frame that asks for a window above the limit is refused before anything is allocated", async () => {
  const batch = Buffer.from(BATCHES.zstd, "base64").subarray(HEADER_BYTES);
  const large = Buffer.from(batch);
  assert.equal((large[4] ?? 0) & 0x20, 0, "the frame has a window of its own");
  large[5] = 0x90; // 256 MiB
  await assert.rejects(decompress("zstd", large), /larger than 134217728 bytes/);
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 0, 0]);
  const once = await decompress("zstd", batch);
  assert.deepEqual(await decompress("zstd", Buffer.concat([batch, skipped, batch])), Buffer.concat([once, once]));
});

/** A frame with broken bits, at which the library writes out of bounds instead of refusing it. */
const OUT_OF_BOUNDS =
  "KLUv/QBYRAkAzAwvLmBXOkgQBAECZArSWiJI5r/Q1OiG2EAUb0RDFFtKmWRKKZnsiE6IPiIjZEakJMnq6hrvZTiH0drFvwWmMFbhTtE9wSyxG6" +
  "GtLSHKe865b83x5J8ZU3cOmnRHzA+7DsrKDfh5j8G5bG3zv8CYgntCNwLzwa6B7kdXU9DyHgF6nBtoTfMPMSbgHtANwJxBkoUsayQ3LiowJS8x" +
  "KSVIh6I4MlLl6Eo5bXRUHxmtlNXUqagUQc9ChEwe0FoLVwJ5qCHY1c7+G9BLhjUSYODoBApMF06E/5/xA770hY40hJ0ji13sMscdYovCcjTJoD" +
  "rXu23lWc9717SLh4jPPvqpT5/49KOf4oMtGYG9pYdUcZ6mZuV4f1gv9N4/9Am6j1ApeVNDEjCJ7PMBAAA=";

test("zstd: what the library stumbles over is malformed, too", async () => {
  await assert.rejects(decompress("zstd", Buffer.from(OUT_OF_BOUNDS, "base64")), {
    name: "UnreadableBatch",
    message: /offset is out of bounds$/,
  });
});

/** A response to Fetch, version 11, of topic `orders`. */
function fetched(...partitions: readonly (readonly [id: number, records: Buffer])[]): Buffer {
  const encoded = partitions.map(([id, records]) =>
    new Encoder()
      .writeInt32(id)
      .writeInt16(0)
      .writeInt64(5000)
      .writeInt64(5000)
      .writeInt64(0)
      .writeInt32(-1) // no aborted transactions
      .writeInt32(-1) // no preferred replica
      .writeBytes(records),
  );
  const topic = new Encoder().writeString("orders").writeArray(encoded);
  return new Encoder().writeInt32(0).writeInt16(0).writeInt32(0).writeArray([topic]).buffer;
}

/** A batch of 40 messages that can't be read. */
function broken(firstOffset: bigint): Buffer {
  const batch = Buffer.from(BATCHES.lz4, "base64");
  batch.writeBigInt64BE(firstOffset);
  batch[HEADER_BYTES] = 0; // of the frame's magic number
  return batch;
}

const fetch = (from = 0) =>
  requests.Fetch.protocol({ version: 11 })({
    topics: [{ topic: "orders", partitions: [{ partition: 3, fetchOffset: from }] }],
  });
const reason = "a batch of messages compressed with lz4 can't be read: it does not begin as a frame";

test("a batch that can't be read is named with its topic, partition, offset and codec", async () => {
  const response = fetched([0, Buffer.from(BATCHES.gzip, "base64")], [3, broken(4711n)]);
  await assert.rejects(fetch().response.decode(response), {
    name: "UnreadableBatch",
    message: `topic orders, partition 3, offset 4711: ${reason}`,
  });
});

test("whatever else can't be read is named with what was asked for", async () => {
  await assert.rejects(fetch(42).response.decode(Buffer.alloc(3)), {
    message: /^topic orders, partition 3 from offset 42: .+/,
  });
});

test("a batch that can't be read is passed over where that is asked for, and told once; what is around it is read", async () => {
  const told: string[] = [];
  passOverUnreadable((what) => told.push(what));
  const good = Buffer.from(BATCHES.gzip, "base64");
  const after = Buffer.from(good);
  after.writeBigInt64BE(80n);
  for (let time = 0; time < 2; time += 1) {
    const response = fetched([3, Buffer.concat([good, broken(40n), after])], [4, broken(7n)]);
    const { responses } = (await fetch().response.decode(response)) as Fetched;
    const [first, second] = responses[0]?.partitions ?? [];
    const batch = new Batch("orders", "0", first);
    assert.deepEqual(
      batch.messages.map(({ offset }) => Number(offset)),
      [...Array(40).keys(), ...Array.from({ length: 40 }, (_, index) => 80 + index)],
    );
    // kafkajs goes on after the last offset.
    const passed = new Batch("orders", "7", second);
    assert.deepEqual([passed.messages.length, passed.isEmptyDueToFiltering(), passed.lastOffset()], [0, true, "46"]);
  }
  assert.deepEqual(told, [
    `topic orders, partition 3, offsets 40 to 79 can't be shown: ${reason}`,
    `topic orders, partition 4, offsets 7 to 46 can't be shown: ${reason}`,
  ]);
});

interface Fetched {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}
