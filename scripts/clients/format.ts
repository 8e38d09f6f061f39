import type { IHeaders, KafkaMessage } from "kafkajs";
import { escaped, readable } from "./escape.ts";

/** Stands after each message, as in the operations note's consumer. */
export const SEPARATOR = "*".repeat(100);

/** The last moment that a date of JavaScript can be, either way from 1970, in milliseconds. */
const LAST_DATE = 8_640_000_000_000_000n;

/**
 * Makes one message readable, whatever it is: where and when it was written, key and headers, then its value as it came.
 *
 * @param raw whether key, headers and value go to the output as they are, also what a terminal would act on
 */
export function formatMessage(topic: string, partition: number, message: KafkaMessage, raw = false): Buffer {
  const { offset, timestamp, key, value, headers = {} } = message;
  const show = (bytes: Buffer, oneLine: boolean): Buffer => (raw ? bytes : Buffer.from(escaped(bytes, oneLine)));
  const shown = (bytes: Buffer | null, oneLine: boolean): Buffer =>
    bytes === null || bytes.length === 0 ? Buffer.from(bytes ? "(empty)" : "none") : show(bytes, oneLine);
  return Buffer.concat([
    Buffer.from(
      `message: topic ${topic}, partition ${partition}, offset ${offset}, timestamp ${moment(timestamp)}, key `,
    ),
    // Absent where a client of kafkajs has sent it.
    shown(key ?? null, true),
    Buffer.from(", headers "),
    Object.keys(headers).length > 0
      ? show(Buffer.from(JSON.stringify(textHeaders(headers))), true)
      : Buffer.from("none"),
    Buffer.from("\nvalue: "),
    shown(value, false),
    Buffer.from(`\n${SEPARATOR}\n`),
  ]);
}

/** A message's timestamp; producers may write any number there, and -1 stands for none. */
function moment(timestamp: string): string {
  if (!/^-?\d+$/.test(timestamp)) return timestamp;
  const milliseconds = BigInt(timestamp);
  if (milliseconds === -1n) return "none";
  if (milliseconds > LAST_DATE || milliseconds < -LAST_DATE) return `${timestamp} (no time in milliseconds)`;
  return new Date(Number(milliseconds)).toISOString();
}

function textHeaders(headers: IHeaders): Record<string, unknown> {
  const text = (value: Buffer | string | null): string | null =>
    value === null ? null : typeof value === "string" ? value : readable(value);
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(text) : text(value ?? null),
    ]),
  );
}
