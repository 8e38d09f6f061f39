import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { disconnect, kafkaClient, kafkaReason } from "../../../scripts/lib/kafka.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import { Deadline } from "../../../scripts/verification/deadline.ts";

/** A port on loopback where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("the reason of a refused connection is one line with the address, and the log lines are kept", async () => {
  const port = await closedPort();
  const client = kafkaClient({ brokers: [`127.0.0.1:${port}`], clientId: "test" });
  const started = Date.now();
  const admin = client.kafka.admin();
  await assert.rejects(admin.connect(), (error) => {
    assert.equal(kafkaReason(error), `Connection error: connect ECONNREFUSED 127.0.0.1:${port}`);
    return true;
  });
  await disconnect(admin);
  client.close();
  assert.ok(Date.now() - started < 8_000, "some 2 s of retries");
  assert.equal(client.lastLogLines().length, 5);
  assert.match(client.lastLogLines().at(-1) ?? "", /ECONNREFUSED/);
});

test("wrapped and aggregated errors are taken apart", () => {
  const root = Object.assign(new Error("connection lost"), { broker: "10.0.0.18:9092" });
  assert.equal(kafkaReason(new Error("wrapped", { cause: root })), "connection lost (broker 10.0.0.18:9092)");
  assert.equal(kafkaReason(Object.assign(new Error("all"), { errors: [new Error("a"), new Error("b")] })), "a; b");
  assert.equal(kafkaReason("text"), "text");
});

test("a deadline ends a poll and a race with what was seen", async () => {
  const deadline = new Deadline(0.1);
  await assert.rejects(
    deadline.poll("the sun", () => Promise.resolve({ seen: "clouds" })),
    (error) => error instanceof UserError && /for the sun.*; seen instead: clouds/.test(error.message),
  );
  await assert.rejects(
    deadline.race("message", new Promise(() => undefined), () => "2 others"),
    (error) =>
      error instanceof UserError &&
      /waited in vain for message, up to the limit of 0\.1 s.*seen instead: 2 others/.test(error.message),
  );
  assert.equal(await new Deadline(1).race("value", Promise.resolve(7), () => ""), 7);
});
