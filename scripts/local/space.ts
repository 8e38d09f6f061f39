import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { progress, UserError } from "../lib/report.ts";
import { call, find, findDaemon, remove } from "../lib/daemon.ts";
import type { Daemon } from "../lib/daemon.ts";
import { deleteInstance } from "./instance.ts";
import { ownedPools } from "./pools.ts";
import { demandOwner, ownerConfig } from "./ownership.ts";
import type { Owned } from "./ownership.ts";
import { runResource } from "./resource.ts";

/**
 * Free space that a space needs at its start, in bytes: the image (0.2 GB), an unpacked copy for each of some five
 * machines (0.5 GB), and Kafka's first log segments.
 */
const FREE_SPACE_NEEDED = 4e9;

/** Spec: `{space, deployment}`. Result: `{project, pool}`. */
runResource<Owned>({
  create: async (spec) => {
    const daemon = await findDaemon();
    const { space } = spec;
    if (!(await adopt(daemon, "storage pool", `/1.0/storage-pools/${space}`, spec))) {
      await demandFreeSpace(join(daemon.directory, "storage-pools"));
      await call(daemon, "POST", "/1.0/storage-pools", {
        json: { name: space, driver: "dir", config: ownerConfig(spec) },
      });
    }
    if (!(await adopt(daemon, "project", `/1.0/projects/${space}`, spec))) {
      const config = {
        "features.images": "true",
        "features.profiles": "true",
        "features.storage.volumes": "true",
        ...ownerConfig(spec),
      };
      await call(daemon, "POST", "/1.0/projects", { json: { name: space, config } });
    }
    return { project: space, pool: space };
  },

  // The project is this deployment's own, so all that is in it goes with it: also what an interrupted run has made
  // and Pulumi never heard of.
  delete: async (spec) => {
    const daemon = await findDaemon();
    const { space } = spec;
    if (await adopt(daemon, "project", `/1.0/projects/${space}`, spec)) {
      for (const name of await list(daemon, `/1.0/instances?project=${space}`)) {
        await deleteInstance(daemon, space, name);
      }
      for (const fingerprint of await list(daemon, `/1.0/images?project=${space}`)) {
        await remove(daemon, `/1.0/images/${fingerprint}?project=${space}`);
      }
      for (const pool of await ownedPools(daemon, spec.deployment)) {
        const volumes = `/1.0/storage-pools/${pool}/volumes/custom`;
        for (const name of await list(daemon, `${volumes}?project=${space}`)) {
          await remove(daemon, `${volumes}/${name}?project=${space}`);
        }
      }
      await remove(daemon, `/1.0/projects/${space}`);
    }
    if (await adopt(daemon, "network", `/1.0/networks/${space}`, spec)) {
      await remove(daemon, `/1.0/networks/${space}`);
    }
    await adopt(daemon, "storage pool", `/1.0/storage-pools/${space}`, spec);
    for (const pool of await ownedPools(daemon, spec.deployment)) await remove(daemon, `/1.0/storage-pools/${pool}`);
    progress(`project and storage pool ${space} are gone`);
  },
});

/** Whether the object is there; refuses one of somebody else. */
async function adopt(daemon: Daemon, kind: string, path: string, spec: Owned): Promise<boolean> {
  const object = await find<{ config: Record<string, string> }>(daemon, path);
  if (object) demandOwner(kind, object.config, spec);
  return object !== undefined;
}

/** Names of the objects of a collection that exists, else none. */
async function list(daemon: Daemon, path: string): Promise<string[]> {
  const urls = (await find<string[]>(daemon, path)) ?? [];
  return urls.map((url) => url.split("?")[0]?.split("/").at(-1) ?? "");
}

async function demandFreeSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= FREE_SPACE_NEEDED) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new UserError(
    `${folder} has ${gigabytes(bavail * bsize)} GB free, and the machines need ${gigabytes(FREE_SPACE_NEEDED)} GB. ` +
      "Free some space and run it again.",
  );
}
