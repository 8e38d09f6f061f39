/** What the benchmarks share: timing a program, and medians. */
import { spawnSync } from "node:child_process";
import { UserError } from "../scripts/lib/report.ts";

/** Where and with what a program is run. */
export interface Surroundings {
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** @default this process's folder */
  readonly cwd?: string;
}

/** Runs a program and gives its time in seconds. @throws UserError with the end of its output when it fails */
export function timed(file: string, args: readonly string[], { env = {}, cwd }: Surroundings = {}): number {
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    env: { ...process.env, ...env },
    encoding: "utf8",
    ...(cwd !== undefined && { cwd }),
  });
  if (status !== 0) {
    const said = `${error?.message ?? ""}${stdout}${stderr}`.split("\n").slice(-25).join("\n");
    throw new UserError(`${file} ${args.join(" ")} ended with exit code ${status}:\n${said}`);
  }
  return (performance.now() - started) / 1000;
}

/** The one in the middle; the higher of the two there for an even number. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** A median as a multiple of another one. */
export function ratio(values: readonly number[], floor: readonly number[]): string {
  return (median(values) / median(floor)).toFixed(2);
}

/** All values, in their order. */
export function show(values: readonly number[]): string {
  return values.map((value) => value.toFixed(1)).join(" ");
}

/** A property that no running broker takes, and its two values in turn. */
const RESTARTING = { key: "queued.max.requests", values: [500, 501] };

/** A stack's configuration with a change that restarts every broker, another one in the next round. */
export function restarting(configuration: string, round: number): string {
  const anchor = "  kafka-cluster:brokerProperties:\n";
  return configuration.replace(anchor, `${anchor}    ${RESTARTING.key}: ${RESTARTING.values[round % 2]}\n`);
}
