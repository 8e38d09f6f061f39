import { text } from "node:stream/consumers";
import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { UserError } from "./report.ts";

/**
 * What the script is told, as the JSON that it is.
 *
 * @throws UserError when there is none
 */
export function specText(): string {
  const json = process.env[SPEC_VARIABLE] ?? "";
  if (json === "") throw new UserError(`${SPEC_VARIABLE} is not set: it tells the script what to do, as JSON`);
  return json;
}

/**
 * What the script is told: JSON in {@link SPEC_VARIABLE}.
 *
 * @throws UserError when there is none, SyntaxError when it is no JSON
 */
export function readSpecVariable<T>(): T {
  return JSON.parse(specText()) as T;
}

/**
 * The secrets that go beside it: JSON on standard input.
 *
 * @throws Error when it is no JSON
 */
export async function readSecrets<T>(): Promise<T> {
  const input = await text(process.stdin);
  try {
    return JSON.parse(input) as T;
  } catch {
    // What the parser says can hold a part of what it has read.
    throw new Error("standard input is not JSON");
  }
}

/** What the last run of the script gave, where its Command hands it on; undefined at the first one. */
export function lastResult<T>(): T | undefined {
  const last = process.env.PULUMI_COMMAND_STDOUT ?? "";
  return last === "" ? undefined : (JSON.parse(last) as T);
}
