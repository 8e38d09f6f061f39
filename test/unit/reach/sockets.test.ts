import assert from "node:assert/strict";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { LazySocket } from "../../../scripts/lib/sockets.ts";

/** A stream whose other side is in the test's hands; it takes no write until `drain` is called. */
class Stream extends Duplex {
  readonly written: string[] = [];
  finished = false;
  drain: () => void = () => undefined;
  #holds: boolean;

  constructor(holds = false) {
    super({ emitClose: false });
    this.#holds = holds;
  }

  override _read(): void {
    // The test pushes.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.written.push(chunk.toString());
    if (this.#holds) this.drain = callback;
    else callback();
  }

  override _final(callback: () => void): void {
    this.finished = true;
    callback();
  }
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A socket, the stream below it, and what the socket has emitted, in order. */
function socketOver(stream: Stream): { socket: LazySocket; open: () => void; seen: string[] } {
  let open = (): void => undefined;
  const socket = new LazySocket(
    new Promise((resolve) => {
      open = () => {
        resolve(stream);
      };
    }),
  );
  const seen: string[] = [];
  for (const event of ["connect", "end", "close"]) socket.on(event, () => seen.push(event));
  socket.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
  socket.on("error", (error: Error) => seen.push(error.message));
  return { socket, open, seen };
}

test("what is written before the stream is there comes through in order, and so does the end", async () => {
  const stream = new Stream();
  const { socket, open, seen } = socketOver(stream);
  socket.write("a");
  socket.write("b");
  socket.end("c");
  await tick();
  assert.deepEqual(seen, []);
  open();
  await tick();
  assert.equal(stream.written.join(""), "abc");
  assert.equal(stream.finished, true);
  assert.deepEqual(seen, ["connect"]);
  stream.push("x");
  stream.push(null);
  await once(socket, "close");
  assert.deepEqual(seen, ["connect", "x", "end", "close"]);
  assert.equal(stream.destroyed, true);
});

test("a stream that can't be opened is the socket's error", async () => {
  const socket = new LazySocket(Promise.reject(new Error("refused")));
  socket.write("a");
  const [error] = (await once(socket, "error")) as [Error];
  assert.equal(error.message, "refused");
  assert.equal(socket.destroyed, true);
  // kafkajs says goodbye to a socket that has failed.
  socket.end();
  socket.unref();
  await tick();
});

test("a socket that is destroyed before the stream is there closes at once, and the stream when it comes", async () => {
  const stream = new Stream();
  const { socket, open, seen } = socketOver(stream);
  socket.destroy(new Error("given up"));
  await tick();
  assert.deepEqual(seen, ["given up", "close"]);
  open();
  await tick();
  assert.equal(stream.destroyed, true);
  assert.deepEqual(seen, ["given up", "close"]);
});

test("a stream that is cut off ends and closes the socket, also while it takes no writes", async () => {
  const stream = new Stream(true);
  const { socket, open, seen } = socketOver(stream);
  open();
  socket.write("a");
  await tick();
  stream.emit("close");
  await once(socket, "close");
  assert.deepEqual(seen, ["connect", "end", "close"]);
});

test("a stream's error is the socket's", async () => {
  const stream = new Stream();
  const { open, seen } = socketOver(stream);
  open();
  await tick();
  stream.destroy(new Error("broken"));
  await tick();
  assert.deepEqual(seen, ["connect", "broken", "close"]);
});

test("a reader that pauses pauses the stream, and nothing is lost", async () => {
  const stream = new Stream();
  const socket = new LazySocket(Promise.resolve(stream));
  await once(socket, "connect");
  const block = "x".repeat(1000);
  for (let count = 0; count < 100; count++) stream.push(block);
  stream.push(null);
  await tick();
  assert.ok(socket.readableLength < 20_000, `${socket.readableLength} bytes wait in the socket`);
  let length = 0;
  for await (const chunk of socket) length += (chunk as Buffer).length;
  assert.equal(length, 100_000);
});

test("a stream that takes no writes holds the writer up", async () => {
  const stream = new Stream(true);
  const socket = new LazySocket(Promise.resolve(stream));
  let written = 0;
  socket.write("a", () => (written += 1));
  await tick();
  assert.equal(written, 0);
  stream.drain();
  await tick();
  assert.equal(written, 1);
  socket.destroy();
});
