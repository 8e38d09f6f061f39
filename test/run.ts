/**
 * Runs the project's checks: format, lint, type check, unit tests, and end-to-end tests on a real cluster.
 *
 *     node --import tsx test/run.ts [unit | --list | NAME…]
 *
 * `unit` runs the unit tests alone, `--list` names the end-to-end files, and names run these alone: `rolling topics`.
 * The last line is `N passed, N failed, N skipped`, a check of the whole tree counting as one test.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { stopHypervisorIfStarted } from "../scripts/setup/hypervisor.ts";
import { COMMANDS_FILE, readCommands, timeTable } from "./e2e/support/commandTimes.ts";

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const CHECKS: readonly (readonly [name: string, ...command: string[]])[] = [
  ["format", "prettier", "--check", "--log-level", "warn", "."],
  ["lint", "eslint", "."],
  ["type check", "tsc"],
];

/** How many end-to-end files run at a time: two cores are busy with two clusters, one of which mostly waits. */
const LANES = 2;

/** The files that take longest, in this order, so that no lane is left alone with one at the end. */
const LONGEST = ["secured", "awsChanges", "cluster", "rolling", "brokers", "upgrade", "status", "traffic"];

// Tests build everything from package registries, so that they mean the same wherever they run.
process.env.KAFKA_CLUSTER_SOURCES ??= "registries";

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
/** How long each end-to-end file took, in seconds. */
const seconds = new Map<string, number>();
const endToEnd = testFiles("test/e2e");
const args = process.argv.slice(2);
const names = args.filter((arg) => arg !== "unit" && arg !== "--list");
const strangers = names.filter((name) => !endToEnd.some((file) => nameOf(file) === name));

if (strangers.length > 0) {
  console.error(`error: no end-to-end test ${strangers.join(", ")}; there are ${endToEnd.map(nameOf).join(", ")}`);
  process.exit(1);
}
if (args.includes("--list")) {
  console.log(endToEnd.map(nameOf).join("\n"));
  process.exit(0);
}
if (names.length > 0) await runEndToEnd(endToEnd.filter((file) => names.includes(nameOf(file))));
else {
  const unitOnly = args.includes("unit");
  if (!unitOnly) for (const [name, ...command] of CHECKS) check(name, command);
  const files = testFiles("test/unit");
  console.log(`\nunit tests: ${files.length} files`);
  await runFiles(files, 2, (text) => process.stdout.write(text));
  // A tree that fails its quick checks would waste the minutes that a cluster takes.
  if (!unitOnly && totals.failed === 0) await runEndToEnd(endToEnd);
}

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file))
    .sort();
}

function nameOf(file: string): string {
  return basename(file, ".test.ts");
}

function check(name: string, [program = "", ...args]: string[]): void {
  count(name, spawnSync(`node_modules/.bin/${program}`, args, { stdio: "inherit" }).status === 0);
}

function count(name: string, passed: boolean): void {
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${process.uptime().toFixed(0)} s since the start)`);
  if (passed) totals.passed += 1;
  else totals.failed += 1;
}

/** Runs end-to-end tests, {@link LANES} files at a time; what a file shows stands together, when it has ended. */
async function runEndToEnd(files: readonly string[]): Promise<void> {
  // Once for all lanes; and what it starts is this run's, so that no test's `down` stops it under another.
  const home = mkdtempSync(join(tmpdir(), "kafka-cluster-tests-"));
  process.env[COMMANDS_FILE] = join(home, "commands.jsonl");
  const env = { ...process.env, KAFKA_CLUSTER_HOME: home };
  const setUp = spawnSync(process.execPath, ["scripts/bootstrap.mjs", "setup"], { stdio: "inherit", env });
  count("set-up", setUp.status === 0);
  try {
    if (setUp.status !== 0) return;
    const isLong = (file: string): boolean => LONGEST.includes(nameOf(file));
    const long = LONGEST.flatMap((name) => files.filter((file) => nameOf(file) === name));
    const queue = [...long, ...files.filter((file) => !isLong(file))];
    console.log(`\nend-to-end tests: ${queue.map(nameOf).join(", ")}; ${LANES} at a time`);
    const lane = async (): Promise<void> => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) await runFile(file);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    console.log(`\n${timeTable(seconds, readCommands(process.env[COMMANDS_FILE]))}`);
  } finally {
    process.env.KAFKA_CLUSTER_HOME = home;
    await stopHypervisorIfStarted();
    rmSync(home, { recursive: true, force: true });
  }
}

async function runFile(file: string): Promise<void> {
  const started = Date.now();
  let text = "";
  console.log(`${nameOf(file)} begins (${process.uptime().toFixed(0)} s since the start)`);
  await runFiles([file], 1, (piece) => (text += piece));
  const took = (Date.now() - started) / 1000;
  seconds.set(nameOf(file), took);
  process.stdout.write(`\n${nameOf(file)}, ${took.toFixed(0)} s\n${text}`);
}

async function runFiles(
  files: readonly string[],
  concurrency: number,
  write: (text: string) => unknown,
): Promise<void> {
  if (files.length === 0) return;
  const stream = run({ files: [...files], concurrency });
  stream.on("test:pass", ({ skip, todo, details }) => {
    if (details.type === "suite") return;
    if (skip !== undefined || todo !== undefined) totals.skipped += 1;
    else totals.passed += 1;
  });
  stream.on("test:fail", ({ details }) => {
    if (details.type !== "suite") totals.failed += 1;
  });
  for await (const text of stream.compose(new spec())) write(text as string);
}
