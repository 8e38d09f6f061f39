import { call, find, findDaemon, remove } from "./daemon.ts";
import { deleteInstance } from "./instance.ts";
import { ownerConfig } from "./ownership.ts";
import type { Owned } from "./ownership.ts";
import { runResource } from "./resource.ts";

interface VolumeSpec extends Owned {
  /** Name of the volume in the deployment's own storage pool. */
  readonly volume: string;
}

/** Spec: {@link VolumeSpec}. Result: `{volumeId}`. */
runResource<VolumeSpec>({
  create: async (spec) => {
    const daemon = await findDaemon();
    const volumes = `/1.0/storage-pools/${spec.space}/volumes/custom`;
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
    await remove(daemon, `/1.0/storage-pools/${spec.space}/volumes/custom/${spec.volume}?project=${spec.space}`);
  },
});
