import assert from "node:assert/strict";
import { test } from "node:test";
import type { KafkaMessage } from "kafkajs";
import { printer } from "../../../scripts/clients/printer.ts";

const message = (offset: number): KafkaMessage => ({
  offset: String(offset),
  timestamp: "0",
  key: null,
  value: Buffer.from("goods"),
  attributes: 0,
  headers: {},
});
/** A getter stands for whatever a formatter does not bear. */
const unshowable = (offset: number): KafkaMessage => ({
  ...message(offset),
  get value(): never {
    throw new Error("no such value");
  },
});

test("a message that can't be shown is none of those that were asked for", async () => {
  const [shown, told]: [string[], string[]] = [[], []];
  const write = (text: Buffer): Promise<boolean> => Promise.resolve(shown.push(String(text)) > 0);
  const print = printer("orders", "json", { write, told: (what) => told.push(what) }, 2);
  assert.equal(await print(0, unshowable(1)), true);
  assert.equal(await print(0, message(2)), true);
  assert.equal(await print(0, unshowable(3)), true);
  assert.equal(await print(0, message(4)), false);
  assert.deepEqual(
    shown.filter(Boolean).map((line) => (JSON.parse(line) as { offset: number }).offset),
    [2, 4],
  );
  assert.deepEqual(
    told,
    [1, 3].map((offset) => `topic orders, partition 0, offset ${offset} can't be shown: no such value`),
  );
});

test("printing ends when nothing reads it any more, and without a limit only then", async () => {
  let isRead = true;
  const print = printer("orders", "raw", { write: () => Promise.resolve(isRead), told: assert.fail });
  for (let offset = 0; offset < 5; offset += 1) assert.equal(await print(0, message(offset)), true);
  isRead = false;
  assert.equal(await print(0, message(5)), false);
});
