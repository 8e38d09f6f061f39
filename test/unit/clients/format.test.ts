import assert from "node:assert/strict";
import { test } from "node:test";
import type { KafkaMessage } from "kafkajs";
import { escaped, quoted } from "../../../scripts/clients/escape.ts";
import { type Form, formatMessage, formatOrTell, SEPARATOR } from "../../../scripts/clients/format.ts";

/** Headers as the program's kafkajs gives them: names and values, in order. */
const headersOf = (...pairs: readonly (readonly [name: string | Buffer, value: Buffer | string | null])[]) =>
  pairs.map(([name, value]) => ({
    name: Buffer.from(name),
    value: value === null ? null : Buffer.from(value),
  })) as unknown as NonNullable<KafkaMessage["headers"]>;

const message: KafkaMessage = {
  offset: "5",
  timestamp: "0",
  key: Buffer.from("k"),
  value: Buffer.from('{"id":202201180000000014,"price":10.00, "name":"系列课"}'),
  headers: headersOf(["h", "v"], ["many", "1"], ["h", "2"]),
  attributes: 0,
};
const shown = (changes: Partial<KafkaMessage> = {}, form: Form = "terminal"): string =>
  formatMessage("t", 1, { ...message, ...changes } as KafkaMessage, form).toString("latin1");
/** A colour, as a terminal takes it. */
const RED = Buffer.from("\u001b[31mred\u001b[0m");

test("a message is shown with its fields, its value as it came, and the separator", () => {
  const expected = (key: string): string =>
    [
      `message: topic taobao-yu1, partition 0, offset 5, timestamp 1970-01-01T00:00:00.000Z, key ${key}, ` +
        'headers {"h":"v","many":"1","h":"2"}',
      'value: {"id":202201180000000014,"price":10.00, "name":"系列课"}',
      `${SEPARATOR}\n`,
    ].join("\n");
  assert.equal(formatMessage("taobao-yu1", 0, message, "raw").toString(), expected("k"));
  assert.equal(formatMessage("taobao-yu1", 0, message, "terminal").toString(), expected('"k"'));
  assert.equal(SEPARATOR.length, 100);
});

test("null, empty and texts that say so are told apart, in keys, headers and values", () => {
  const empty = Buffer.alloc(0);
  assert.match(shown({ key: null, headers: {}, value: null }), /key none, headers none\nno value\n/);
  assert.match(
    shown({ key: Buffer.from("none"), value: Buffer.from("no value") }),
    /key "none", .*\nvalue: no value\n/,
  );
  assert.match(shown({ key: empty, value: empty }), /key "", .*\nempty value\n/);
  const headers = headersOf(["none", null], ["empty", ""], ["", "null"]);
  for (const form of ["terminal", "raw"] as const) {
    assert.match(shown({ headers }, form), /headers {"none":null,"empty":"","":"null"}/);
  }
});

test("on a terminal no message can be taken for another one", () => {
  const frame = `\n${SEPARATOR}\nmessage: topic t, partition 1, offset 6`;
  const text = shown({
    key: Buffer.from(`k", headers none${frame}`),
    value: Buffer.from(`v${frame}\u2028${SEPARATOR}`),
    headers: headersOf([`h":"x"}${frame}`, `v"}${frame}`]),
  });
  const lines = text.split("\n");
  assert.equal(lines.filter((line) => line.startsWith("message: ")).length, 1);
  assert.equal(lines.filter((line) => line.startsWith(SEPARATOR)).length, 1);
  assert.ok(lines.includes("       message: topic t, partition 1, offset 6\\u2028" + SEPARATOR));
  assert.match(lines[0] ?? "", /, key "k\\", headers none\\u000a\*.*, headers {"h\\":\\"x\\"}\\u000a/);
  assert.equal(quoted(Buffer.from('a\\"\tb')), '"a\\\\\\"\\u0009b"');
  assert.equal(quoted(Buffer.from([0x22, 0xff, 0x5c])), '"\\"\\xff\\\\"');
});

