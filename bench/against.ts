/**
 * Measures this tree against another revision of it: `npm run bench -- --against REV [rounds]`.
 *
 * The revision is checked out into a folder of its own and set up there. In each round both trees deploy the dev stack's
 * cluster, on a subnet each, and take turns at every step, the first one now here and now there:
 *
 * - from nothing to a verified cluster, an `up` and a preview that change nothing;
 * - a change that restarts three brokers, from the first one's stop until the last one is in sync, and the elections of the
 *   controller in another one;
 * - CPU of a broker's process from its start to its open port, and the memory of both JVMs at rest (Pss);
 * - how long writes stand still when the leader of a partition is killed.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runScript, UserError } from "../scripts/lib/report.ts";
import { plainSocket } from "../scripts/lib/sockets.ts";
import { waitFor } from "../scripts/lib/wait.ts";
import { ZooKeeperReader } from "../scripts/lib/zookeeperReader.ts";
import { inside } from "../test/e2e/support/machines.ts";
import { askAdmin } from "../test/traffic/client.ts";
import { underTraffic } from "../test/traffic/underTraffic.ts";
import { median, ratio, restarting, show, timed } from "./measure.ts";

const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
/** How long a killed broker may take to be in sync again, in milliseconds. */
const SYNC_TIMEOUT_MS = 120_000;

/** Restarts a broker and prints the CPU seconds of its process when its port has opened. */
const START_CPU = `systemctl restart kafka
address=$(sed -n 's|^listeners=PLAINTEXT://||p' /etc/kafka/server.properties)
until (exec 3<>"/dev/tcp/\${address%:*}/\${address#*:}") 2>/dev/null; do sleep 0.02; done
awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$(systemctl show -p MainPID --value kafka)/stat"`;

/** Prints the memory of both JVMs in KiB, each page shared by its number of users. */
const MEMORY = `for service in kafka zookeeper; do
  cat "/proc/$(systemctl show -p MainPID --value $service)/smaps_rollup"
done | awk '/^Pss:/ { sum += $2 } END { print sum }'`;

/** What is measured, in the order of the table, with its unit. */
const MEASURES = {
  nothing: ["from nothing to verified", "s"],
  idle: ["up that changes nothing", "s"],
  preview: ["preview that finds no change", "s"],
  roll: ["rolling restart, stop to in sync", "s"],
  elections: ["elections of the controller in one", ""],
  start: ["CPU of a broker's start to its open port", "s"],
  memory: ["memory of a member's JVMs at rest", "MiB"],
  still: ["writes stand still when a leader is killed", "s"],
} as const;
type Measure = keyof typeof MEASURES;

/** A checkout of the project with its own stack. */
class Tree {
  readonly name: string;
  readonly taken: Record<Measure, number[]>;
  readonly #folder: string;
  readonly #prefix: string;
  readonly #env: Record<string, string>;
  #rolled = 0;

  /**
   * @param name of its stack
   * @param folder the checkout
   * @param work folder for what the stack needs
   */
  constructor(name: string, folder: string, work: string, subnet: number) {
    this.name = name;
    this.#folder = folder;
    this.#prefix = `10.213.${subnet}.`;
    mkdirSync(join(work, name), { recursive: true });
    this.#env = {
      KAFKA_CLUSTER_STACK: name,
      KAFKA_CLUSTER_HOME: join(work, name, "home"),
      KAFKA_CLUSTER_CONFIG: join(work, name, "stack.yaml"),
    };
    this.taken = Object.fromEntries(Object.keys(MEASURES).map((measure) => [measure, []])) as never;
    this.#configure();
  }

  get #brokers(): string[] {
    return [18, 19, 20].map((host) => `${this.#prefix}${host}:9092`);
  }

  /** @param round of the rolls; absent: the stack's configuration as it is */
  #configure(round?: number): void {
    const text = readFileSync(join(this.#folder, "Pulumi.dev.yaml"), "utf8").replaceAll("10.0.0.", this.#prefix);
    writeFileSync(this.#env.KAFKA_CLUSTER_CONFIG ?? "", round === undefined ? text : restarting(text, round));
  }

  command(...args: string[]): number {
    return timed(process.execPath, ["scripts/bootstrap.mjs", ...args], { cwd: this.#folder, env: this.#env });
  }

  async measure(measure: Measure): Promise<void> {
    this.taken[measure].push(await this.#take(measure));
  }

  async #take(measure: Measure): Promise<number> {
    switch (measure) {
      case "nothing":
        this.#configure();
        return this.command("up");
      case "idle":
        return this.command("up");
      case "preview":
        return this.command("preview", "--expect-no-changes");
      case "roll":
        return this.#roll();
      case "elections": {
        // Each election raises it by one.
        const epoch = await this.#controllerEpoch();
        await this.#roll();
        return (await this.#controllerEpoch()) - epoch;
      }
      case "start":
        return this.#startCpu();
      case "memory":
        return this.#memory();
      case "still":
        return this.#standStill();
      default:
        return measure satisfies never;
    }
  }

  async #roll(): Promise<number> {
    this.#configure(this.#rolled);
    this.#rolled += 1;
    const seconds = await this.#watchedUp(/stopping kafka/, /kafka is healthy/);
    await this.#inSync();
    return seconds;
  }

  /** Runs `up` and gives the seconds between the first time that it shows one thing and the last that it shows another. */
  async #watchedUp(first: RegExp, last: RegExp): Promise<number> {
    const [file, ...args] = [process.execPath, "scripts/bootstrap.mjs", "up"];
    const child = spawn(file, args, { cwd: this.#folder, env: { ...process.env, ...this.#env } });
    let [from, to, text] = [0, 0, ""];
    const look = (piece: string): void => {
      text += piece;
      if (from === 0 && first.test(piece)) from = performance.now();
      if (last.test(piece)) to = performance.now();
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", look);
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0 || from === 0 || to === 0) {
      throw new UserError(`up of ${this.name} ended with exit code ${code}:\n${text.slice(-3000)}`);
    }
    return (to - from) / 1000;
  }

  async #startCpu(): Promise<number> {
    const seconds = Number(await inside(this.name, "kafka-3", START_CPU));
    await this.#inSync();
    return seconds;
  }

  async #memory(): Promise<number> {
    const kibibytes = await Promise.all(MEMBERS.map((member) => inside(this.name, member, MEMORY)));
    return median(kibibytes.map(Number)) / 1024;
  }

  async #controllerEpoch(): Promise<number> {
    const reader = await ZooKeeperReader.connect(plainSocket, { host: `${this.#prefix}18`, port: 2181 });
    try {
      return Number(await reader.data("/controller_epoch"));
    } finally {
      reader.close();
    }
  }

  /** Waits until all brokers are there and all partitions have all their replicas in sync. */
  async #inSync(): Promise<void> {
    await waitFor(
      `the brokers of ${this.name} to be in sync`,
      () =>
        askAdmin({ brokers: this.#brokers }, async (admin) => {
          const { brokers } = await admin.describeCluster();
          const { topics } = await admin.fetchTopicMetadata();
          const lacking = topics.flatMap(({ partitions }) =>
            partitions.filter((p) => p.isr.length < p.replicas.length),
          );
          const isWhole = brokers.length === MEMBERS.length && lacking.length === 0;
          return isWhole ? { value: true } : { seen: `${brokers.length} brokers, ${lacking.length} partitions behind` };
        }),
      SYNC_TIMEOUT_MS,
    );
  }

  async #standStill(): Promise<number> {
    const report = await underTraffic({ brokers: this.#brokers, topic: "killed" }, async () => {
      await inside(this.name, "kafka-2", "systemctl kill --signal SIGKILL kafka");
      await this.#inSync();
    });
    return report.pause.ms / 1000;
  }
}

