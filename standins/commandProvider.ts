import { randomBytes } from "node:crypto";
import {
  ANY_ARRAY,
  changedInputs,
  checkKinds,
  type Failure,
  FLAG,
  type Kind,
  TEXT,
  TEXT_MAP,
  TEXTS,
} from "./inputs.ts";
import { nameOf, typeOf } from "../model/urn.ts";
import { runCommand } from "./shell.ts";
import { containsSecret, plainProperties, type Properties, secret } from "../model/engineValues.ts";

/** The one resource type that it serves. */
export const COMMAND_TYPE = "command:local:Command";

const LOGGING = ["stdout", "stderr", "stdoutAndStderr", "none"];

const KINDS: Readonly<Record<string, Kind>> = {
  create: TEXT,
  update: TEXT,
  delete: TEXT,
  stdin: TEXT,
  environment: TEXT_MAP,
  dir: TEXT,
  interpreter: TEXTS,
  triggers: ANY_ARRAY,
  logging: { accepts: (value) => LOGGING.includes(value as string), description: `one of ${LOGGING.join(", ")}` },
  addPreviousOutputInEnv: FLAG,
};

/** Inputs after the engine's and our own check. */
interface CommandInputs {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
  readonly stdin?: string;
  readonly environment?: Record<string, string>;
  readonly dir?: string;
  readonly interpreter?: string[];
  readonly logging?: string;
  readonly addPreviousOutputInEnv?: boolean;
}

/** State: the inputs and what the last command wrote. */
interface CommandState extends CommandInputs {
  readonly stdout?: string;
  readonly stderr?: string;
}

/** Shows a line of a resource's output in Pulumi's display while the command runs. */
export type Log = (urn: string, line: string) => Promise<void>;

/**
 * Stand-in for the provider plugin `command` 1.2.1: `command.local.Command` as documented, but for assets
 * (`assetPaths`, `archivePaths`), which are refused.
 */
export class CommandProvider {
  readonly version = "1.2.1";
  readonly #log: Log;
  readonly #cancelled = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(log: Log) {
    this.#log = log;
  }

  check(urn: string, _olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    const type = typeOf(urn);
    const failures =
      type === COMMAND_TYPE
        ? checkKinds(news, KINDS)
        : [{ property: "type", reason: `${type} is not supported by this stand-in; supported: ${COMMAND_TYPE}` }];
    return Promise.resolve({ inputs: news, failures });
  }

  diff(
    _id: string,
    _urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const changed = changedInputs(olds, news, Object.keys(KINDS));
    return Promise.resolve({ changes: changed.length > 0, replaces: changed.filter((name) => name === "triggers") });
  }

  async create(urn: string, inputs: Properties): Promise<{ id: string; outs: Properties }> {
    const { create } = plainProperties(inputs) as CommandInputs;
    const outs = await this.#run(urn, create, inputs, {});
    return { id: `${nameOf(urn)}${randomBytes(4).toString("hex")}`, outs };
  }

  /** Runs `update`, or `create` when there is none. */
  async update(_id: string, urn: string, olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    const { create, update } = plainProperties(news) as CommandInputs;
    return { outs: await this.#run(urn, update ?? create, news, olds) };
  }

  /** Runs the `delete` of the state, with the state's standard input and environment. */
  async delete(_id: string, urn: string, state: Properties): Promise<void> {
    const command = (plainProperties(state) as CommandInputs).delete;
    await this.#run(urn, command, state, state);
  }

  /** Ends all commands that run, waits for their end, and lets none start from now on. */
  async cancel(): Promise<void> {
    this.#cancelled.abort();
    await Promise.allSettled(this.#running);
  }

  /**
   * Runs a command and gives the new state: secret output if any input is secret.
   * Without a command the output stays what it was.
   */
  async #run(urn: string, command: string | undefined, inputs: Properties, olds: Properties): Promise<Properties> {
    const plain = plainProperties(inputs) as CommandInputs;
    const before = plainProperties(olds) as CommandState;
    const output = { stdout: before.stdout ?? "", stderr: before.stderr ?? "" };
    if (command !== undefined) {
      const logging = plain.logging ?? "stdoutAndStderr";
      // One after the other: the engine takes them up at once and would show them out of order.
      let shown = Promise.resolve();
      const finished = runCommand({
        command,
        interpreter: plain.interpreter?.length ? plain.interpreter : ["/bin/sh", "-c"],
        environment: {
          ...plain.environment,
          ...(plain.addPreviousOutputInEnv !== false && {
            ...(output.stdout && { PULUMI_COMMAND_STDOUT: output.stdout }),
            ...(output.stderr && { PULUMI_COMMAND_STDERR: output.stderr }),
          }),
        },
        dir: plain.dir,
        stdin: plain.stdin,
        onLine: (stream, line) => {
          if (logging === stream || logging === "stdoutAndStderr") shown = shown.then(() => this.#log(urn, line));
        },
        signal: this.#cancelled.signal,
      });
      this.#running.add(finished);
      Object.assign(
        output,
        await finished.finally(() => {
          this.#running.delete(finished);
          return shown;
        }),
      );
    }
    const mark = containsSecret(inputs) ? secret : (value: unknown): unknown => value;
    return { ...inputs, stdout: mark(output.stdout), stderr: mark(output.stderr) };
  }
}
