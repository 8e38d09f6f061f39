import { BoundedOutput, malformed, tooLarge } from "./bounded.ts";

const MAGIC = 0x184d2204;
/** A block whose length has this bit is not compressed. */
const UNCOMPRESSED = 0x80000000;
/** How far back a block may refer, in bytes. */
const WINDOW_BYTES = 65_536;
/** Largest blocks by their code in the frame's header, in bytes. */
const BLOCK_BYTES: Readonly<Record<number, number>> = { 4: 65_536, 5: 262_144, 6: 1_048_576, 7: 4_194_304 };

/**
 * Decompresses one frame of LZ4. Checksums are passed over, since Kafka has one for the whole batch; the header's was
 * wrong in Kafka's old message formats anyway.
 *
 * @param limit of the result, in bytes
 * @throws Undecodable when it is malformed or passes the limit
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function decompressLz4(compressed: Buffer, limit: number): Buffer {
  if (compressed.length < 7 || compressed.readUInt32LE(0) !== MAGIC) throw malformed("it does not begin as a frame");
  const [flags = 0, descriptor = 0] = compressed.subarray(4, 6);
  if (flags >> 6 !== 1) throw malformed(`version ${flags >> 6} of the frame is not known`);
  const blockBytes = BLOCK_BYTES[(descriptor >> 4) & 7];
  if (blockBytes === undefined) throw malformed("the size of its blocks is not known");
  const blockChecksum = (flags & 0x10) !== 0;
  // Header checksum; before it stand the content's size and a dictionary's id where the flags say so.
  let at = 6 + ((flags & 0x08) !== 0 ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  const output = new BoundedOutput(limit);
  let history: Uint8Array = new Uint8Array(0);
  // One for all blocks: a frame may have many that are small, and says that they are large.
  const scratch = new Uint8Array(WINDOW_BYTES + Math.min(blockBytes, limit));
  for (;;) {
    if (compressed.length - at < 4) throw malformed("a block's length is cut off");
    const head = compressed.readUInt32LE(at);
    at += 4;
    if (head === 0) return output.bytes();
    const length = head & ~UNCOMPRESSED;
    if (length > compressed.length - at) throw malformed("a block is cut off");
    const block = compressed.subarray(at, at + length);
    const room = Math.min(blockBytes, output.room);
    const piece =
      head >>> 31 === 1
        ? block
        : decodeBlock(block, history, scratch.subarray(0, history.length + room), () => tooLarge(limit));
    output.add(piece);
    history = tail(history, piece);
    at += length + (blockChecksum ? 4 : 0);
  }
}

/** What the next block may refer to. */
function tail(history: Uint8Array, piece: Uint8Array): Uint8Array {
  if (piece.length >= WINDOW_BYTES) return piece.subarray(piece.length - WINDOW_BYTES);
  return Buffer.concat([history, piece]).subarray(-WINDOW_BYTES);
}

/**
 * Decodes a block: sequences of literals and copies of what came before, each byte of input and output looked at once.
 *
 * @param history what comes before the block
 * @param out room for the history and the result after it
 * @returns the result, a copy
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
function decodeBlock(block: Uint8Array, history: Uint8Array, out: Uint8Array, full: () => Error): Uint8Array {
  const start = history.length;
  out.set(history);
  let [from, to] = [0, start];
  const byte = (): number => {
    const value = block[from];
    if (value === undefined) throw malformed("a block ends too early");
    from += 1;
    return value;
  };
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble === 15) {
      let more: number;
      do sum += more = byte();
      while (more === 255);
    }
    return sum;
  };
  while (from < block.length) {
    const token = byte();
    const literals = length(token >> 4);
    if (literals > block.length - from) throw malformed("a block ends too early");
    if (literals > out.length - to) throw full();
    out.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // The last sequence has literals only.
    if (from === block.length) break;
    const offset = byte() + byte() * 256;
    if (offset === 0 || offset > to) throw malformed("a block refers to what is before its beginning");
    const copied = length(token & 15) + 4;
    if (copied > out.length - to) throw full();
    // Byte by byte: what is copied may be what has just been written.
    for (const end = to + copied; to < end; to += 1) out[to] = out[to - offset] ?? 0;
  }
  return out.slice(start, to);
}
