import Decoder from "kafkajs/src/protocol/decoder.js";
import encodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import type { TopicPartition } from "../../../model/kafka/partition.ts";

/** What stands between a batch's first offset and its records, with it, in bytes. */
const BATCH_HEADER_BYTES = 61;

/** Where in a batch's header its fields stand, in bytes. */
const [MAGIC, ATTRIBUTES, LAST_OFFSET_DELTA, RECORD_COUNT] = [16, 21, 23, 57];

/** Of today's format; those before Kafka 0.11 had another one. */
const MAGIC_OF_BATCHES = 2;
const CODEC_BITS = 0x07;
const CONTROL_BIT = 0x20;

/** Where a batch of messages stands. */
export interface BatchPosition extends TopicPartition {
  /** Of its first message. */
  readonly offset: bigint;
  /** Of its last message; the first one's where that is not known. */
  readonly lastOffset: bigint;
}

/**
 * Finds where a batch stands, by the place of its records in the response (Fetch, version 11) that it came in.
 *
 * @param records a part of the response: the same memory
 * @returns undefined when the response is not as expected
 * @see https://kafka.apache.org/protocol#The_Messages_Fetch
 */
export function batchPosition(response: Buffer, records: Buffer): BatchPosition | undefined {
  const at = records.byteOffset - response.byteOffset;
  if (records.buffer !== response.buffer || at < BATCH_HEADER_BYTES || at > response.length) return undefined;
  try {
    const decoder = new Decoder(response);
    decoder.forward(4 + 2 + 4); // throttle_time_ms, error_code, session_id
    for (let topics = decoder.readInt32(); topics > 0; topics -= 1) {
      const topic = decoder.readString() ?? "";
      for (let partitions = decoder.readInt32(); partitions > 0; partitions -= 1) {
        const partition = decoder.readInt32();
        decoder.forward(2 + 8 + 8 + 8); // error_code, high_watermark, last_stable_offset, log_start_offset
        decoder.forward(Math.max(0, decoder.readInt32()) * 16); // aborted_transactions
        decoder.forward(4); // preferred_read_replica
        decoder.forward(Math.max(0, decoder.readInt32()));
        if (decoder.offset < at) continue;
        const header = response.subarray(at - BATCH_HEADER_BYTES, at);
        const offset = header.readBigInt64BE();
        const length = header[MAGIC] === MAGIC_OF_BATCHES ? header.readInt32BE(LAST_OFFSET_DELTA) : 0;
        return { topic, partition, offset, lastOffset: offset + BigInt(length) };
      }
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a batch one that consumers pass over: a control batch, which holds nothing for them, up to the same offset.
 *
 * @param records as for {@link batchPosition}, which has found the batch
 * @returns false when it is of the format before Kafka 0.11, or has no room for that
 */
export function emptyBatch(response: Buffer, records: Buffer): boolean {
  const at = records.byteOffset - response.byteOffset;
  const header = response.subarray(at - BATCH_HEADER_BYTES, at);
  const offsetDelta = header.readInt32BE(LAST_OFFSET_DELTA);
  const record = encodeRecord({ offsetDelta, key: null, value: null, headers: {} }).buffer;
  if (header[MAGIC] !== MAGIC_OF_BATCHES || record.length > records.length) return false;
  header.writeInt16BE((header.readInt16BE(ATTRIBUTES) & ~CODEC_BITS) | CONTROL_BIT, ATTRIBUTES);
  header.writeInt32BE(1, RECORD_COUNT);
  record.copy(records);
  return true;
}
