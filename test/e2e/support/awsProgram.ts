import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  GONE_VARIABLE,
  IMAGES_GONE_VARIABLE,
  installAwsProvider,
  INSTANCES_VARIABLE,
  REFUSED_VARIABLE,
} from "./awsProvider.ts";
import { startEc2 } from "./ec2.ts";
import { OPERATIONS_VARIABLE } from "./operations.mjs";
import { type Ended, start } from "./stack.ts";

/** How a command went, and what was done to AWS and to machines in its course, in order. */
export interface Run extends Ended {
  readonly operations: readonly string[];
  /** Images of which EC2 was asked for a dry run, in order. */
  readonly asked: readonly string[];
}

/** What AWS does in the course of a command. */
export interface AwsSays {
  /** Name of a resource that it has no room for. */
  readonly refused?: string;
  /** Names of resources that are gone. */
  readonly gone?: readonly string[];
  /** Ids of images that are gone. */
  readonly imagesGone?: readonly string[];
  /** What EC2's own interface answers to a dry run: the code of its error. @default it is taken */
  readonly dryRun?: string;
}

/** What to put in place of what in the stack's file. */
export type Edit = readonly [from: string, to: string];

/**
 * The project's own program and stacks with the real engine. AWS is the tests' provider, and the scripts that go to a
 * machine only note that they were called.
 */
export class AwsProgram {
  readonly #stack: string;
  readonly #folder: string;

  private constructor(stack: string, folder: string) {
    this.#stack = stack;
    this.#folder = folder;
  }

  /** @param stack `staging` or `prod`, with the settings of its file */
  static async create(stack: string): Promise<AwsProgram> {
    const folder = await mkdtemp(join(tmpdir(), `aws-${stack}-`));
    // The project as it is, but for the one file that starts scripts.
    const project = join(folder, "project");
    await mkdir(join(project, "scripts"), { recursive: true });
    for (const name of (await readdir(".")).filter((name) => !["scripts", ".kafka-cluster", ".git"].includes(name))) {
      await symlink(resolve(name), join(project, name));
    }
    for (const name of await readdir("scripts")) {
      const target = name === "run.mjs" ? "test/e2e/support/notingRun.mjs" : join("scripts", name);
      await symlink(resolve(target), join(project, "scripts", name));
    }
    await installAwsProvider(join(folder, "home"));
    return new AwsProgram(stack, folder);
  }

  /**
   * Runs `npm run COMMAND -- OPTIONS` to its end.
   *
   * @param command with its options, separated by spaces
   * @param edits of the stack's file
   */
  async run(command: string, edits: readonly Edit[] = [], says: AwsSays = {}): Promise<Run> {
    const { refused = "", gone = [], imagesGone = [], dryRun = "DryRunOperation" } = says;
    const ec2 = await startEc2(dryRun);
    const [config, operations] = [join(this.#folder, "config.yaml"), join(this.#folder, "operations")];
    let text = await readFile(`Pulumi.${this.#stack}.yaml`, "utf8");
    // The file leaves to the user who may connect.
    for (const [from, to] of [["sshFrom: []", "sshFrom: [192.0.1.0/24]"], ...edits] as Edit[]) {
      assert.ok(text.includes(from), `Pulumi.${this.#stack}.yaml has no ${from}`);
      text = text.replace(from, to);
    }
    await writeFile(config, text);
    await writeFile(operations, "");
    const env = {
      KAFKA_CLUSTER_STACK: this.#stack,
      KAFKA_CLUSTER_HOME: join(this.#folder, "home"),
      KAFKA_CLUSTER_CONFIG: config,
      [OPERATIONS_VARIABLE]: operations,
      [REFUSED_VARIABLE]: refused,
      [GONE_VARIABLE]: gone.join(","),
      [IMAGES_GONE_VARIABLE]: imagesGone.join(","),
      [INSTANCES_VARIABLE]: join(this.#folder, "instances.json"),
      AWS_ENDPOINT_URL_EC2: ec2.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "of the tests",
    };
    const line = [
      "env",
      `--chdir=${join(this.#folder, "project")}`,
      process.execPath,
      "scripts/bootstrap.mjs",
      ...command.split(" "),
    ];
    const ended = await start(line, env).ended.finally(() => ec2.close());
    return { ...ended, asked: ec2.asked, operations: (await readFile(operations, "utf8")).split("\n").filter(Boolean) };
  }

  /** Like {@link run}, and it has to succeed. Gives what was done. */
  async succeed(command: string, edits: readonly Edit[] = [], says: AwsSays = {}): Promise<readonly string[]> {
    const { code, text, operations } = await this.run(command, edits, says);
    assert.equal(code, 0, text);
    return operations;
  }

  /** Like {@link run}, and it has to fail. */
  async fail(command: string, edits: readonly Edit[] = [], says: AwsSays = {}): Promise<Run> {
    const run = await this.run(command, edits, says);
    assert.notEqual(run.code, 0, run.text);
    return run;
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}
