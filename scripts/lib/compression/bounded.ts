/**
 * The most that a batch of messages may become when it is decompressed, in bytes: 128 MiB, as much as Kafka's own Java
 * client grants a window of zstd. A batch of a few KiB could otherwise take all memory.
 */
export const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** The error of what would become larger. */
export function tooLarge(limit: number): Error {
  return new Error(`it would become larger than ${limit} bytes`);
}

/** The error of what is not in its codec's format. */
export function malformed(what: string): Error {
  return new Error(what);
}

/** Collects what a decompressor gives, up to a limit. */
export class BoundedOutput {
  readonly #limit: number;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  /** @param limit in bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many more bytes it takes. */
  get room(): number {
    return this.#limit - this.#size;
  }

  /** @throws Error when the limit is passed */
  add(piece: Uint8Array): void {
    if (piece.length > this.room) throw tooLarge(this.#limit);
    this.#pieces.push(piece);
    this.#size += piece.length;
  }

  /** All of it. */
  bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }
}