async function compare(revision: string, rounds: number): Promise<void> {
  const work = resolve(".kafka-cluster", `bench-${process.pid}`);
  const former = join(work, "tree");
  mkdirSync(work, { recursive: true });
  let trees: Tree[] = [];
  try {
    timed("git", ["worktree", "add", "--detach", former, revision]);
    installPackages(former);
    trees = [new Tree("bench-former", former, work, 49), new Tree("bench-this", resolve("."), work, 50)];
    for (const tree of trees) tree.command("setup");
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? trees : [...trees].reverse();
      for (const measure of Object.keys(MEASURES) as Measure[]) {
        for (const tree of order) await tree.measure(measure);
      }
      for (const tree of order) tree.command("down");
      console.log(`round ${round + 1} of ${rounds}: ${trees.map(latest).join("; ")}`);
    }
    console.log(`\n${table(trees, revision)}`);
  } finally {
    for (const tree of trees) anyway(() => tree.command("down"));
    rmSync(work, { recursive: true, force: true });
    anyway(() => timed("git", ["worktree", "prune"]));
  }
}

/** Does a part of cleaning up: one that fails is told, and the others go on. */
function anyway(cleanUp: () => unknown): void {
  try {
    cleanUp();
  } catch (error) {
    console.error((error as Error).message);
  }
}

/** The revision's own packages; this tree's where they are the same. */
function installPackages(folder: string): void {
  const lock = (root: string): string => readFileSync(join(root, "package-lock.json"), "utf8");
  if (lock(folder) === lock(".")) symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  else timed("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], { cwd: folder });
}

function latest({ name, taken }: Tree): string {
  return `${name} ${Object.entries(taken)
    .map(([measure, values]) => `${measure} ${values.at(-1)?.toFixed(1)}`)
    .join(", ")}`;
}

function table([former, current]: readonly Tree[], revision: string): string {
  if (!former || !current) return "";
  const commit = spawnSync("git", ["rev-parse", "--short", revision], { encoding: "utf8" }).stdout.trim();
  const rows = (Object.keys(MEASURES) as Measure[]).map((measure) => {
    const [what, unit] = MEASURES[measure];
    const [before, now] = [former.taken[measure], current.taken[measure]];
    const numbers = `${median(before).toFixed(1)} -> ${median(now).toFixed(1)} ${unit}`.padEnd(22);
    return `${what.padEnd(44)} ${numbers} ${ratio(now, before)} times  (${show(before)} | ${show(now)})`;
  });
  return [`medians of ${current.taken.nothing.length} rounds, ${commit} -> this tree`, ...rows].join("\n");
}

/** Runs the comparison. @throws UserError for an unknown revision */
export function benchAgainst(revision: string, rounds: number): void {
  const { status } = spawnSync("git", ["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]);
  runScript(async () => {
    if (status !== 0) throw new UserError(`--against ${revision}: git knows no such revision`);
    await compare(revision, rounds);
  });
}
