/**
 * Runs the project's checks: format, lint, type check, unit tests, and end-to-end tests on a real cluster.
 *
 *     node --import tsx test/run.ts [unit]
 *
 * The last line is `N passed, N failed, N skipped`, a check of the whole tree counting as one test.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

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

// Tests build everything from package registries, so that they mean the same wherever they run.
process.env.KAFKA_CLUSTER_SOURCES ??= "registries";

const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
const unitOnly = process.argv[2] === "unit";

if (!unitOnly) for (const [name, ...command] of CHECKS) check(name, command);
await runTests("unit tests", "test/unit");
// A tree that fails its quick checks would waste the minutes that a cluster takes.
if (!unitOnly && totals.failed === 0) await runTests("end-to-end tests", "test/e2e");

console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

function check(name: string, [program = "", ...args]: string[]): void {
  const started = Date.now();
  const { status } = spawnSync(`node_modules/.bin/${program}`, args, { stdio: "inherit" });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (status === 0) totals.passed += 1;
  else totals.failed += 1;
}

async function runTests(title: string, folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file))
    .sort();
  console.log(`\n${title}: ${files.length} files`);
  const stream = run({ files, concurrency: folder.endsWith("e2e") ? 1 : 2 });
  stream.on("test:pass", ({ skip, todo, details }) => {
    if (details.type === "suite") return;
    if (skip !== undefined || todo !== undefined) totals.skipped += 1;
    else totals.passed += 1;
  });
  stream.on("test:fail", ({ details }) => {
    if (details.type !== "suite") totals.failed += 1;
  });
  for await (const text of stream.compose(new spec())) process.stdout.write(text as string);
}
