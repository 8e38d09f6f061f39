/** One step of the set-up. Steps run one after the other, in the order given. */
export interface Step {
  /** What it provides, for people: `Pulumi CLI 3.259.0`. */
  readonly name: string;
  /** Whether nothing is left to do. Runs at every set-up, so it has to be quick (milliseconds) and change nothing. */
  readonly isDone: () => Promise<boolean>;
  /**
   * Does the work; may be run again after an interruption at any point.
   *
   * @param note says what it is at
   * @returns how it was done (`built from Go modules`), or nothing
   * @throws UserError for what the user can put right
   */
  readonly run: (note: (text: string) => void) => Promise<string | void>;
}

/** Where the lines go. */
export interface StepOutput {
  /** Whether a line can be overwritten. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Pause between two looks at a step that runs, in milliseconds. */
const TICK_MS = 1_000;
/** Where a line can't be overwritten: how long a note has to stand, and how long the line before it, in milliseconds. */
const [NOTE_MS, GAP_MS] = [2_000, 5_000];
/** How long nothing is written there while a step runs, in milliseconds. */
const SILENCE_MS = 60_000;

/**
 * Runs the steps that are not done and writes one line for each: `ok` (was there already), `done` or `failed`, its
 * name and its time in seconds. One that takes long shows what it is at and for how long: in place on a terminal, else as a
 * line when that begins and about every minute.
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
    try {
      if (await step.isDone()) {
        line("ok");
        continue;
      }
      const watch = watched(step.name, output);
      line("done", (await step.run(watch.note).finally(watch.end)) ?? undefined);
    } catch (error) {
      line("failed");
      throw error;
    }
  }
}

/** Shows what a step is at while it runs. */
interface Watch {
  readonly note: (text: string) => void;
  readonly end: () => void;
}

function watched(name: string, output: StepOutput): Watch {
  const started = Date.now();
  let current = { text: "started", since: started };
  let written = { text: "", at: started };
  const show = (): void => {
    const seconds = Math.floor((Date.now() - started) / 1000);
    const text = `...    ${name}${seconds > 0 ? ` (${seconds} s)` : ""}: ${current.text}`;
    // One column is kept free: a full line would wrap and could not be overwritten.
    output.write(output.isTTY ? `\r\x1b[K${text.slice(0, (output.columns ?? 80) - 1)}` : `${text}\n`);
    written = { text: current.text, at: Date.now() };
  };
  const tick = (): void => {
    const [stands, silent] = [Date.now() - current.since, Date.now() - written.at];
    const isNew = current.text !== written.text && stands >= NOTE_MS && (written.text === "" || silent >= GAP_MS);
    if (output.isTTY || isNew || silent >= SILENCE_MS) show();
  };
  if (output.isTTY) show();
  const timer = setInterval(tick, TICK_MS);
  return {
    note: (text) => {
      current = { text, since: Date.now() };
      if (output.isTTY) show();
    },
    end: () => {
      clearInterval(timer);
    },
  };
}
