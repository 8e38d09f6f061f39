/** Where the time of the end-to-end tests goes: each of the project's commands that a test runs is written down. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** Variable of the environment with the file that commands are written to, a line of JSON each. */
export const COMMANDS_FILE = "KAFKA_CLUSTER_TEST_COMMANDS";

/** How many of the slowest commands are shown. */
const SLOWEST = 20;

/** A command that a test has run. */
export interface TimedCommand {
  readonly stack: string;
  /** What was run: `up --replace …`. */
  readonly command: string;
  readonly seconds: number;
  /** Machines that it made. */
  readonly machines: number;
  /** Members whose files were written and whose services were started or restarted. */
  readonly applies: number;
}

/**
 * Writes a command down.
 *
 * @param text what it showed: Pulumi names each resource that it has made or changed
 */
export function noteCommand(stack: string, command: string, seconds: number, text: string): void {
  const file = process.env[COMMANDS_FILE];
  if (file === undefined) return;
  const count = (part: string): number => {
    const done = new RegExp(`command:local:Command (\\S+-${part}) (created|updated|replaced)`, "g");
    return new Set([...text.matchAll(done)].map(([, name]) => name)).size;
  };
  const noted: TimedCommand = { stack, command, seconds, machines: count("machine"), applies: count("apply") };
  appendFileSync(file, `${JSON.stringify(noted)}\n`);
}

/** The commands that the tests have written down. */
export function readCommands(file: string): TimedCommand[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as TimedCommand);
}

/**
 * Where the time went: files, kinds of commands and the slowest commands, each longest first.
 *
 * @param files seconds by name
 */
export function timeTable(files: ReadonlyMap<string, number>, commands: readonly TimedCommand[]): string {
  const kinds = new Map<string, { seconds: number; count: number }>();
  for (const { command, seconds } of commands) {
    const kind = command.split(" ")[0] ?? "";
    const sum = kinds.get(kind) ?? { seconds: 0, count: 0 };
    kinds.set(kind, { seconds: sum.seconds + seconds, count: sum.count + 1 });
  }
  const total = (of: "machines" | "applies"): number => commands.reduce((sum, command) => sum + command[of], 0);
  return [
    "where the time went, by file",
    ...[...files].sort(([, a], [, b]) => b - a).map(([name, seconds]) => row(seconds, name)),
    "by command, of all lanes together",
    ...[...kinds]
      .sort(([, a], [, b]) => b.seconds - a.seconds)
      .map(([kind, { seconds, count }]) => row(seconds, `${kind}, ${count} times`)),
    `machines made: ${total("machines")}; files and services of a member brought up to date: ${total("applies")}`,
    `the ${SLOWEST} slowest commands`,
    ...[...commands]
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, SLOWEST)
      .map(({ seconds, stack, command, machines, applies }) =>
        row(seconds, `${stack} ${command} (machines ${machines}, members ${applies})`),
      ),
  ].join("\n");
}

function row(seconds: number, what: string): string {
  return `${seconds.toFixed(1).padStart(8)} s  ${what}`;
}
