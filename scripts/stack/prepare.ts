import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { projectDirectory } from "../lib/projectPaths.ts";
import { UserError } from "../lib/report.ts";
import { pulumi, stackName } from "./engine.ts";
import { yamlProblem } from "./yamlProblem.ts";

const SALT = /^encryptionsalt:.*$/m;

/** The stack's configuration of this run: a copy, since Pulumi writes the salt of its encryption into the file. */
export function stackConfigFile(): string {
  return projectDirectory("stacks", `Pulumi.${stackName()}.yaml`);
}

/**
 * Puts the salt of the copy that a run before this one left into the stack's configuration, everything else unchanged.
 *
 * @param config the stack's configuration as the user wrote it; a salt of its own stays
 */
export function withSalt(config: string, before: string | undefined): string {
  const salt = before === undefined ? undefined : SALT.exec(before)?.[0];
  if (salt === undefined || SALT.test(config)) return config;
  return `${config}${config === "" || config.endsWith("\n") ? "" : "\n"}${salt}\n`;
}

/** The file that the user writes. `$KAFKA_CLUSTER_CONFIG`, else `Pulumi.STACK.yaml`. */
export function ownConfigFile(): string {
  return resolve(process.env.KAFKA_CLUSTER_CONFIG ?? `Pulumi.${stackName()}.yaml`);
}

/** The configuration as the user wrote it. */
async function sourceConfig(): Promise<string> {
  return readFile(ownConfigFile(), "utf8").catch((error: unknown) => {
    throw new UserError(
      `can't read the configuration of stack "${stackName()}": ${(error as Error).message}; ` +
        "write that file, or name another stack with KAFKA_CLUSTER_STACK or another file with KAFKA_CLUSTER_CONFIG",
    );
  });
}

/**
 * What the stack's configuration says of a setting; `undefined` when it is absent or no text.
 *
 * @throws UserError when the file can't be read or is not YAML
 */
export async function configured(setting: string): Promise<string | undefined> {
  const { config } = parseConfig(await sourceConfig());
  const value = config?.[`kafka-cluster:${setting}`];
  return typeof value === "string" ? value : undefined;
}

/** Number of ZooKeeper's servers that the stack's configuration asks for; one that can't be is the program's to refuse. */
export async function configuredServers(): Promise<number> {
  const { config } = parseConfig(await sourceConfig());
  const { count = 3 } = (config?.["kafka-cluster:zookeeper"] ?? {}) as { count?: unknown };
  return Number.isInteger(Number(count)) ? Number(count) : 3;
}

/** The folder of own certificates that the stack's configuration names. */
export async function configuredCertificates(): Promise<string | undefined> {
  const { config } = parseConfig(await sourceConfig());
  const { folder } = (config?.["kafka-cluster:certificates"] ?? {}) as { folder?: unknown };
  return typeof folder === "string" && folder !== "" ? folder : undefined;
}

/** The options of the provider aws in the stack's configuration, without `aws:`. */
export async function awsOptions(): Promise<Record<string, unknown>> {
  const { config = {} } = parseConfig(await sourceConfig());
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith("aws:") ? [[key.slice("aws:".length), value]] : [],
    ),
  );
}

function parseConfig(text: string): { config?: Record<string, unknown> } {
  try {
    return (parse(text) ?? {}) as { config?: Record<string, unknown> };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new UserError(`${ownConfigFile()} is not YAML: ${yamlProblem(text, error)}`);
  }
}

/** Name of the project, from Pulumi.yaml. */
async function projectName(): Promise<string> {
  return (parse(await readFile("Pulumi.yaml", "utf8")) as { name: string }).name;
}

/** The file that holds the stack's state, in the layout of Pulumi's file backend. */
export async function stateFile(): Promise<string> {
  return projectDirectory("state", ".pulumi", "stacks", await projectName(), `${stackName()}.json`);
}

/** A resource on record, as far as it is read. */
export interface RecordedResource {
  readonly urn: string;
  readonly type?: string;
  readonly protect?: boolean;
  readonly delete?: boolean;
  /** URNs of all that it depends on. */
  readonly dependencies?: readonly string[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What is read of the state file; null where there is no stack yet. */
export interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly RecordedResource[];
      readonly pending_operations?: readonly unknown[];
    };
  };
}

/**
 * Reads the state, or gives null when the stack does not exist.
 *
 * @throws UserError when the file is not whole, such as after a full disk
 */
export async function readCheckpoint(): Promise<Checkpoint | null> {
  const file = await stateFile();
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "null";
    throw error;
  });
  try {
    return JSON.parse(text) as Checkpoint | null;
  } catch {
    // Pulumi writes the file in place, and keeps the one before beside it.
    throw new UserError(
      `the stack's state ${file} is not whole (${Buffer.byteLength(text)} bytes), as a full disk leaves it. ` +
        `Make room, put the last whole one in its place, and run the same command again: cp ${file}.bak ${file}`,
    );
  }
}

/** Makes what a run of Pulumi needs: state folder, passphrase, stack, and the copy of its configuration. */
export async function prepareStack(): Promise<void> {
  const config = await sourceConfig();
  const folder = projectDirectory("stacks");
  await mkdir(folder, { recursive: true });
  await mkdir(projectDirectory("state"), { recursive: true });
  // "wx": never over an existing one, which the state's secrets are encrypted with.
  await writeFile(projectDirectory("passphrase"), randomBytes(32).toString("base64url"), {
    mode: 0o600,
    flag: "wx",
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  // Of a run before these files were no longer written; one that is empty would make what it is of unreadable to Pulumi.
  for (const file of [await stateFile(), projectDirectory("state", ".pulumi", "meta.yaml")]) {
    await rm(`${file}.attrs`, { force: true });
  }
  if ((await readCheckpoint()) === null) {
    // In a folder apart, where it may write its salt.
    await writeFile(join(folder, "Pulumi.yaml"), `name: ${await projectName()}\nruntime: nodejs\n`);
    await pulumi(["stack", "init", stackName(), "--cwd", folder]);
  }
  const before = await readFile(stackConfigFile(), "utf8").catch(() => undefined);
  const partial = `${stackConfigFile()}.${process.pid}`;
  await writeFile(partial, withSalt(config, before), { mode: 0o600 });
  await rename(partial, stackConfigFile());
}
