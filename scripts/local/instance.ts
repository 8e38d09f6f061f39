import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { waitForCloudInit } from "../lib/awaitCloudInit.ts";
import { progress, UserError } from "../lib/report.ts";
import { waitFor } from "../lib/wait.ts";
import { call, DaemonError, find, readInstanceFile, remove } from "../lib/daemon.ts";
import type { Daemon } from "../lib/daemon.ts";

/** How long a machine may take to stop by itself, in seconds. Its services were stopped before, so this is ample. */
const STOP_TIMEOUT_S = 30;

/** How long sshd may take to answer after a start, in milliseconds; 5 s when three boot on two cores (measured). */
const BOOT_TIMEOUT_MS = 180_000;

/**
 * Where /run/cloud-init/result.json leads to: the daemon does not follow links. It outlives a boot, so it is right for
 * a machine's first one only.
 */
const RESULT_FILE = "/var/lib/cloud/data/result.json";

/** What is read of an instance. */
export interface Instance {
  readonly status: string;
  readonly config: Record<string, string>;
}

/** Address of an instance in the daemon's interface. */
export function instancePath(space: string, name: string, part = ""): string {
  return `/1.0/instances/${name}${part}?project=${space}`;
}

/** A collection of operations by status. */
type Operations = Record<
  string,
  { readonly id: string; readonly resources?: { readonly instances?: string[] } | null }[]
>;

/** Waits for what an interrupted run has left the daemon at: it finishes an operation that nobody waits for. */
async function settle(daemon: Daemon, space: string, name: string): Promise<void> {
  const operations = await find<Operations>(daemon, `/1.0/operations?recursion=1&project=${space}`);
  for (const { id, resources } of Object.values(operations ?? {}).flat()) {
    const concerns = resources?.instances?.some((path) => path.split("?")[0] === `/1.0/instances/${name}`);
    // However it ends, what it has left is looked at afterwards.
    if (concerns) await call(daemon, "GET", `/1.0/operations/${id}/wait`).catch(() => undefined);
  }
}

/**
 * Starts an instance.
 *
 * @throws UserError with the lines of the container's log that say why it does not start
 */
export async function startInstance(daemon: Daemon, space: string, name: string): Promise<void> {
  const json = { action: "start", timeout: -1 };
  await call(daemon, "PUT", instancePath(space, name, "/state"), { json }).catch(async (error: unknown) => {
    if (!(error instanceof DaemonError)) throw error;
    const log = (await readInstanceFile(daemon, instancePath(space, name, "/logs/lxc.log"))) ?? "";
    const errors = log.split("\n").filter((line) => line.includes(" ERROR "));
    throw new UserError([`machine ${name} does not start: ${error.reason}`, ...errors.slice(0, 5)].join("\n"));
  });
}

/**
 * Stops an instance in good order, by force if that takes too long, and deletes it; one that is gone is fine.
 *
 * @param atOnce whether it is stopped by force at first: nothing in it is to be kept, nor what it has mounted
 */
export async function deleteInstance(daemon: Daemon, space: string, name: string, atOnce = false): Promise<void> {
  await settle(daemon, space, name);
  const instance = await find<Instance>(daemon, instancePath(space, name));
  if (!instance) return;
  const stop = (force: boolean): Promise<unknown> =>
    call(daemon, "PUT", instancePath(space, name, "/state"), {
      json: { action: "stop", timeout: STOP_TIMEOUT_S, force },
    });
  if (instance.status !== "Stopped") {
    await stop(atOnce).catch(async (error: unknown) => {
      if (!(error instanceof DaemonError)) throw error;
      progress(`${name} did not stop in good order (${error.message}); it is stopped by force`);
      // It may have ended meanwhile; the deletion shows whether it did.
      await stop(true).catch(() => undefined);
    });
  }
  await remove(daemon, instancePath(space, name));
}

/**
 * Waits until a machine's SSH server answers and reads its host key through the daemon, a channel that nobody on the
 * network can forge.
 *
 * @returns `ssh-ed25519 AAAA…`
 * @throws UserError after {@link BOOT_TIMEOUT_MS}
 */
export async function waitForSsh(daemon: Daemon, space: string, name: string, address: string): Promise<string> {
  await waitFor(
    `SSH on ${name} (${address})`,
    async () => {
      const greeting = await firstBytes(address, 22);
      if (greeting.startsWith("SSH-2.0")) return { value: greeting };
      const instance = await find<Instance>(daemon, instancePath(space, name));
      return { seen: `machine is ${instance?.status.toLowerCase() ?? "gone"}, port 22 ${greeting || "is closed"}` };
    },
    BOOT_TIMEOUT_MS,
  ).catch(async (error: unknown) => {
    const hint = inotifyHint(await readFile("/proc/sys/fs/inotify/max_user_instances", "utf8").catch(() => ""));
    throw error instanceof UserError ? new UserError(error.message + hint) : error;
  });
  const file = "/etc/ssh/ssh_host_ed25519_key.pub";
  const path = filePath(space, name, file);
  const line = await waitFor(
    `${file} on ${name}`,
    async () => {
      const content = await readInstanceFile(daemon, path);
      return content ? { value: content } : { seen: "no such file" };
    },
    10_000,
  );
  return line.split(" ").slice(0, 2).join(" ").trim();
}

/**
 * What is added when a machine's SSH does not come up on a computer with few inotify instances: the init systems of all
 * containers share them, and each unprivileged one's root is the same user to the kernel.
 *
 * @param limit `fs.inotify.max_user_instances`; Debian's default is 128
 */
export function inotifyHint(limit: string): string {
  const instances = Number(limit);
  return instances > 0 && instances <= 256
    ? `. Where many containers run, none is left of this computer's ${instances} inotify instances, and SSH does not ` +
        "start: sudo sysctl -w fs.inotify.max_user_instances=2048"
    : "";
}

/** Waits until a new machine's cloud-init has ended. @throws UserError when only another first boot can mend it */
export function waitForFirstBoot(daemon: Daemon, space: string, name: string): Promise<void> {
  return waitForCloudInit({
    machine: name,
    read: (file) => readInstanceFile(daemon, filePath(space, name, file)),
    resultFile: RESULT_FILE,
    remedy: "Put the cause right; the next update makes the machine anew.",
  });
}

/** Address of a file in an instance. */
function filePath(space: string, name: string, file: string): string {
  return `${instancePath(space, name, "/files")}&path=${encodeURIComponent(file)}`;
}

/** What a server says first, or nothing when it does not answer within a second. */
function firstBytes(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (text: string): void => {
      socket.destroy();
      resolve(text);
    };
    socket.once("data", (data) => end(data.toString("latin1")));
    socket.once("timeout", () => end(""));
    socket.once("error", () => end(""));
    socket.once("close", () => end(""));
  });
}
