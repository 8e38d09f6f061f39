import { connect } from "node:net";
import { Duplex } from "node:stream";

/** Where a connection goes. */
export interface Endpoint {
  /** Address or name, as the side that connects sees it. */
  readonly host: string;
  readonly port: number;
}

/** What the clients of Kafka and ZooKeeper need of a socket; it emits `connect` like one of node:net. */
export type ClientSocket = Duplex & { unref(): unknown };

/** Opens a connection: the socket is there at once, `connect` or `error` comes later. */
export type OpenSocket = (to: Endpoint) => ClientSocket;

/** TCP from this computer; what is written goes out at once. */
export const plainSocket: OpenSocket = (to) => connect({ host: to.host, port: to.port, noDelay: true });

/** Whether a connection can be opened in that time, in milliseconds; it is ended at once. */
export async function accepts(openSocket: OpenSocket, to: Endpoint, timeoutMs: number): Promise<boolean> {
  return (await whyClosed(openSocket, to, timeoutMs)) === undefined;
}

/** Why a connection can't be opened in that time, in milliseconds; undefined when it can, and it is ended at once. */
export function whyClosed(openSocket: OpenSocket, to: Endpoint, timeoutMs: number): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const socket = openSocket(to);
    const end = (reason?: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason);
    };
    const timer = setTimeout(() => {
      end(new Error(`${to.host}:${to.port} gave no answer in ${timeoutMs / 1000} s`));
    }, timeoutMs);
    socket
      .once("connect", () => {
        end();
      })
      .on("error", end);
  });
}

/** A socket over a stream that is still being opened. Data, ends and errors pass both ways, and so does back pressure. */
export class LazySocket extends Duplex {
  readonly #opened: Promise<Duplex>;

  /** @param opened gives the stream, whose end is then this socket's business; or fails with what `error` shall say */
  constructor(opened: Promise<Duplex>) {
    // Like a socket of node:net: when the other side has ended, so does this one.
    super({ allowHalfOpen: false });
    this.#opened = opened;
    opened.then(
      (stream) => {
        this.#attach(stream);
      },
      (error: unknown) => this.destroy(error as Error),
    );
  }

  #attach(stream: Duplex): void {
    stream.on("error", (error) => this.destroy(error));
    // Destroyed while it was being opened: _destroy ends the stream.
    if (this.destroyed) return;
    stream
      .on("data", (chunk: Buffer) => {
        if (!this.push(chunk)) stream.pause();
      })
      .on("end", () => this.push(null))
      // A stream that is cut off need not end first, and never takes what is still to be written.
      .on("close", () => {
        if (this.readableEnded) this.destroy();
        else this.once("end", () => this.destroy()).push(null);
      });
    this.emit("connect");
  }

  /** Here for those who call it on a socket: what keeps the process alive is the connection that carries the stream. */
  unref(): this {
    return this;
  }

  override _read(): void {
    this.#withStream((stream) => stream.resume());
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#withStream((stream) => stream.write(chunk, encoding, callback));
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#withStream((stream) => {
      stream.end();
      callback();
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#withStream((stream) => stream.destroy());
    callback(error);
  }

  /** A stream that could not be opened has destroyed this socket already. */
  #withStream(use: (stream: Duplex) => unknown): void {
    this.#opened.then(use, () => undefined);
  }
}
