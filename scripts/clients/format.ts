import { isUtf8 } from "node:buffer";
import type { KafkaMessage } from "kafkajs";
import { type Header, headersOf } from "../lib/kafkajsTolerance.ts";
import { escaped, escapedText, quoted, readable } from "./escape.ts";

/** Stands after each message, as in the operations note's consumer. */
export const SEPARATOR = "*".repeat(100);

/** The last moment that a date of JavaScript can be, either way from 1970, in milliseconds. */
const LAST_DATE = 8_640_000_000_000_000n;

/** Stands before the first line of a value; on a terminal the others are indented as far. */
const VALUE = "value: ";

/** How messages are shown: for a terminal, with all bytes as they are, or as one JSON document a line. */
export type Form = "terminal" | "raw" | "json";

/**
 * Makes one message readable, whatever it is: where and when it was written, key and headers, then its value.
 *
 * On a terminal nothing of a message acts on it, or can be taken for another message: key and headers are quoted, and
 * lines of a value are indented. `raw` has keys and values byte by byte.
 */
export function formatMessage(topic: string, partition: number, message: KafkaMessage, form: Form): Buffer {
  if (form === "json") return Buffer.from(`${jsonMessage(topic, partition, message)}\n`);
  const { offset, value } = message;
  const timestamp = timestampOf(message);
  // Absent where a client of kafkajs has sent it.
  const key = message.key ?? null;
  const headers = headersOf(message);
  const raw = form === "raw";
  return Buffer.concat([
    Buffer.from(
      `message: topic ${topic}, partition ${partition}, offset ${offset}, timestamp ${moment(timestamp)}, key `,
    ),
    raw ? rawKey(key) : Buffer.from(key === null ? "none" : quoted(key)),
    Buffer.from(`, headers ${headers.length > 0 ? `{${headers.map(raw ? rawHeader : header).join(",")}}` : "none"}\n`),
    shownValue(value, raw),
    Buffer.from(`\n${SEPARATOR}\n`),
  ]);
}

/**
 * Formats a message as {@link formatMessage} does; one that can't be keeps back none of those after it.
 *
 * @param told is told where such a message stands, and why it can't be shown
 * @returns nothing, of no length, when it can't be shown
 */
export function formatOrTell(
  topic: string,
  partition: number,
  message: KafkaMessage,
  form: Form,
  told: (what: string) => void,
): Buffer {
  try {
    return formatMessage(topic, partition, message, form);
  } catch (error) {
    const why = (error as Error).message;
    told(`topic ${topic}, partition ${partition}, offset ${message.offset} can't be shown: ${why}`);
    return Buffer.alloc(0);
  }
}

function rawKey(key: Buffer | null): Buffer {
  return key !== null && key.length > 0 ? key : Buffer.from(key ? "(empty)" : "none");
}

function header({ name, value }: Header): string {
  return `${quoted(name)}:${value === null ? "null" : quoted(value)}`;
}

function rawHeader({ name, value }: Header): string {
  return `${JSON.stringify(readable(name))}:${JSON.stringify(value === null ? null : readable(value))}`;
}

function shownValue(value: Buffer | null, raw: boolean): Buffer {
  if (value === null) return Buffer.from("no value");
  if (value.length === 0) return Buffer.from("empty value");
  const indented = (): Buffer => Buffer.from(escaped(value).replaceAll("\n", `\n${" ".repeat(VALUE.length)}`));
  return Buffer.concat([Buffer.from(VALUE), raw ? value : indented()]);
}

/** Without a line feed, and nothing that a terminal would act on. */
function jsonMessage(topic: string, partition: number, message: KafkaMessage): string {
  const { offset, key, value } = message;
  const timestamp = timestampOf(message);
  const headers = headersOf(message).map((given) => ({
    name: isUtf8(given.name) ? given.name.toString() : bytesOf(given.name),
    value: bytesOf(given.value),
  }));
  const where = JSON.stringify({ topic, partition }).slice(0, -1);
  const what = JSON.stringify({ timestamp, key: bytesOf(key ?? null), value: bytesOf(value), headers }).slice(1);
  // An int64, in JSON of any size: JavaScript's numbers would round it.
  return escapedText(`${where},"offset":${offset},${what}`, true);
}

/** Bytes as JSON: none, text, or what is no UTF-8. */
type Bytes = null | { readonly text: string } | { readonly base64: string };

function bytesOf(bytes: Buffer | null): Bytes {
  if (bytes === null) return null;
  return isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString("base64") };
}

/** Stands for no timestamp, in Kafka's protocol. */
const NO_TIMESTAMP = "-1";

/** A message's timestamp in milliseconds; messages in the format before Kafka 0.10 have none. */
function timestampOf({ timestamp }: { readonly timestamp?: string }): string {
  return timestamp ?? NO_TIMESTAMP;
}

/** The time that a timestamp stands for; producers may write any number there. */
function moment(timestamp: string): string {
  if (!/^-?\d+$/.test(timestamp)) return timestamp;
  const milliseconds = BigInt(timestamp);
  if (timestamp === NO_TIMESTAMP) return "none";
  if (milliseconds > LAST_DATE || milliseconds < -LAST_DATE) return `${timestamp} (no time in milliseconds)`;
  return new Date(Number(milliseconds)).toISOString();
}
