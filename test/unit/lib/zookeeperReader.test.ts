import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { recordedPartitions } from "../../../scripts/apply/recordedPartitions.ts";
import { plainSocket } from "../../../scripts/lib/sockets.ts";
import { ZooKeeperReader } from "../../../scripts/lib/zookeeperReader.ts";

const TREE: Readonly<Record<string, string>> = {
  "/brokers/topics": "",
  "/brokers/topics/orders": "{}",
  "/brokers/topics/orders/partitions": "",
  "/brokers/topics/orders/partitions/0": "",
  "/brokers/topics/orders/partitions/0/state": '{"leader":2,"isr":[2,3]}',
  "/brokers/topics/orders/partitions/1": "",
};

const childrenOf = (path: string): string[] =>
  Object.keys(TREE)
    .filter((each) => each.startsWith(`${path}/`) && !each.slice(path.length + 1).includes("/"))
    .map((each) => each.slice(path.length + 1));

const text = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
};

/** Answers one request as a server of 3.8 does: the header with xid, zxid and error code, then what was asked for. */
function answer(request: Buffer): Buffer {
  const header = Buffer.alloc(16);
  request.copy(header, 0, 0, 4);
  const path = request.toString("utf8", 12, 12 + request.readInt32BE(8));
  const data = TREE[path];
  if (data === undefined) {
    header.writeInt32BE(-101, 12);
    return header;
  }
  if (request.readInt32BE(4) === 4) return Buffer.concat([header, text(data), Buffer.alloc(68)]);
  const count = Buffer.alloc(4);
  count.writeInt32BE(childrenOf(path).length);
  return Buffer.concat([header, count, ...childrenOf(path).map(text)]);
}

let serves = true;
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.setNoDelay();
  let isConnected = false;
  let buffered = Buffer.alloc(0);
  socket
    .on("error", () => undefined)
    .on("data", (chunk) => {
      if (!serves) return socket.destroy();
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
        const request = buffered.subarray(4, 4 + buffered.readInt32BE(0));
        buffered = buffered.subarray(4 + request.length);
        // The end of the session.
        if (request.length < 12) return socket.end();
        const reply = isConnected ? answer(request) : Buffer.alloc(37);
        isConnected = true;
        const length = Buffer.alloc(4);
        length.writeInt32BE(reply.length);
        // In two pieces: what comes over a network is not cut at frames.
        socket.write(length.subarray(0, 3));
        socket.write(Buffer.concat([length.subarray(3), reply]));
      }
      return undefined;
    });
});
const to = (): { host: string; port: number } => ({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });

before(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test("znodes are read in one session: children, data, and what is not there", async () => {
  const reader = await ZooKeeperReader.connect(plainSocket, to());
  const [children, state, none] = await Promise.all([
    reader.children("/brokers/topics/orders/partitions"),
    reader.data("/brokers/topics/orders/partitions/0/state"),
    reader.data("/brokers/topics/orders/partitions/1/state"),
  ]);
  assert.deepEqual(children, ["0", "1"]);
  assert.equal(state, '{"leader":2,"isr":[2,3]}');
  assert.equal(none, undefined);
  assert.equal(await reader.children("/nothing"), undefined);
  reader.close();
});

test("partitions on record: those that were led once", async () => {
  const openSocket: typeof plainSocket = () => plainSocket(to());
  assert.deepEqual(
    await recordedPartitions(
      { name: "kafka-1", ensemble: [{ id: 1, address: "10.0.0.18" }], security: "plaintext" },
      openSocket,
    ),
    [{ topic: "orders", partition: 0, isr: [2, 3] }],
  );
});

test("a server that does not serve closes the connection, and that is said", async () => {
  serves = false;
  await assert.rejects(ZooKeeperReader.connect(plainSocket, to()), /ZooKeeper on 127.0.0.1:\d+: .*does not serve/);
});
