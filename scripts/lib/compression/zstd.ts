import { Decompress } from "fzstd";
import { BoundedOutput, MAX_DECOMPRESSED_BYTES, malformed, refusing, tooLarge } from "./bounded.ts";

const MAGIC = 0xfd2fb528;
/** The 16 magic numbers of frames to pass over, without their last four bits. */
const SKIPPABLE = 0x184d2a5;

/** What the library does not refuse by a number of its own; memory that it does not get has another message. */
const OUT_OF_BOUNDS = /^(offset is out of bounds|Invalid typed array length)/;

/**
 * Decompresses frames of zstd. Each frame's header is looked at before the library allocates what it asks for.
 *
 * @param limit of the result, in bytes; a frame's window may have {@link MAX_DECOMPRESSED_BYTES}
 * @throws Undecodable when it is malformed or passes the limit
 * @see RFC 8878
 */
export function decompressZstd(compressed: Buffer, limit: number): Buffer {
  const output = new BoundedOutput(limit);
  let rest = compressed;
  while (rest.length > 0) {
    const { end, skip } = frame(rest, limit);
    const decompress = (): void => {
      new Decompress((piece) => output.add(piece.slice())).push(rest.subarray(0, end), true);
    };
    if (!skip) refusing(decompress, ({ code, message }) => typeof code === "number" || OUT_OF_BOUNDS.test(message));
    rest = rest.subarray(end);
  }
  return output.bytes();
}

/** Where the first frame ends, and whether it holds nothing. */
function frame(bytes: Buffer, limit: number): { end: number; skip: boolean } {
  if (bytes.length < 9) throw malformed("a frame is cut off");
  const magic = bytes.readUInt32LE(0);
  if (magic >>> 4 === SKIPPABLE) return { end: within(bytes, 8 + bytes.readUInt32LE(4)), skip: true };
  if (magic !== MAGIC) throw malformed("it does not begin as a frame");
  const flags = bytes[4] ?? 0;
  const single = (flags & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const sizeAt = 5 + (single ? 0 : 1) + dictionaryBytes;
  let at = within(bytes, sizeAt + sizeBytes);
  // A frame without a window of its own is one as large as its content.
  if (single && contentSize(bytes, sizeAt, sizeBytes) > limit) throw tooLarge(limit);
  if (!single && windowSize(bytes[5] ?? 0) > MAX_DECOMPRESSED_BYTES) throw tooLarge(MAX_DECOMPRESSED_BYTES);
  for (let last = false; !last;) {
    const header = bytes.readUIntLE(within(bytes, at + 3) - 3, 3);
    last = (header & 1) !== 0;
    // A run (type 1) is one byte, however often it is repeated.
    at = within(bytes, at + 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3));
  }
  return { end: within(bytes, at + ((flags & 4) !== 0 ? 4 : 0)), skip: false };
}

function contentSize(bytes: Buffer, at: number, length: number): number {
  if (length === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw malformed("a frame is cut off");
  return end;
}
