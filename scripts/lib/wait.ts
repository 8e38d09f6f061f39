import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./report.ts";

/**
 * Polls until a check gives a value.
 *
 * @param what what is waited for, for the error: "broker 2 to register"
 * @param check gives the value, or a sentence that says what is seen instead; what it throws counts as seen instead
 * @param timeoutMs how long to try, in milliseconds
 * @param intervalMs pause between tries, in milliseconds
 * @default intervalMs 100
 * @param whileChanging whether the time begins anew whenever something else is seen than before
 * @default whileChanging false
 * @throws UserError after the time-out, with what was seen last
 */
export async function waitFor<T>(
  what: string,
  check: () => Promise<{ value: T } | { seen: string }>,
  timeoutMs: number,
  intervalMs = 100,
  whileChanging = false,
): Promise<T> {
  let deadline = Date.now() + timeoutMs;
  let seen = "no answer";
  for (;;) {
    const ended = new AbortController();
    // A check that hangs must not outlast the time-out.
    const late = sleep(Math.max(0, deadline - Date.now()), { seen }, { signal: ended.signal });
    const outcome = await Promise.race([check(), late]).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      return { seen: (error as Error).message };
    });
    ended.abort();
    late.catch(() => undefined);
    if ("value" in outcome) return outcome.value;
    if (whileChanging && outcome.seen !== seen) deadline = Date.now() + timeoutMs;
    ({ seen } = outcome);
    if (Date.now() >= deadline) {
      throw new UserError(`waited ${Math.round(timeoutMs / 1000)} s for ${what}; seen instead: ${seen}`);
    }
    await sleep(intervalMs);
  }
}

/**
 * Gives what the work gives when it takes no longer than a time-out; the work itself goes on.
 *
 * @param timeoutMs in milliseconds
 * @param reason what is thrown after the time-out, or gives it then
 */
export async function within<T>(timeoutMs: number, work: Promise<T>, reason: Error | (() => Error)): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(reason instanceof Error ? reason : reason());
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
