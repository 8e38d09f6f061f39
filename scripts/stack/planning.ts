import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSteps, type Step } from "../plan/steps.ts";
import { pulumiAttached } from "./engine.ts";

/** Options of `pulumi up` that `pulumi preview` does not know, or that change how it is shown. */
const UP_ONLY = ["--yes", "-y", "--skip-preview", "-f", "--continue-on-error", "--strict", "--json", "-j"];

/** How a preview went. */
export interface Planned {
  readonly code: number;
  /** What Pulumi showed; empty when it was shown on the terminal. */
  readonly text: string;
  readonly steps: readonly Step[];
}

/** The options of an `up`, as far as they are those of a preview, too. */
export function previewOptions(args: readonly string[]): string[] {
  return args.filter((arg) => !UP_ONLY.includes(arg.replace(/=.*/, "")));
}

/**
 * Runs `pulumi preview` and gives the steps that the engine plans.
 *
 * @param quiet whether its display is kept back, for the case that it fails
 */
export async function planUpdate(args: readonly string[], quiet: boolean): Promise<Planned> {
  const folder = await mkdtemp(join(tmpdir(), "kafka-cluster-plan-"));
  try {
    const log = join(folder, "events");
    let text = "";
    // Last, so that it counts, and not one of the user's.
    const code = await pulumiAttached(["preview", ...args, "--event-log", log], {
      // The CLI hides the event log's option without it.
      env: { PULUMI_DEBUG_COMMANDS: "true" },
      ...(quiet && { onOutput: (piece: string): unknown => (text += piece) }),
    });
    // A run that fails early, such as one without a passphrase, writes none.
    const steps = readSteps(await readFile(log, "utf8").catch(() => ""));
    if (code === 0 && steps.length === 0)
      throw new Error("Pulumi has planned an update and left no step in its event log");
    return { code, text, steps };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
