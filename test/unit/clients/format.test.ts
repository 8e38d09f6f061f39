import assert from "node:assert/strict";
import { test } from "node:test";
import type { KafkaMessage } from "kafkajs";
import { escaped } from "../../../scripts/clients/escape.ts";
import { formatMessage, SEPARATOR } from "../../../scripts/clients/format.ts";

const message: KafkaMessage = {
  offset: "5",
  timestamp: "0",
  key: Buffer.from("k"),
  value: Buffer.from('{"id":202201180000000014,"price":10.00, "name":"系列课"}'),
  headers: { h: Buffer.from("v"), many: [Buffer.from("1"), "2"] },
  attributes: 0,
};
const shown = (changes: Partial<KafkaMessage> = {}, raw = false): string =>
  formatMessage("t", 1, { ...message, ...changes } as KafkaMessage, raw).toString("latin1");
/** A colour, as a terminal takes it. */
const RED = Buffer.from("\u001b[31mred\u001b[0m");

test("a message is shown with its fields, its value as it came, and the separator", () => {
  assert.equal(
    formatMessage("taobao-yu1", 0, message).toString(),
    [
      "message: topic taobao-yu1, partition 0, offset 5, timestamp 1970-01-01T00:00:00.000Z, key k, " +
        'headers {"h":"v","many":["1","2"]}',
      'value: {"id":202201180000000014,"price":10.00, "name":"系列课"}',
      `${SEPARATOR}\n`,
    ].join("\n"),
  );
  assert.equal(SEPARATOR.length, 100);
});

test("null and empty are told apart, in keys, headers and values", () => {
  const empty = Buffer.alloc(0);
  assert.match(shown({ key: null, headers: {}, value: null }), /key none, headers none\nvalue: none\n/);
  assert.match(shown({ key: empty, value: empty }), /key \(empty\), .*\nvalue: \(empty\)\n/);
  const headers = { none: null, empty } as unknown as NonNullable<KafkaMessage["headers"]>;
  assert.match(shown({ headers }), /headers {"none":null,"empty":""}/);
});

test("any timestamp is shown: nanoseconds, before 1970, none, the farthest that there are", () => {
  const timestamp = (value: string): string => /timestamp (.*), key/.exec(shown({ timestamp: value }))?.[1] ?? "";
  assert.equal(timestamp("1642471950000000000"), "1642471950000000000 (no time in milliseconds)");
  assert.equal(timestamp("-1"), "none");
  assert.equal(timestamp("-2"), "1969-12-31T23:59:59.998Z");
  assert.equal(timestamp("8640000000000000"), "+275760-09-13T00:00:00.000Z");
  assert.equal(timestamp("8640000000000001"), "8640000000000001 (no time in milliseconds)");
  assert.equal(timestamp("-9223372036854775808"), "-9223372036854775808 (no time in milliseconds)");
});

test("a terminal gets control characters and what is no UTF-8 escaped, everything else gets the bytes", () => {
  const invalid = Buffer.from([0x61, 0xff, 0xe8, 0xb6, 0x62]);
  assert.equal(escaped(RED), "\\u001b[31mred\\u001b[0m");
  assert.equal(escaped(Buffer.from("a\tb\nc\rd\u009be\u202ef")), "a\tb\nc\\u000dd\\u009be\\u202ef");
  assert.equal(escaped(Buffer.from("a\tb\nc"), true), "a\\u0009b\\u000ac");
  assert.equal(escaped(invalid), "a\\xff\\xe8\\xb6b");
  assert.equal(escaped(Buffer.from("超哥😀")), "超哥😀");
  const all = { key: RED, value: invalid, headers: { [`h${String(RED)}`]: RED } };
  assert.doesNotMatch(shown(all), /\u001b/);
  assert.match(shown(all), /key \\u001b\[31mred/);
  assert.match(shown(all, true), /key \u001b\[31mred\u001b\[0m, /);
  assert.match(shown(all, true), /value: a\xff\xe8\xb6b\n/);
});
