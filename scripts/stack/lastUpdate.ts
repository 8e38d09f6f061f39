/**
 * Remembers what the last update that succeeded was made of. A plan without a change does not tell all that an update writes
 * down: dependencies and protection of resources, outputs and secrets come from the program and its configuration too. So
 * it may be left out only where both are what they were.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectDirectory } from "../lib/projectPaths.ts";
import { stackName } from "./engine.ts";
import { configuredCertificates, stackConfigFile } from "./prepare.ts";

/** The bundle that program.mjs makes, whatever it makes it of; names of its parts hold hashes of their contents. */
export const PROGRAM = ".kafka-cluster/dist/program.mjs";

function recordFile(): string {
  return projectDirectory("stacks", `${stackName()}.last-update`);
}

/**
 * Hash of the program as it was run last, with all that it is made of, and of the stack's configuration with the
 * certificates that it names; undefined where one of these can't be read.
 *
 * @param program the bundle
 */
export async function fingerprint(program = PROGRAM): Promise<string | undefined> {
  const hash = createHash("sha256");
  const folder = await configuredCertificates();
  const names = folder === undefined ? [] : await readdir(folder).catch(() => ["unreadable"]);
  const certificates = names.sort().map((name) => join(folder ?? "", name));
  for (const file of [program, "program.mjs", "Pulumi.yaml", "package-lock.json", stackConfigFile(), ...certificates]) {
    const text = await readFile(file).catch(() => undefined);
    if (text === undefined) return undefined;
    hash.update(`${text.length}:`).update(text);
  }
  return hash.digest("hex");
}

/** Whether the last update that ended in success had this fingerprint. */
export async function isOfLastUpdate(current: string | undefined): Promise<boolean> {
  const last = await readFile(recordFile(), "utf8").catch(() => "");
  return current !== undefined && last === current;
}

/** Has the next update run whatever its plan: called before one begins, so that none that ends early counts. */
export function forgetUpdate(): Promise<void> {
  return rm(recordFile(), { force: true });
}

/** Notes that a whole update has ended in success. */
export async function rememberUpdate(current: string | undefined): Promise<void> {
  if (current !== undefined) await writeFile(recordFile(), current, { mode: 0o600 });
}

/** Whether a command of Pulumi's leaves the state as it is. What it does to the configuration, {@link fingerprint} tells. */
export function onlyReads([command = "", part = ""]: readonly string[]): boolean {
  if (command === "stack") {
    return part.startsWith("-") || ["", "output", "export", "ls", "history", "graph"].includes(part);
  }
  return ["about", "config", "logs", "pre", "preview", "version", "whoami"].includes(command);
}
