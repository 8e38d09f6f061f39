import { progress, UserError } from "../lib/report.ts";
import { call, type Daemon, find, findDaemon, remove } from "../lib/daemon.ts";
import { deleteInstance } from "./instance.ts";
import { volumePool } from "../../model/local/names.ts";
import { demandOwner, ownerConfig } from "./ownership.ts";
import type { Owned } from "./ownership.ts";
import { runResource } from "./resource.ts";

/** What LXD and Incus call it that a pool in a file of theirs can become larger. */
const CAN_GROW = "storage_pool_loop_resize";

interface VolumeSpec extends Owned {
  /** Name of the volume. */
  readonly volume: string;
  /** Its size in GiB; absent: it shares the file system of the deployment's storage pool, which is this computer's. */
  readonly sizeGiB?: number;
}

/**
 * Spec: {@link VolumeSpec}. Result: `{volumeId}`.
 *
 * A volume with a size has a storage pool of its own, with a file system in a file of that size: a pool of folders, as the
 * deployment's is, can't limit a volume, and within a larger file system `df` would not show the limit.
 */
runResource<VolumeSpec>({
  create: async (spec) => {
    const daemon = await findDaemon();
    const pool = volumePool(spec);
    if (spec.sizeGiB !== undefined) await makePool(daemon, pool, spec, spec.sizeGiB);
    const volumes = `/1.0/storage-pools/${pool}/volumes/custom`;
    if (!(await find(daemon, `${volumes}/${spec.volume}?project=${spec.space}`))) {
      await call(daemon, "POST", `${volumes}?project=${spec.space}`, {
        json: { name: spec.volume, type: "custom", content_type: "filesystem", config: ownerConfig(spec) },
      });
    }
    return { volumeId: spec.volume };
  },

  delete: async (spec) => {
    const daemon = await findDaemon();
    // A machine whose creation was cut off is in no record of Pulumi's; it has its volume's name, and keeps it in use.
    await deleteInstance(daemon, spec.space, spec.volume);
    const pool = volumePool(spec);
    await remove(daemon, `/1.0/storage-pools/${pool}/volumes/custom/${spec.volume}?project=${spec.space}`);
    if (spec.sizeGiB !== undefined) await remove(daemon, `/1.0/storage-pools/${pool}`);
  },
});

/** Makes the pool, or lets the one that is there grow. */
async function makePool(daemon: Daemon, pool: string, spec: VolumeSpec, sizeGiB: number): Promise<void> {
  const path = `/1.0/storage-pools/${pool}`;
  const size = `${sizeGiB}GiB`;
  const existing = await find<{ config: Record<string, string> }>(daemon, path);
  if (!existing) {
    const json = { name: pool, driver: "btrfs", config: { size, ...ownerConfig(spec) } };
    await call(daemon, "POST", "/1.0/storage-pools", { json }).catch((error: unknown) => {
      throw new UserError(
        `a data volume of ${size} can't be made: ${(error as Error).message}. It takes the package btrfs-progs and a kernel ` +
          "with btrfs and loop devices; or leave machine.volume out, and volumes share this computer's disk",
      );
    });
    return;
  }
  demandOwner("storage pool", existing.config, { ...spec, space: pool });
  if (existing.config.size === size) return;
  const { api_extensions: extensions } = await call<{ api_extensions: string[] }>(daemon, "GET", "/1.0");
  if (!extensions.includes(CAN_GROW)) {
    throw new UserError(
      `${spec.volume}: this ${daemon.kind} can't make a data volume larger (it lacks ${CAN_GROW}, which Incus and newer ` +
        `releases of LXD have). Set machine.volume.sizeGiB back to ${Number.parseInt(existing.config.size ?? "", 10)}`,
    );
  }
  await call(daemon, "PATCH", path, { json: { config: { size } } });
  progress(`${spec.volume}: its data volume has ${size}`);
}
