import type { Service } from "../../model/render/nodeFile.ts";
import { progress } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { waitFor } from "../lib/wait.ts";
import { RESTARTS_ALLOWED, serviceState, type ServiceState } from "./services.ts";

/**
 * How long a process has to run to be taken for healed, in seconds. A broker that can't get at ZooKeeper ends after 18 s
 * (zookeeper.connection.timeout.ms), and what is wrong with its files ends it sooner.
 */
const STEADY_S = 30;
/** How long a service may take to show what it is, in milliseconds: each of six tries may last almost {@link STEADY_S}. */
const SETTLE_TIMEOUT_MS = 400_000;
/** Pause between two looks, in milliseconds. */
const INTERVAL_MS = 1_000;

/** A service whose state has been looked at until it was sure. */
export interface SettledState extends ServiceState {
  /** Whether it ends again and again, so that nobody misses it when it is stopped. */
  readonly looping: boolean;
}

/**
 * What two looks tell of a service; undefined when it takes another look.
 *
 * @param first how it was at the first look
 */
export function settled(first: ServiceState, now: ServiceState): SettledState | undefined {
  const { active, restarts, upSeconds } = now;
  if (active === "inactive" || active === "failed") return { ...now, looping: false };
  if (active === "active" && (restarts === 0 || upSeconds >= STEADY_S)) return { ...now, looping: false };
  // A count alone says nothing: it may be of long ago.
  if (restarts >= RESTARTS_ALLOWED && restarts > first.restarts) return { ...now, looping: true };
  return undefined;
}

/**
 * Looks at a service until it is sure whether it runs: one that systemd is stopping or starting, as after an apply that was
 * cut off, is waited for, and one that systemd has started again is looked at until it stays up or has ended once more.
 */
export async function settledState(ssh: Ssh, name: string, service: Service): Promise<SettledState> {
  const first = await serviceState(ssh, service);
  let now = first;
  let told = false;
  return waitFor(
    `${service} to settle`,
    async () => {
      const state = settled(first, now);
      if (state) return { value: state };
      if (!told) {
        const again = now.restarts > 0 ? `, started again ${now.restarts} times` : "";
        progress(`${name}: systemd has ${service} ${now.active}${again}: looking whether it stays so`);
      }
      told = true;
      now = await serviceState(ssh, service);
      return { seen: now.active };
    },
    SETTLE_TIMEOUT_MS,
    INTERVAL_MS,
  ).catch(() => ({ ...now, looping: now.active !== "active" }));
}
