import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerProgress, serverProgress } from "../../../scripts/apply/logRecovery.ts";

/** In the form that Kafka 3.9.2 writes after it was killed. */
const NEWER =
  "[2026-11-29 06:51:11,719] INFO [LogLoader partition=orders-9, dir=/opt/kafka-logs] Recovering unflushed segment 4096. " +
  "3/17 recovered for orders-9. (kafka.log.LogLoader)";
/** The same in the words of the 2.x releases; not recorded from 2.4.0 itself. */
const OLDER =
  "[2026-11-29 06:51:11,719] INFO [Log partition=orders-9, dir=/opt/kafka-logs] Recovering unflushed segment 4096 (kafka.log.Log)";

test("a broker that recovers its logs tells how far it is, in both versions' words", () => {
  assert.equal(
    brokerProgress(`40\n2\n${NEWER}\n11\n`).text,
    "it recovers its logs: 2 of 11 loaded, 40 segments looked through, 3 of 17 segments of orders-9",
  );
  assert.equal(
    brokerProgress(`40\n2\n${OLDER}\n11\n`).text,
    "it recovers its logs: 2 of 11 loaded, 40 segments looked through",
  );
  assert.notEqual(brokerProgress(`41\n2\n${OLDER}\n11\n`).mark, brokerProgress(`40\n2\n${OLDER}\n11\n`).mark);
  assert.deepEqual(brokerProgress("0\n0\n\n11\n"), { mark: "", text: "" });
});

test("a server that reads a snapshot gets further with each byte", () => {
  const [first, second] = [1024, 2048].map((bytes) => serverProgress(`snapshot.100000000 ${bytes}\n`));
  assert.equal(first?.text, "it reads snapshot.100000000: 1024 bytes");
  assert.notEqual(first?.mark, second?.mark);
  assert.deepEqual(serverProgress(""), { mark: "", text: "" });
});
