/** A deployment of the program that belongs to a test: its own stack, home folder, configuration and subnet. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PartitionState } from "../../../model/kafka/partition.ts";
import type { ClientTls } from "../../../model/reach.ts";
import type { KafkajsConfig } from "../../../components/user.ts";
import type { Checkpoint } from "../../../scripts/stack/prepare.ts";
import { noteCommand } from "./commandTimes.ts";
import { forceRemove, unexpectedEnds } from "./machines.ts";

/** How long one command may take, in milliseconds: the first one may have to build the machine image. */
const COMMAND_TIMEOUT_MS = 900_000;

/** How long a script may take, in milliseconds. */
const SCRIPT_TIMEOUT_MS = 60_000;

/** What a command left: exit code, and both outputs in the order in which they came. */
export interface Ended {
  readonly code: number;
  readonly text: string;
  /** Standard output alone. */
  readonly stdout: string;
}

/** A command that runs. */
export interface Running {
  readonly pid: number;
  /** What it has written until now. */
  readonly text: () => string;
  readonly ended: Promise<Ended>;
}

/** The stack's outputs, as docs/outputs.md lists them. */
export interface Outputs {
  readonly bootstrapServers: string;
  readonly zookeeperConnect: string;
  readonly kafkaVersion: string;
  readonly reach: { readonly via: string };
  readonly deployerPrivateKey: string;
  readonly members: readonly { name: string; brokerId?: number; zookeeperId?: number; address: string }[];
  readonly rollOrder: readonly string[];
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: number;
    readonly replicationFactor: number;
  }[];
  readonly verification: {
    readonly topic: string;
    readonly partitions: readonly PartitionState[];
    readonly producedVia: string;
    readonly consumedVia: readonly string[];
  };
}

/** The outputs of a secured stack. */
export interface SecretOutputs {
  readonly authorities: string;
  readonly deployerTls: ClientTls;
  readonly users: Readonly<Record<string, { readonly clientProperties: string; readonly kafkajs: KafkajsConfig }>>;
}

/** What a test changes of a state. */
export interface EditedState {
  resources: { readonly urn: string; readonly [property: string]: unknown }[];
  pending_operations?: unknown[];
}

