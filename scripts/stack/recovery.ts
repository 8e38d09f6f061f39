import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { projectDirectory } from "../lib/projectPaths.ts";
import { progress, UserError } from "../lib/report.ts";
import { changeDeployment, type Deployment, type ExportedResource, type PendingOperation } from "./exportedState.ts";
import { stackName } from "./engine.ts";
import { readCheckpoint, stateFile } from "./prepare.ts";
import { COMMAND, commandsToRunAgain, unfinished } from "./unfinished.ts";

/** A lock of Pulumi's file backend. */
interface Lock {
  readonly pid: number;
  readonly hostname: string;
  readonly timestamp: string;
}

/** Whether the process that wrote a lock of this computer still runs: another program may have got its number since. */
async function holderLives(pid: number): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return name.startsWith("pulumi");
}

/**
 * Takes away the locks that a killed Pulumi left on the stack.
 *
 * @throws UserError when the holder runs, or can't be seen from here
 */
async function releaseStaleLocks(): Promise<void> {
  const project = (await stateFile()).split("/").at(-2) ?? "";
  // "organization" is what the file backend calls the one organization that it has.
  const folder = projectDirectory("state", ".pulumi", "locks", "organization", project, stackName());
  // Beside a lock may lie a file of attributes, NAME.json.attrs.
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  for (const name of names) {
    const file = join(folder, name);
    const lock = JSON.parse(await readFile(file, "utf8")) as Lock;
    const holder = `process ${lock.pid} on ${lock.hostname}, since ${lock.timestamp}`;
    if (lock.hostname !== hostname()) {
      throw new UserError(
        `stack "${stackName()}" is locked by another computer (${holder}): wait for its end, ` +
          "or, if it is gone, run: npm run pulumi -- cancel --yes",
      );
    }
    if (await holderLives(lock.pid)) {
      throw new UserError(`stack "${stackName()}" is being changed by another Pulumi (${holder}): wait for its end`);
    }
    progress(`the last run was killed (${holder}): its lock is taken away`);
    await rm(file, { force: true });
    await rm(`${file}.attrs`, { force: true });
  }
}

/**
 * Marks what a killed run left unfinished, so that the next one finishes it and nothing half made is forgotten:
 * - a Command that was being created is put into the state, tainted: an update deletes and makes it again, a destroy
 *   deletes it;
 * - one whose `create` is its `update`, too, goes on where it was instead: the topic that it was about to take over must
 *   not be deleted;
 * - one that was being deleted is tainted, too: without that, an update would take it for whole;
 * - one that was being updated is marked, so that the next update runs it again; in the middle of an upgrade all are.
 *
 * Operations on other types stay pending, for the user: see {@link remedyFor}. But random values, keys and
 * certificates leave nothing behind.
 */
export function markInterrupted(deployment: Deployment): Deployment {
  const pending = deployment.pending_operations ?? [];
  const cutOff = (operation: string): Map<string, ExportedResource> =>
    new Map(
      pending
        .filter(({ type, resource }) => type === operation && resource.type === COMMAND)
        .map(({ resource }) => [resource.urn, resource]),
    );
  const [creating, updating, deleting] = [cutOff("creating"), cutOff("updating"), cutOff("deleting")];
  const again = commandsToRunAgain(deployment.resources ?? [], [...updating.keys()]);
  const resources = (deployment.resources ?? []).map((resource) => {
    if (deleting.has(resource.urn)) return { ...resource, taint: true };
    return again.includes(resource.urn) ? unfinished(resource, "the update was interrupted") : resource;
  });
  const known = new Set(resources.map(({ urn }) => urn));
  const created = [...creating.values()]
    .filter(({ urn }) => !known.has(urn))
    .map((resource) => {
      const made = { ...resource, id: "interrupted", outputs: { ...resource.inputs, stdout: "", stderr: "" } };
      return goesOn(resource) ? unfinished(made, "the creation was interrupted") : { ...made, taint: true };
    });
  return {
    ...deployment,
    resources: [...resources, ...created],
    pending_operations: pending.filter(({ resource: { type } }) => type !== COMMAND && !/^(random|tls):/.test(type)),
  };
}

function goesOn({ inputs = {} }: ExportedResource): boolean {
  return inputs.update !== undefined && inputs.update === inputs.create;
}

/** What the user has to do about an operation that was cut off and can't be marked, since it is not known how it ended. */
export function remedyFor({ type, resource: { urn } }: PendingOperation): string {
  const name = urn.split("::").at(-1) ?? urn;
  const what = `${type} ${name} (${urn})`;
  if (type !== "creating") return `${what}: npm run pulumi -- refresh --yes asks what became of it`;
  return (
    `${what}: it may be there and unknown to the stack; a machine then holds its member's network interface. ` +
    "Look it up by its Name tag and delete it, then: npm run pulumi -- refresh --clear-pending-creates --yes; " +
    `or keep it: npm run pulumi -- refresh --import-pending-creates '${urn}' --import-pending-creates ID --yes`
  );
}

/** What is said of a run that was cut off: how much will be done again, and what is left to the user. */
export function cutOffMessages(before: Deployment, after: Deployment): string[] {
  const left = after.pending_operations ?? [];
  const marked = (before.pending_operations ?? []).length - left.length;
  return [
    ...(marked > 0 ? [`the last run was cut off in the middle of ${marked} operations: they will be done again`] : []),
    ...left.map((operation) => `the last run was cut off, and this is left to you: ${remedyFor(operation)}`),
  ];
}

/**
 * Makes the stack ready for the next run after one that was killed.
 *
 * @throws UserError when somebody else is at work on it
 */
export async function recover(): Promise<void> {
  await releaseStaleLocks();
  const pending = (await readCheckpoint())?.checkpoint?.latest?.pending_operations ?? [];
  if (pending.length === 0) return;
  let messages: string[] = [];
  await changeDeployment((before) => {
    const after = markInterrupted(before);
    messages = cutOffMessages(before, after);
    return after;
  });
  for (const message of messages) progress(message);
}
