import { call, type Daemon } from "../lib/daemon.ts";
import { ownerOf } from "./ownership.ts";

/** Names of the storage pools of a deployment: its own, and those of data volumes with a size. */
export async function ownedPools(daemon: Daemon, deployment: string): Promise<string[]> {
  const pools = await call<{ name: string; config: Record<string, string> }[]>(
    daemon,
    "GET",
    "/1.0/storage-pools?recursion=1",
  );
  return pools.filter(({ config }) => ownerOf(config) === deployment).map(({ name }) => name);
}
