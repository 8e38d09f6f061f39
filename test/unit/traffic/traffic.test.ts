import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { trafficClient } from "../../traffic/client.ts";
import { isFinal, PartitionProducer } from "../../traffic/partitionProducer.ts";
import { Traffic } from "../../traffic/traffic.ts";

/** A port on loopback, and what has connected to it. */
async function listen(): Promise<{ server: Server; broker: string; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .resume()
      .on("error", () => undefined)
      .on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, broker: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

/** An error as kafkajs wraps it after its last retry. */
function wrapped(cause: Error): Error {
  return new Error("retries exceeded", { cause });
}

function protocolError(type: string, retriable: boolean): Error {
  return Object.assign(new Error(type), { name: "KafkaJSProtocolError", type, retriable });
}

test("only what the broker refuses for good is final", () => {
  for (const [error, final] of [
    [protocolError("OUT_OF_ORDER_SEQUENCE_NUMBER", false), true],
    [protocolError("MESSAGE_TOO_LARGE", false), true],
    [protocolError("UNKNOWN", false), false],
    [protocolError("NOT_LEADER_FOR_PARTITION", true), false],
    [protocolError("NOT_ENOUGH_REPLICAS_AFTER_APPEND", true), false],
    [Object.assign(new Error("closed"), { name: "KafkaJSNonRetriableError", retriable: false }), false],
    [new TypeError("a bug of kafkajs"), false],
  ] as const) {
    assert.equal(isFinal(error), final, error.message);
    assert.equal(isFinal(wrapped(error)), final, `wrapped: ${error.message}`);
  }
  assert.equal(isFinal("text"), false);
});

test("nobody listens: the start fails with the reason", async () => {
  const { server, broker } = await listen();
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(Traffic.start({ brokers: [broker], topic: "t", topicTimeoutMs: 3_000 }), /ECONNREFUSED/);
});

test("a rate that would load the cluster is refused", async () => {
  for (const writesPerSecond of [0, NaN, 301]) {
    await assert.rejects(Traffic.start({ brokers: ["127.0.0.1:1"], topic: "t", writesPerSecond }), /300 at most/);
  }
});

test("a broker that never answers: a write is given up in time, and the connections end", async () => {
  const { server, broker, sockets } = await listen();
  const producer = new PartitionProducer({ brokers: [broker], topic: "t", partition: 0 });
  const started = Date.now();
  await assert.rejects(producer.write("value", 500), /^Error: no answer within 0\.5 s; before: /);
  assert.ok(Date.now() - started < 1_500);
  // What kafkajs still tries in the background is refused on this side.
  while (sockets.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  producer.close();
  await assert.rejects(producer.write("value", 500), /over|no answer/);
  assert.equal(sockets.size, 0);
  server.close();
});

test("a broker that is silent for too long is cut off, and left alone for a while", async () => {
  const { server, broker } = await listen();
  let connections = 0;
  server.on("connection", () => (connections += 1));
  const client = trafficClient({ brokers: [broker] }, "test", 300);
  const started = Date.now();
  await assert.rejects(client.kafka.admin().connect(), /was silent a moment ago/);
  assert.ok(Date.now() - started < 8_000, "kafkajs would have waited 10 s for each answer");
  assert.equal(connections, 1);
  client.close();
  server.close();
});

test("a connection that is cut fails what waits for it, at once", async () => {
  const { server, broker } = await listen();
  const client = trafficClient({ brokers: [broker] }, "test");
  const admin = client.kafka.admin({ retry: { retries: 0 } });
  const started = Date.now();
  server.once("connection", () => {
    client.close();
  });
  await assert.rejects(admin.connect(), /the traffic is over/);
  assert.ok(Date.now() - started < 8_000, "kafkajs would have waited 10 s for each answer");
  server.close();
});
