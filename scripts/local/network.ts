import { run } from "../lib/exec.ts";
import { UserError } from "../lib/report.ts";
import { waitFor } from "../lib/wait.ts";
import { call, find, findDaemon, remove } from "../lib/daemon.ts";
import type { Daemon } from "../lib/daemon.ts";
import { demandOwner, ownerConfig } from "./ownership.ts";
import type { Owned } from "./ownership.ts";
import { runResource } from "./resource.ts";
import { findConflict, gateway } from "./subnet.ts";
import type { LinkAddresses, Route } from "./subnet.ts";

interface NetworkSpec extends Owned {
  /** IPv4 network of the machines, for example `10.0.0.0/24`. */
  readonly subnet: string;
}

interface Network {
  readonly config: Record<string, string>;
  /** Addresses of what uses it, in the daemon's interface. */
  readonly used_by?: readonly string[];
}

/** How long the machines may take to go, in milliseconds: a stop by force comes after 30 s. */
const LEAVE_TIMEOUT_MS = 60_000;

/** Spec: {@link NetworkSpec}. Result: `{bridge, gateway}`. */
runResource<NetworkSpec>({
  create: async (spec) => {
    const daemon = await findDaemon();
    const address = gateway(spec.subnet);
    const found = await find<Network>(daemon, `/1.0/networks/${spec.space}`);
    if (found) {
      demandOwner("network", found.config, spec);
      if (found.config["ipv4.address"] !== address) await remove(daemon, `/1.0/networks/${spec.space}`);
    }
    if (found?.config["ipv4.address"] !== address) {
      await demandFreeSubnet(spec);
      await call(daemon, "POST", "/1.0/networks", {
        json: {
          name: spec.space,
          type: "bridge",
          // No NAT: the machines talk to each other and to this computer, and need nothing else.
          config: { "ipv4.address": address, "ipv4.nat": "false", "ipv6.address": "none", ...ownerConfig(spec) },
        },
      });
    }
    return { bridge: spec.space, gateway: address };
  },

  delete: async (spec) => {
    const daemon = await findDaemon();
    const found = await find<Network>(daemon, `/1.0/networks/${spec.space}`);
    if (!found) return;
    demandOwner("network", found.config, spec);
    await waitForMachinesToLeave(daemon, spec.space);
    await remove(daemon, `/1.0/networks/${spec.space}`);
  },
});

/** A machine that an interrupted run has left goes with its volume, whose deletion may run beside the network's. */
async function waitForMachinesToLeave(daemon: Daemon, name: string): Promise<void> {
  await waitFor(
    `the machines of network ${name} to be gone`,
    async () => {
      const used = (await find<Network>(daemon, `/1.0/networks/${name}`))?.used_by ?? [];
      const machines = used.filter((path) => path.startsWith("/1.0/instances/"));
      return machines.length === 0 ? { value: true } : { seen: machines.join(", ") };
    },
    LEAVE_TIMEOUT_MS,
  );
}

async function demandFreeSubnet(spec: NetworkSpec): Promise<void> {
  const links = JSON.parse(await run("ip", ["-json", "address"])) as LinkAddresses[];
  const routes = JSON.parse(await run("ip", ["-json", "route"])) as Route[];
  const conflict = findConflict(spec.subnet, links, routes, spec.space);
  if (!conflict) return;
  throw new UserError(
    `subnet ${spec.subnet} is in use on this computer: ${conflict.network} on ${conflict.interface}. ` +
      "Choose another in the stack's configuration: kafka-cluster:subnet, and kafka-cluster:firstAddress with it",
  );
}
