import { mkdir } from "node:fs/promises";
import { DISTRIBUTIONS_MOUNT } from "../../model/local/mounts.ts";
import { DATA_MOUNT } from "../../model/render/machinePaths.ts";
import { isDestroying } from "../lib/destroying.ts";
import { cacheDirectory } from "../lib/projectPaths.ts";
import { UserError } from "../lib/report.ts";
import { call, find, findDaemon } from "../lib/daemon.ts";
import type { Daemon } from "../lib/daemon.ts";
import { deleteInstance, instancePath, startInstance, waitForFirstBoot, waitForSsh } from "./instance.ts";
import type { Instance } from "./instance.ts";
import { volumePool } from "../../model/local/names.ts";
import { ownerConfig } from "./ownership.ts";
import type { Owned } from "./ownership.ts";
import { runResource } from "./resource.ts";

interface MachineSpec extends Owned {
  readonly machine: string;
  readonly address: string;
  readonly volume: string;
  /** Size of the volume in GiB; absent: it has none of its own. */
  readonly volumeSizeGiB?: number;
  /** Fingerprint of the image that it is made of. */
  readonly image: string;
  /** Processor cores; absent: all of the computer's. */
  readonly cpus?: number;
  /** Memory with a unit, for example `1GiB`; absent: no limit. */
  readonly memory?: string;
}

/** Spec: {@link MachineSpec}; user data in the environment variable USER_DATA. Result: `{machineId, hostKey}`. */
runResource<MachineSpec>({
  // Pulumi creates what it has no record of: a machine that is there already is what an interrupted run has left, at
  // an unknown point of its first boot. It is made anew; what it holds that lasts is in the volume.
  create: async (spec) => {
    const daemon = await findDaemon();
    const { space, machine } = spec;
    await deleteInstance(daemon, space, machine);
    const distributions = cacheDirectory("distributions");
    await mkdir(distributions, { recursive: true });
    await call(daemon, "POST", `/1.0/instances?project=${space}`, {
      json: {
        name: machine,
        type: "container",
        source: { type: "image", fingerprint: spec.image },
        profiles: [],
        config: { "cloud-init.user-data": process.env.USER_DATA ?? "", ...limits(spec), ...ownerConfig(spec) },
        devices: {
          root: { type: "disk", path: "/", pool: space },
          eth0: { type: "nic", name: "eth0", network: space, "ipv4.address": spec.address },
          data: { type: "disk", path: DATA_MOUNT, pool: poolOf(spec), source: spec.volume },
          distributions: { type: "disk", path: DISTRIBUTIONS_MOUNT, source: distributions, readonly: "true" },
        },
      },
    });
    await startInstance(daemon, space, machine);
    const described = await describe(daemon, spec);
    // A create that fails is done anew by the next update; a machine on record would stay as cloud-init has left it.
    await waitForFirstBoot(daemon, space, machine);
    return described;
  },

  update: async (spec) => {
    const daemon = await findDaemon();
    if (!(await find(daemon, instancePath(spec.space, spec.machine)))) {
      throw new UserError(
        `machine ${spec.machine} is gone: somebody deleted it. ` + `Make it anew: npm run replace -- ${spec.machine}`,
      );
    }
    await call(daemon, "PATCH", instancePath(spec.space, spec.machine), { json: { config: limits(spec) } });
    return await describe(daemon, spec);
  },

  delete: async (spec) => {
    // A stack that goes as a whole takes its volumes with it, and the services have been stopped in good order.
    await deleteInstance(await findDaemon(), spec.space, spec.machine, isDestroying());
  },
});

function poolOf({ space, volume, volumeSizeGiB: sizeGiB }: MachineSpec): string {
  return volumePool({ space, volume, ...(sizeGiB !== undefined && { sizeGiB }) });
}

/** The daemon applies both to a running machine; an empty value lifts a limit. */
function limits(spec: MachineSpec): Record<string, string> {
  return { "limits.cpu": spec.cpus === undefined ? "" : String(spec.cpus), "limits.memory": spec.memory ?? "" };
}

async function describe(daemon: Daemon, spec: MachineSpec): Promise<{ machineId: string; hostKey: string }> {
  const hostKey = await waitForSsh(daemon, spec.space, spec.machine, spec.address);
  const { config } = await call<Instance>(daemon, "GET", instancePath(spec.space, spec.machine));
  return { machineId: config["volatile.uuid"] ?? "", hostKey };
}
