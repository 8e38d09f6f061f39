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

/** Writes a piece of a result that has no end of its own; gives false when nothing reads it any more. */
export function written(text: string | Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    process.stdout.write(text, (error) => {
      resolve(!error);
    });
  });
}

/** What is written to a reader that has gone, such as `| head`, is lost and fails nothing: the script goes on to its end. */
function dropUnread(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/**
 * Runs a script's main function and sets the exit code: 0, or 1 after an error.
 * A {@link UserError} prints its message; anything else is a bug and keeps its stack.
 */
export function runScript(main: () => Promise<void>): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", dropUnread);
  main().catch((error: unknown) => {
    progress(error instanceof UserError ? `error: ${error.message}` : String((error as Error).stack ?? error));
    process.exitCode = 1;
  });
}
