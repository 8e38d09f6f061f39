import type { IHeaders, KafkaMessage } from "kafkajs";

/** Stands after each message, as in the operations note's consumer. */
export const SEPARATOR = "*".repeat(100);

/** Makes one message readable: where and when it was written, key and headers, then its value as indented JSON. */
export function formatMessage(topic: string, partition: number, message: KafkaMessage): string {
  const { offset, timestamp, key, value, headers } = message;
  return [
    `message: topic ${topic}, partition ${partition}, offset ${offset}, ` +
      `timestamp ${new Date(Number(timestamp)).toISOString()}, key ${key?.toString() ?? "none"}, ` +
      `headers ${headers && Object.keys(headers).length > 0 ? JSON.stringify(textHeaders(headers)) : "none"}`,
    `value: ${formatValue(value)}`,
    SEPARATOR,
  ].join("\n");
}

function formatValue(value: Buffer | null): string {
  if (value === null) return "none";
  const text = value.toString();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return `(not JSON) ${text}`;
  }
}

function textHeaders(headers: IHeaders): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((each) => each.toString()) : value?.toString(),
    ]),
  );
}