test("as JSON a message is one line, from which it can be made again", () => {
  const parsed = (changes: Partial<KafkaMessage>): unknown => {
    const line = formatMessage("t", 1, { ...message, ...changes } as KafkaMessage, "json").toString();
    assert.match(line, /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u061c]*\n$/);
    return JSON.parse(line);
  };
  const common = { topic: "t", partition: 1, offset: 5, timestamp: "0" };
  assert.deepEqual(parsed({ headers: headersOf(["__proto__", "1"], ["h", null], ["h", "\u001b"], ["", ""]) }), {
    ...common,
    key: { text: "k" },
    value: { text: String(message.value) },
    headers: [
      { name: "__proto__", value: { text: "1" } },
      { name: "h", value: null },
      { name: "h", value: { text: "\u001b" } },
      { name: "", value: { text: "" } },
    ],
  });
  const invalid = Buffer.from([0x61, 0xff]);
  assert.deepEqual(parsed({ key: null, value: invalid, headers: headersOf([invalid, invalid]) }), {
    ...common,
    key: null,
    value: { base64: "Yf8=" },
    headers: [{ name: { base64: "Yf8=" }, value: { base64: "Yf8=" } }],
  });
  const text = 'none\n"\u2028\u061c\u009b\\';
  assert.deepEqual(parsed({ key: Buffer.from(text), value: Buffer.alloc(0), headers: {} }), {
    ...common,
    key: { text },
    value: { text: "" },
    headers: [],
  });
  // As a number of JavaScript it would end in 000.
  assert.match(shown({ offset: "9223372036854775807" }, "json"), /"offset":9223372036854775807,/);
});

test("any timestamp is shown: nanoseconds, before 1970, none, the farthest that there are", () => {
  const timestamp = (value: string): string => /timestamp (.*), key/.exec(shown({ timestamp: value }))?.[1] ?? "";
  assert.equal(timestamp("1642471950000000000"), "1642471950000000000 (no time in milliseconds)");
  assert.equal(timestamp("-1"), "none");
  // The format before Kafka 0.10.
  const without = { timestamp: undefined } as unknown as Partial<KafkaMessage>;
  assert.match(shown(without), /, timestamp none, key/);
  assert.match(shown(without, "json"), /,"timestamp":"-1",/);
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
  const all = { key: RED, value: invalid, headers: headersOf([`h${String(RED)}`, RED]) };
  assert.doesNotMatch(shown(all), /\u001b/);
  assert.match(shown(all), /key "\\u001b\[31mred/);
  assert.match(shown(all, "raw"), /key \u001b\[31mred\u001b\[0m, /);
  assert.match(shown(all, "raw"), /value: a\xff\xe8\xb6b\n/);
});

test("all that turns the direction of text is escaped: Unicode's Bidi_Control, and nothing else of Cf", () => {
  // PropList.txt of Unicode: 061C, 200E..200F, 202A..202E, 2066..2069.
  const controls = [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
  for (const code of controls) {
    assert.equal(escaped(Buffer.from(String.fromCodePoint(code))), `\\u${code.toString(16).padStart(4, "0")}`);
  }
  // Joiners are a part of words and of pictures.
  assert.equal(escaped(Buffer.from("\u200d\u200c")), "\u200d\u200c");
});

test("a message that can't be shown is named, with its place and the reason", () => {
  const told: string[] = [];
  const tell = (what: string) => told.push(what);
  const impossible = { ...message, value: 5 } as unknown as KafkaMessage;
  for (const form of ["terminal", "raw", "json"] as const) {
    assert.equal(formatOrTell("t", 1, impossible, form, tell).length, 0);
    assert.deepEqual(formatOrTell("t", 1, message, form, tell), formatMessage("t", 1, message, form));
  }
  assert.equal(told.length, 3);
  for (const what of told) assert.match(what, /^topic t, partition 1, offset 5 can't be shown: ./);
});
