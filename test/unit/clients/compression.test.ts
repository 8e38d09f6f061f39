import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { snappyCompress } from "hysnappy";
import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import decodeBatch from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import { requests } from "kafkajs/src/protocol/requests/index.js";
import { type CodecName, decompress, UnreadableBatch } from "../../../scripts/lib/compression/codecs.ts";
import { makeTolerant } from "../../../scripts/lib/kafkajsTolerance.ts";
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

test("a batch that can't be read is named with its topic, partition, offset and codec", async () => {
  const broken = Buffer.from(BATCHES.lz4, "base64");
  broken.writeBigInt64BE(4711n); // the first offset
  broken[HEADER_BYTES] = 0; // of the frame's magic number
  const partition = (id: number, records: Buffer): Encoder =>
    new Encoder()
      .writeInt32(id)
      .writeInt16(0)
      .writeInt64(5000)
      .writeInt64(5000)
      .writeInt64(0)
      .writeInt32(-1) // no aborted transactions
      .writeInt32(-1) // no preferred replica
      .writeBytes(records);
  const topic = new Encoder()
    .writeString("orders")
    .writeArray([partition(0, Buffer.from(BATCHES.gzip, "base64")), partition(3, broken)]);
  const response = new Encoder().writeInt32(0).writeInt16(0).writeInt32(0).writeArray([topic]);
  const fetch = requests.Fetch.protocol({ version: 11 })({ topics: [] });
  await assert.rejects(fetch.response.decode(response.buffer), {
    name: "UnreadableBatch",
    message:
      "topic orders, partition 3, offset 4711: a batch of messages compressed with lz4 can't be read: " +
      "it does not begin as a frame",
  });
});
