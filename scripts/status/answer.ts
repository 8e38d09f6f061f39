import { kafkaReason } from "../lib/kafka.ts";
import { within } from "../lib/wait.ts";
import type { Answer } from "./facts.ts";

/** How long a machine, a server or a broker may take to answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Lets an error count as seen, and what takes longer than {@link ANSWER_TIMEOUT_MS}; its first line says enough. */
export async function answerOf<T>(work: Promise<T>): Promise<Answer<T>> {
  const late = new Error(`no answer in ${ANSWER_TIMEOUT_MS / 1000} s`);
  try {
    return { value: await within(ANSWER_TIMEOUT_MS, work, late) };
  } catch (error) {
    return { seen: reasonOf(error) };
  }
}

/** The first line of what an error says at its root; its kind where it says nothing. */
export function reasonOf(error: unknown): string {
  const [line = ""] = kafkaReason(error).trim().split("\n");
  return line || (error instanceof Error ? error.name : "no reason was given");
}
