/** One step of the set-up. Steps run one after the other, in the order given. */
export interface Step {
  /** What it provides, for people: `Pulumi CLI 3.259.0`. */
  readonly name: string;
  /** Whether nothing is left to do. Runs at every set-up, so it has to be quick (milliseconds) and change nothing. */
  readonly isDone: () => Promise<boolean>;
  /**
   * Does the work; may be run again after an interruption at any point.
   *
   * @param note shows what it is at, in place, where a person watches
   * @returns how it was done (`built from Go modules`), or nothing
   * @throws UserError for what the user can put right
   */
  readonly run: (note: (text: string) => void) => Promise<string | void>;
}

/** Where the lines go. */
export interface StepOutput {
  /** Whether a line can be overwritten, so that a step shows itself while it runs. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/**
 * Runs the steps that are not done and writes one line for each: `ok` (was there already), `done` or `failed`, its
 * name and its time in seconds.
 *
 * @param output @default standard error
 * @throws what the first failing step throws; those before it stay done, so that the next run goes on there
 */
export async function runSteps(steps: readonly Step[], output: StepOutput = process.stderr): Promise<void> {
  for (const step of steps) {
    const started = performance.now();
    const line = (state: string, how?: string): void => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const text = `${state.padEnd(6)} ${step.name}${how ? `: ${how}` : ""} (${seconds} s)`;
      output.write(output.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
    };
    const note = (text: string): void => {
      // One column is kept free: a full line would wrap and could not be overwritten.
      if (output.isTTY) output.write(`\r\x1b[K${`...    ${step.name}: ${text}`.slice(0, (output.columns ?? 80) - 1)}`);
    };
    try {
      if (await step.isDone()) {
        line("ok");
        continue;
      }
      note("started");
      line("done", (await step.run(note)) ?? undefined);
    } catch (error) {
      line("failed");
      throw error;
    }
  }
}
