import type { KafkaMessage } from "kafkajs";
import { type Form, formatOrTell } from "./format.ts";

/** What a {@link printer} prints to. */
export interface PrintedTo {
  /** Gives false when nothing reads it any more. */
  readonly write: (text: Buffer) => Promise<boolean>;
  /** Is told which messages can't be shown. */
  readonly told: (what: string) => void;
}

/**
 * Prints messages of a topic; what can't be shown is told, and is none of those that were asked for.
 *
 * @param max how many are printed. @default no limit
 * @returns prints one, and gives whether another one is wanted
 */
export function printer(
  topic: string,
  form: Form,
  { write, told }: PrintedTo,
  max?: number,
): (partition: number, message: KafkaMessage) => Promise<boolean> {
  let printed = 0;
  return async (partition, message) => {
    const text = formatOrTell(topic, partition, message, form, told);
    if (!(await write(text))) return false;
    if (text.length > 0) printed += 1;
    return printed !== max;
  };
}
