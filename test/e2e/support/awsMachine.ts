/**
 * A machine like one on EC2, as far as a container can be one: made from nothing but user data and a block device that
 * shows later. It is privileged, since only so may it mount the device.
 */
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { call, findDaemon } from "../../../scripts/lib/daemon.ts";
import { deleteInstance, instancePath, startInstance, waitForSsh } from "../../../scripts/local/instance.ts";
import { spaceName } from "../../../model/local/names.ts";
import { run } from "../../../scripts/lib/exec.ts";
import type { LoopDevice } from "./loopDevice.ts";
import { inside } from "./machines.ts";

/** What the machine is made from. */
export interface AwsMachineArgs {
  readonly stack: string;
  readonly machine: string;
  readonly address: string;
  readonly userData: string;
  /** Fingerprint of the image. */
  readonly image: string;
  /** What {@link showDevice} may show. */
  readonly devices: readonly LoopDevice[];
}

/**
 * In a container systemd makes no mount unit of a device in fstab (systemd-fstab-generator). This one mounts what stands
 * there at a boot, as the mount unit would.
 */
const FSTAB_UNIT = `[Unit]
DefaultDependencies=no
Before=local-fs.target
[Service]
Type=oneshot
ExecStart=mount --all
[Install]
WantedBy=local-fs.target
`;

/** Makes the project, the bridge and the image; gives the image's fingerprint. */
export async function createSpace(stack: string, subnet: string): Promise<string> {
  const owner = { space: spaceName(stack), deployment: stack };
  const create = (script: string, spec: object): Promise<string> =>
    run(process.execPath, ["scripts/run.mjs", `local/${script}`, "create"], {
      env: { KAFKA_CLUSTER_SPEC: JSON.stringify({ ...owner, ...spec }) },
    });
  await create("space", {});
  await create("network", { subnet });
  return (JSON.parse(await create("image", { key: stack })) as { fingerprint: string }).fingerprint;
}

/** Makes the machine anew and starts it; gives its SSH host key. */
export async function createMachine(args: AwsMachineArgs): Promise<string> {
  const daemon = await findDaemon();
  const space = spaceName(args.stack);
  await deleteInstance(daemon, space, args.machine);
  await call(daemon, "POST", `/1.0/instances?project=${space}`, {
    json: {
      name: args.machine,
      type: "container",
      source: { type: "image", fingerprint: args.image },
      profiles: [],
      config: { "cloud-init.user-data": args.userData, "security.privileged": "true" },
      devices: {
        root: { type: "disk", path: "/", pool: space },
        eth0: { type: "nic", name: "eth0", network: space, "ipv4.address": args.address },
        // One that comes while the machine runs would not be for its services (cgroup v1 inherits at a group's start only).
        ...Object.fromEntries(
          args.devices.map(({ path }) => [path.slice("/dev/".length), { type: "unix-block", source: path, path }]),
        ),
      },
    },
  });
  await startInstance(daemon, space, args.machine);
  return waitForSsh(daemon, space, args.machine, args.address);
}

/**
 * Lets a device show under its path on EC2. What udev does there, the test does: a container has none of its events.
 */
export async function showDevice(stack: string, machine: string, path: string, device: LoopDevice): Promise<void> {
  await inside(stack, machine, `mkdir -p "$(dirname ${path})" && ln -sfn ${device.path} ${path}`);
}

/** Restarts the machine's system and waits until SSH answers. */
export async function reboot(stack: string, machine: string, address: string): Promise<void> {
  const unit = "/etc/systemd/system/fstab-in-a-container.service";
  await inside(stack, machine, `cat >${unit} <<'END'\n${FSTAB_UNIT}END\nsystemctl enable --quiet ${unit}`);
  const daemon = await findDaemon();
  const space = spaceName(stack);
  await call(daemon, "PUT", instancePath(space, machine, "/state"), { json: { action: "restart", timeout: 60 } });
  await waitForSsh(daemon, space, machine, address);
}

/** Serves one file over HTTP on an address of this computer for as long as the work takes. */
export async function serveFile(file: string, host: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => createReadStream(file).pipe(response));
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/archive`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