/** Starts a program of the project; it is killed, and that is an error, when it takes too long. */
export function start(
  command: readonly string[],
  env: Record<string, string>,
  timeoutMs = COMMAND_TIMEOUT_MS,
  input = "",
): Running {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: "pipe" });
  // A program that reads none may have ended before.
  child.stdin.on("error", () => undefined).end(input);
  let text = "";
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    stdout += piece;
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${command.join(" ")} took longer than ${timeoutMs / 1000} s:\n${text}`));
    }, timeoutMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 128, text, stdout });
    });
  });
  return { pid: child.pid ?? -1, text: () => text, ended };
}

/** A stack of a test. */
export class TestStack {
  readonly name: string;
  /** First three octets of its /24 subnet, with a dot at the end. */
  readonly prefix: string;
  /** Folder that holds all that is the stack's. */
  readonly folder: string;
  readonly #env: Record<string, string>;
  #shown: { readonly state: string; readonly outputs: Outputs & SecretOutputs } | undefined;

  private constructor(name: string, prefix: string, folder: string) {
    this.name = name;
    this.prefix = prefix;
    this.folder = folder;
    this.#env = {
      KAFKA_CLUSTER_STACK: name,
      KAFKA_CLUSTER_HOME: join(folder, "home"),
      KAFKA_CLUSTER_CONFIG: join(folder, "config.yaml"),
    };
  }

  /**
   * @param prefix of its /24 subnet: `10.213.47.`
   */
  static async create(name: string, prefix: string): Promise<TestStack> {
    // What a killed run of the tests has left belongs to a deployment whose state is lost.
    await forceRemove(name);
    return new TestStack(name, prefix, await mkdtemp(join(tmpdir(), `kafka-cluster-${name}-`)));
  }

  /** Writes the stack's configuration. */
  async configure(yaml: string): Promise<void> {
    await writeFile(join(this.folder, "config.yaml"), yaml);
  }

  /** Writes a secret into the stack's configuration, as a user does: over standard input. */
  async setSecret(key: string, value: string): Promise<void> {
    const line = [process.execPath, "scripts/bootstrap.mjs", "pulumi", "config", "set", "--secret"];
    const ended = await start([...line, `kafka-cluster:${key}`], this.#env, COMMAND_TIMEOUT_MS, value).ended;
    assert.equal(ended.code, 0, ended.text);
  }

  /** Adds a variable to the environment of the stack's commands. */
  setEnvironment(name: string, value: string): void {
    this.#env[name] = value;
  }

  /** Starts one of the project's commands, as `npm run COMMAND -- ARGS` does. */
  start(command: string, ...args: string[]): Running {
    const started = Date.now();
    const running = start([process.execPath, "scripts/bootstrap.mjs", command, ...args], this.#env);
    const noted = running.ended.then((ended) => {
      noteCommand(this.name, [command, ...args].join(" "), (Date.now() - started) / 1000, ended.text);
      return ended;
    });
    return { ...running, ended: noted };
  }

  /** Runs one of the project's commands to its end. */
  async run(command: string, ...args: string[]): Promise<Ended> {
    if (command === "down") await this.#tellEnds();
    return this.start(command, ...args).ended;
  }

  /** Like {@link run}, and the command has to succeed. */
  async succeed(command: string, ...args: string[]): Promise<Ended> {
    const ended = await this.run(command, ...args);
    assert.equal(ended.code, 0, `npm run ${command} ended with exit code ${ended.code}:\n${ended.text}`);
    return ended;
  }

  /** Like {@link run}, and the command has to fail; gives what it wrote. */
  async fail(command: string, ...args: string[]): Promise<string> {
    const ended = await this.run(command, ...args);
    assert.notEqual(ended.code, 0, `npm run ${command} was to fail and succeeded:\n${ended.text}`);
    return ended.text;
  }

  /** Runs any program in the stack's environment. */
  program(command: readonly string[], timeoutMs = COMMAND_TIMEOUT_MS): Promise<Ended> {
    return start(command, this.#env, timeoutMs).ended;
  }

  /** Runs one of the program's scripts as its Command does; it has to succeed. Gives what it printed. */
  async script(command: string, spec: object, secrets: object): Promise<unknown> {
    const env = { ...this.#env, KAFKA_CLUSTER_SPEC: JSON.stringify(spec) };
    const line = [process.execPath, "scripts/run.mjs", ...command.split(" ")];
    const ended = await start(line, env, COMMAND_TIMEOUT_MS, JSON.stringify(secrets)).ended;
    assert.equal(ended.code, 0, `${command} ended with exit code ${ended.code}:\n${ended.text}`);
    return JSON.parse(ended.stdout);
  }

  /** The outputs, out of the state: what is secret stands there encrypted. */
  outputs(): Outputs {
    const { checkpoint } = JSON.parse(this.stateText()) as Checkpoint;
    const stack = checkpoint?.latest?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
    assert.ok(stack?.outputs, "the stack has no outputs");
    return stack.outputs as unknown as Outputs;
  }

  /** Runs one of the project's scripts that is no command of Pulumi's, as `npm run NAME -- ARGS` does. */
  runScript(name: string, ...args: string[]): Promise<Ended> {
    return this.program([process.execPath, "scripts/run.mjs", name, ...args], SCRIPT_TIMEOUT_MS);
  }

  /** The outputs with their secrets; Pulumi is asked again when the state is another one. */
  async secretOutputs(): Promise<Outputs & SecretOutputs> {
    const state = this.stateText();
    if (this.#shown?.state !== state) {
      const { stdout } = await this.succeed("pulumi", "stack", "output", "--json", "--show-secrets");
      this.#shown = { state, outputs: JSON.parse(stdout) as Outputs & SecretOutputs };
    }
    return this.#shown.outputs;
  }

  /** The state file's text. */
  stateText(): string {
    return readFileSync(this.#stateFile(), "utf8");
  }

  /** Changes the state behind Pulumi's back, to what a run that was killed would have left. */
  editState(change: (latest: EditedState) => void): void {
    const state = JSON.parse(this.stateText()) as { readonly checkpoint: { readonly latest: EditedState } };
    change(state.checkpoint.latest);
    writeFileSync(this.#stateFile(), JSON.stringify(state));
  }

  #stateFile(): string {
    return join(this.folder, "home/state/.pulumi/stacks/kafka-cluster", `${this.name}.json`);
  }

  /** Number of resources that Pulumi has on record. */
  resourceCount(): number {
    return (JSON.parse(this.stateText()) as Checkpoint).checkpoint?.latest?.resources?.length ?? 0;
  }

  /** Writes what a failed test's reader needs before the machines are gone; some tests end services on purpose. */
  async #tellEnds(): Promise<void> {
    try {
      const ends = await unexpectedEnds(this.name);
      if (ends.length > 0) console.log(`services of ${this.name} that ended:\n${ends.join("\n")}`);
    } catch (error) {
      console.log(`how services of ${this.name} have ended is not known: ${String(error)}`);
    }
  }

  /** Takes everything away, whatever the tests have left, and fails when that takes force. */
  async remove(): Promise<void> {
    const down = existsSync(join(this.folder, "config.yaml")) ? await this.run("down") : undefined;
    const left = await forceRemove(this.name);
    // A daemon that the set-up has started ends only when nothing is in it.
    if (left.length > 0) await this.run("down");
    rmSync(this.folder, { recursive: true, force: true });
    assert.deepEqual(left, [], `npm run down left something behind:\n${down?.text ?? ""}`);
  }
}

/** The dev stack's own configuration, moved to another subnet: what is proven is what users get. */
export async function devConfiguration(prefix: string): Promise<string> {
  return (await readFile("Pulumi.dev.yaml", "utf8")).replaceAll("10.0.0.", prefix);
}

/** Versions of Kafka to test with: `$E2E_VERSIONS`, each after a comma, else the one that this file is run with by default. */
export function versionsUnderTest(byDefault: string): string[] {
  return (process.env.E2E_VERSIONS ?? byDefault).split(",");
}

/**
 * How many resources an update changed, and how (`updated`, `replaced`, …), from the count that ends Pulumi's output; none
 * when it left them all alone.
 */
export function resourceChanges(text: string): Record<string, number> {
  const lines = text.split("\nResources:\n")[1]?.split("\n\n")[0] ?? "";
  // "5 changes. 21 unchanged": the sum says nothing that the parts don't.
  const counts = [...lines.matchAll(/(\d+) (?!changes\b)([a-z]+)/g)].map(([, count, what = ""]) => [
    what,
    Number(count),
  ]);
  const { unchanged = 0, ...changes } = Object.fromEntries(counts) as Record<string, number>;
  assert.ok(unchanged > 0, `no count of resources, or none that was left alone, in: ${text}`);
  return changes;
}
