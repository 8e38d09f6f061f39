import { UserError } from "../lib/report.ts";
import { call, type Daemon, find } from "../lib/daemon.ts";
import { startInstance, waitForSsh } from "./instance.ts";
import { ownerOf } from "./ownership.ts";
import { ownedPools } from "./pools.ts";

/** What the daemon has of a space's machines and data volumes. */
export interface Presence {
  /** Status of each machine by its name, such as `Running` or `Stopped`. */
  readonly machines: ReadonlyMap<string, string>;
  readonly volumes: ReadonlySet<string>;
}

/**
 * Asks the daemon which machines and data volumes of a space there are.
 *
 * @throws UserError when the space itself is gone
 */
export async function lookAtSpace(daemon: Daemon, space: string): Promise<Presence> {
  let deployment: string | undefined;
  for (const [kind, path] of [
    ["project", `/1.0/projects/${space}`],
    ["storage pool", `/1.0/storage-pools/${space}`],
  ] as const) {
    const found = await find<{ config: Record<string, string> }>(daemon, path);
    deployment = found && ownerOf(found.config);
    if (found) continue;
    throw new UserError(
      `${kind} ${space} of ${daemon.kind} is gone, and with it all machines and data of the stack: somebody deleted it, ` +
        "or another daemon answers. If it is gone for good: npm run down, then npm run up makes an empty cluster",
    );
  }
  const query = `recursion=1&project=${space}`;
  const machines = await call<{ name: string; status: string }[]>(daemon, "GET", `/1.0/instances?${query}`);
  const pools = deployment === undefined ? [space] : await ownedPools(daemon, deployment);
  const volumes = await Promise.all(
    pools.map((pool) => call<{ name: string }[]>(daemon, "GET", `/1.0/storage-pools/${pool}/volumes/custom?${query}`)),
  );
  return {
    machines: new Map(machines.map(({ name, status }) => [name, status])),
    volumes: new Set(volumes.flat().map(({ name }) => name)),
  };
}

/** Starts a machine that somebody stopped, and waits until it can be reached; its services start with it. */
export async function startStopped(daemon: Daemon, space: string, name: string, address: string): Promise<void> {
  await startInstance(daemon, space, name);
  await waitForSsh(daemon, space, name, address);
}
