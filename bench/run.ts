/**
 * Measures the program against floors that are taken in the same run.
 *
 *     npm run bench -- [rounds] [--against REV]
 *
 * - from nothing to a verified cluster, beside bench/bare.sh, which does the bare work without checks or records;
 * - a second `up` and a preview with no change, beside a preview of an empty program;
 * - a change that restarts three brokers one after the other, beside a bare script (bench/rolling.ts).
 *
 * With a revision it measures this tree against that one instead (bench/against.ts).
 *
 * Set-up, the image and Kafka's distribution are made before and not measured. Rounds alternate; medians are shown.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_KAFKA_VERSION, kafkaVersion } from "../model/kafka/versions.ts";
import { ensureDistribution } from "../scripts/distribution/ensureDistribution.ts";
import { runScript, UserError } from "../scripts/lib/report.ts";
import { findDaemon } from "../scripts/lib/daemon.ts";
import { spaceName } from "../model/local/names.ts";
import { cachedImage } from "../scripts/setup/machineImage.ts";
import { pulumiExecutable } from "../scripts/setup/pulumi.ts";
import { pulumiEnvironment } from "../scripts/stack/engine.ts";
import { stackConfigFile } from "../scripts/stack/prepare.ts";
import { benchAgainst } from "./against.ts";
import { median, ratio, restarting, show, timed } from "./measure.ts";
import { restartBare } from "./rolling.ts";

/** The first three numbers of the benchmark's own /24. */
const SUBNET = "10.213.50";
/** Name of the daemon's project of the benchmark's stack. */
const PROJECT = spaceName("bench");
/** Previews a kind, after one that warms the caches. */
const PREVIEWS = 5;

const { values: options, positionals } = parseArgs({
  options: { against: { type: "string" } },
  allowPositionals: true,
});
const rounds = Number(positionals[0] ?? (options.against === undefined ? 3 : 5));

if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`error: ${positionals[0]}: the number of rounds is a whole number from 1 on`);
  process.exit(1);
}
if (options.against !== undefined) benchAgainst(options.against, rounds);
else runScript(benchFloors);

async function benchFloors(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kafka-cluster-bench-"));
  // The project's own modules read these, too.
  process.env.KAFKA_CLUSTER_STACK = "bench";
  process.env.KAFKA_CLUSTER_HOME = join(folder, "home");
  process.env.KAFKA_CLUSTER_CONFIG = join(folder, "stack.yaml");
  writeFileSync(process.env.KAFKA_CLUSTER_CONFIG, readFileSync("Pulumi.dev.yaml", "utf8").replaceAll("10.0.0", SUBNET));
  try {
    command("setup");
    const previews = comparePreviews(folder);
    await compareDeployments(rounds, previews);
  } finally {
    command("down");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareDeployments(rounds: number, comparePreviews: () => void): Promise<void> {
  const bareEnvironment = await bareSettings();
  const bare: number[] = [];
  const up: number[] = [];
  const second: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    try {
      bare.push(timed("bench/bare.sh", [], { env: bareEnvironment }));
    } finally {
      timed("bench/bare.sh", ["clean-up"], { env: bareEnvironment });
    }
    up.push(command("up"));
    second.push(command("up"));
    console.log(`round ${round}: bare ${show(bare)}, up ${show(up)}, second up ${show(second)}`);
    if (round === rounds) {
      comparePreviews();
      await compareRolling(rounds, median(second));
    }
    command("down");
  }
  const limit = 1.3 * median(bare) + 5;
  console.log(`\nfrom nothing, bare script        ${median(bare).toFixed(1)} s`);
  console.log(`from nothing, npm run up         ${median(up).toFixed(1)} s, ${ratio(up, bare)} times the bare script`);
  console.log(`  aim: 1.3 times and 5 s more    ${limit.toFixed(1)} s: ${median(up) <= limit ? "met" : "missed"}`);
  console.log(`second up, no change             ${median(second).toFixed(1)} s`);
}

/**
 * Rolls the cluster by a change of a property, and by a bare script, in turn.
 *
 * @param idle how long an `up` without a change takes, in seconds: the program, its plan and the engine, without the roll
 */
async function compareRolling(rounds: number, idle: number): Promise<void> {
  const file = process.env.KAFKA_CLUSTER_CONFIG ?? "";
  const base = readFileSync(file, "utf8");
  const client = [(await findDaemon()).kind === "Incus" ? "incus" : "lxc", "--project", PROJECT];
  const brokers = [1, 2, 3].map((id) => ({ machine: `kafka-${id}`, address: `${SUBNET}.${17 + id}`, id }));
  const bare: number[] = [];
  const up: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await restartBare(client, brokers));
    writeFileSync(file, restarting(base, round));
    up.push(command("up"));
  }
  console.log(`\nrolling restart, bare script     ${median(bare).toFixed(1)} s (${show(bare)})`);
  console.log(`rolling restart, npm run up      ${median(up).toFixed(1)} s (${show(up)})`);
  console.log(`  aim: 1.3 times                 ${ratio(up, bare)} times`);
  const roll = up.map((seconds) => seconds - idle);
  console.log(`  without what an idle up takes  ${ratio(roll, bare)} times (${show(roll)})`);
}

/** Prepares an empty program and gives the function that compares previews with it. */
function comparePreviews(folder: string): () => void {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  writeFileSync(join(empty, "index.mjs"), 'import "@pulumi/pulumi";\n');
  writeFileSync(join(empty, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(empty, "Pulumi.yaml"),
    "name: empty\nruntime: { name: nodejs, options: { typescript: false } }\nmain: index.mjs\n",
  );
  symlinkSync(resolve("node_modules"), join(empty, "node_modules"));
  const pulumi = (...args: string[]): number => timed(pulumiExecutable(), args, { env: pulumiEnvironment() });
  pulumi("stack", "init", "bench", "--cwd", empty);
  return () => {
    const ours: number[] = [];
    const floor: number[] = [];
    for (let i = 0; i <= PREVIEWS; i += 1) {
      floor.push(pulumi("preview", "--cwd", empty));
      ours.push(pulumi("preview", "--expect-no-changes", "--config-file", stackConfigFile()));
    }
    // The first pair warms the caches.
    const [warmFloor, warmOurs] = [floor.slice(1), ours.slice(1)];
    console.log(`\npreview of an empty program      ${median(warmFloor).toFixed(1)} s (${show(warmFloor)})`);
    console.log(`preview with no change           ${median(warmOurs).toFixed(1)} s (${show(warmOurs)})`);
    console.log(`  aim: 1.5 times                 ${ratio(warmOurs, warmFloor)} times`);
  };
}

/** What bench/bare.sh is told. */
async function bareSettings(): Promise<Record<string, string>> {
  const image = await cachedImage();
  if (!image) throw new UserError("the machine image is not in the cache: run `npm run setup` first");
  const { file } = await ensureDistribution(DEFAULT_KAFKA_VERSION);
  return {
    LXC: (await findDaemon()).kind === "Incus" ? "incus" : "lxc",
    NAME: "kc-bench-bare",
    SUBNET,
    IMAGE: dirname(image.rootfs),
    ARCHIVE: file,
    HOME_DIR: kafkaVersion(DEFAULT_KAFKA_VERSION).name,
  };
}

/** Runs one of the project's commands and gives its time in seconds. */
function command(name: string): number {
  return timed(process.execPath, ["scripts/bootstrap.mjs", name]);
}
