import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Roll, ROLL } from "../../model/rollOrder.ts";
import { type PlanLog, readPlan } from "../plan/planSteps.ts";
import { type AttachedOptions, pulumiAttached } from "./engine.ts";

/** Options of `pulumi up` that `pulumi preview` does not know, or that change how it is shown. */
const UP_ONLY = ["--yes", "-y", "--skip-preview", "-f", "--continue-on-error", "--strict", "--json", "-j"];

/** Options of Pulumi after which it leaves resources out, and the variables that it reads where they are not given. */
const TARGETS = ["--target", "--target-replace", "--exclude"];
const TARGET_VARIABLES = ["PULUMI_OPTION_TARGET", "PULUMI_OPTION_TARGET_REPLACE", "PULUMI_OPTION_EXCLUDE"];

/**
 * The order of a roll, given the options of an `up` or a `preview`.
 *
 * @param recorded names of members in the order on record
 */
export function rollFor(args: readonly string[], recorded: readonly string[]): Roll {
  // A short option may have its value right behind it.
  const isTarget = (arg: string): boolean => /^-[tx]/.test(arg) || TARGETS.includes(arg.replace(/=.*/, ""));
  const isTargeted = args.some(isTarget) || TARGET_VARIABLES.some((name) => process.env[name]);
  return isTargeted ? { order: recorded, fixed: true } : { order: recorded, controllerLast: true };
}

/** What tells the program of it. */
export function rollEnvironment(roll: Roll): Record<string, string> {
  return { [ROLL]: JSON.stringify(roll) };
}

/** How a preview went. */
export interface Planned extends PlanLog {
  readonly code: number;
  /** What Pulumi showed; empty when it was shown on the terminal. */
  readonly text: string;
}

/** The options of an `up`, as far as they are those of a preview, too; the event log is for the update. */
export function previewOptions(args: readonly string[]): string[] {
  return args.filter(
    (arg, place) =>
      !UP_ONLY.includes(arg.replace(/=.*/, "")) && !/^--event-log(=|$)/.test(arg) && args[place - 1] !== "--event-log",
  );
}

/** What a run of Pulumi left: its exit code, and its event log. */
interface Logged {
  readonly code: number;
  /** Empty when it failed too early to write one, such as without a passphrase. */
  readonly log: string;
}

/** Runs Pulumi with this process's terminal, and has it write its event log. */
export async function runLogged(args: readonly string[], options: AttachedOptions = {}): Promise<Logged> {
  const folder = await mkdtemp(join(tmpdir(), "kafka-cluster-events-"));
  try {
    const own = ownLog(args);
    const file = own ?? join(folder, "events");
    const code = await pulumiAttached(own === undefined ? [...args, "--event-log", file] : args, {
      ...options,
      // The CLI hides the event log's option without it.
      env: { ...options.env, PULUMI_DEBUG_COMMANDS: "true" },
    });
    return { code, log: await readFile(file, "utf8").catch(() => "") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file that the user wants to have the event log in. */
function ownLog(args: readonly string[]): string | undefined {
  const joined = args.find((arg) => arg.startsWith("--event-log="));
  if (joined !== undefined) return joined.slice("--event-log=".length);
  const place = args.indexOf("--event-log");
  return place < 0 ? undefined : args[place + 1];
}

/**
 * Runs `pulumi preview` and gives the steps that the engine plans.
 *
 * @param quiet whether its display is kept back, for the case that it fails
 */
export async function planUpdate(args: readonly string[], quiet: boolean, roll: Roll): Promise<Planned> {
  let text = "";
  const { code, log } = await runLogged(["preview", ...args], {
    env: rollEnvironment(roll),
    ...(quiet && { onOutput: (piece: string): unknown => (text += piece) }),
  });
  const plan = readPlan(log);
  if (code === 0 && plan.steps.length === 0)
    throw new Error("Pulumi has planned an update and left no step in its event log");
  return { code, text, ...plan };
}
