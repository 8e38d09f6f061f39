import { promisify } from "node:util";
import { gzip, unzip } from "node:zlib";
import kafkajs from "kafkajs";
import { malformed, MAX_DECOMPRESSED_BYTES, tooLarge, Undecodable } from "./bounded.ts";
import { decompressLz4 } from "./lz4.ts";
import { decompressSnappy } from "./snappy.ts";
import { decompressZstd } from "./zstd.ts";

/** Kafka's names of the codecs, as `compression.type` has them. */
export type CodecName = "gzip" | "snappy" | "lz4" | "zstd";

/** A compressed batch that can't be read: it is malformed, or would become too large. */
export class UnreadableBatch extends Error {
  override readonly name = "UnreadableBatch";
  /** kafkajs would try the same bytes again. */
  readonly retriable = false;
  readonly codec: CodecName;
  /** The compressed records: a part of the response that they came in. */
  readonly compressed: Buffer;

  constructor(codec: CodecName, compressed: Buffer, reason: string) {
    super(`a batch of messages compressed with ${codec} can't be read: ${reason}`);
    this.codec = codec;
    this.compressed = compressed;
  }
}

const unzipped = promisify<Buffer, { maxOutputLength: number }, Buffer>(unzip);
/** zlib's codes of malformed input: lack of memory has one, too (`Z_MEM_ERROR`). */
const REFUSED_BY_ZLIB = ["Z_DATA_ERROR", "Z_BUF_ERROR", "Z_NEED_DICT"];
const DECOMPRESSORS: Readonly<Record<CodecName, (compressed: Buffer, limit: number) => Buffer | Promise<Buffer>>> = {
  gzip: (compressed, limit) =>
    unzipped(compressed, { maxOutputLength: limit }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(limit);
      throw REFUSED_BY_ZLIB.includes(error.code ?? "") ? malformed(error.message) : error;
    }),
  snappy: decompressSnappy,
  lz4: decompressLz4,
  zstd: decompressZstd,
};

/**
 * Decompresses the records of a batch.
 *
 * @param limit of the result, in bytes
 * @default limit {@link MAX_DECOMPRESSED_BYTES}
 * @param decompressors of the codecs, for tests
 * @throws UnreadableBatch when the batch is at fault; whatever else goes wrong is thrown as it is, since a batch that is
 *   passed over is committed
 */
export async function decompress(
  codec: CodecName,
  compressed: Buffer,
  limit = MAX_DECOMPRESSED_BYTES,
  decompressors = DECOMPRESSORS,
): Promise<Buffer> {
  try {
    return await decompressors[codec](compressed, limit);
  } catch (error) {
    throw error instanceof Undecodable ? new UnreadableBatch(codec, compressed, error.message) : error;
  }
}

/** Lets kafkajs read every codec of Kafka; of its own it has gzip, without a limit. It goes on writing gzip alone. */
export function registerCodecs(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  const reader = (codec: CodecName) => () => ({
    compress: ({ buffer }: { buffer: Buffer }): Promise<Buffer> => {
      if (codec !== "gzip") throw new Error(`no client of this program writes ${codec}`);
      return promisify<Buffer, Buffer>(gzip)(buffer);
    },
    decompress: (compressed: Buffer) => decompress(codec, compressed),
  });
  codecs[types.GZIP] = reader("gzip");
  codecs[types.Snappy] = reader("snappy");
  codecs[types.LZ4] = reader("lz4");
  codecs[types.ZSTD] = reader("zstd");
}
