import { snappyUncompressor } from "hysnappy";
import { BoundedOutput, malformed, refusing, tooLarge } from "./bounded.ts";

/** Begins what snappy-java writes, Kafka's own client among its users: a stream of blocks. Others send one bare block. */
const STREAM_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
/** The magic, then two versions of 4 bytes each. */
const STREAM_HEADER_BYTES = STREAM_MAGIC.length + 8;

/**
 * Decompresses snappy, a bare block or a stream of snappy-java.
 *
 * @param limit of the result, in bytes
 * @throws Undecodable when it is malformed or passes the limit
 */
export function decompressSnappy(compressed: Buffer, limit: number): Buffer {
  const output = new BoundedOutput(limit);
  // One for all blocks: its memory is given back with it.
  const uncompress = snappyUncompressor();
  const addBlock = (block: Buffer): void => {
    const length = uncompressedLength(block);
    if (length > output.room) throw tooLarge(limit);
    // All that it refuses are plain errors; memory that it does not get is a RangeError.
    if (length > 0)
      output.add(
        refusing(
          () => uncompress(block, length),
          ({ name }) => name === "Error",
        ),
      );
  };
  if (!compressed.subarray(0, STREAM_MAGIC.length).equals(STREAM_MAGIC)) {
    addBlock(compressed);
    return output.bytes();
  }
  let at = STREAM_HEADER_BYTES;
  while (at < compressed.length) {
    if (compressed.length - at < 4) throw malformed("a block's length is cut off");
    const length = compressed.readUInt32BE(at);
    at += 4;
    if (length > compressed.length - at) throw malformed("a block is cut off");
    addBlock(compressed.subarray(at, at + length));
    at += length;
  }
  return output.bytes();
}

/** What a block says of its own size: a varint of at most 5 bytes. */
function uncompressedLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < Math.min(5, block.length); index += 1) {
    const byte = block[index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw malformed("a block has no length");
}
