/**
 * The most that a batch of messages may become when it is decompressed, in bytes: 128 MiB, as much as Kafka's own Java
 * client grants a window of zstd. A batch of a few KiB could otherwise take all memory.
 */
export const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

/** Compressed bytes are at fault, and will be whenever they are read: no lack of memory, and no mistake of a program's. */
export class Undecodable extends Error {
  override readonly name = "Undecodable";
}

/** The error of what would become larger. */
export function tooLarge(limit: number): Undecodable {
  return new Undecodable(`it would become larger than ${limit} bytes`);
}

/** The error of what is not in its codec's format. */
export function malformed(what: string): Undecodable {
  return new Undecodable(what);
}

/**
 * Runs a library's decompressor: only an error by which it refuses its input counts as {@link Undecodable}.
 *
 * @param refuses whether an error is one of those
 */
export function refusing<T>(work: () => T, refuses: (error: NodeJS.ErrnoException) => boolean): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Undecodable || !refuses(error as NodeJS.ErrnoException)) throw error;
    throw malformed((error as Error).message);
  }
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

  /** @throws Undecodable when the limit is passed */
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
