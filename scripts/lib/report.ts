/**
 * A failure that the operator can act on: shown as its message alone, without a stack.
 * The message says what failed, with which value, and what to do.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}

/** One line of progress on standard error; standard output is kept for a script's result. */
export function progress(message: string): void {
  process.stderr.write(`${message}\n`);
}

/** Writes a script's result: one JSON document on standard output. */
export function result(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * Runs a script's main function and sets the exit code: 0, or 1 after an error.
 * A {@link UserError} prints its message; anything else is a bug and keeps its stack.
 */
export function runScript(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    progress(error instanceof UserError ? `error: ${error.message}` : String((error as Error).stack ?? error));
    process.exitCode = 1;
  });
}
