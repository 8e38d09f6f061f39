import Decoder from "kafkajs/src/protocol/decoder.js";

/** What stands between a batch's first offset and its records, with it, in bytes. */
const BATCH_HEADER_BYTES = 61;

/** Where a batch of messages stands. */
export interface BatchPosition {
  readonly topic: string;
  readonly partition: number;
  /** Of its first message. */
  readonly offset: bigint;
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
        if (decoder.offset >= at) return { topic, partition, offset: response.readBigInt64BE(at - BATCH_HEADER_BYTES) };
      }
    }
    return undefined;
  } catch {
    return undefined;
  }
}
