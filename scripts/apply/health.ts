import { withAdminRequests } from "../lib/adminRequests.ts";
import { keyOf } from "../lib/partitions.ts";
import { type ApplySpec, START_TIMEOUT_S } from "../../model/specs/applySpec.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { memberPort } from "../../model/security/phase.ts";
import { progress, UserError } from "../lib/report.ts";
import type { Endpoint, OpenSocket } from "../lib/sockets.ts";
import type { Ssh } from "../lib/ssh.ts";
import { waitFor } from "../lib/wait.ts";
import { askServer } from "../lib/zookeeper.ts";
import { startProgress, StillStarting } from "./logRecovery.ts";
import { assertRunning, lastLines } from "./services.ts";

/**
 * How long nothing may change on the way to health, in milliseconds. A broker that recovers its logs after an unclean stop
 * or copies what it lacks, and a server that reads a snapshot, take the time that they take, up to
 * rollout.startTimeoutSeconds.
 */
const HEALTH_TIMEOUT_MS = 300_000;
/** Pause between two health checks, in milliseconds. */
const HEALTH_INTERVAL_MS = 100;
/** Pause between two looks at whether a service that is not healthy yet still runs, in milliseconds. */
const LOOK_INTERVAL_MS = 4_000;
/** Pause between two lines about a start that takes long, in milliseconds. */
const TELL_INTERVAL_MS = 10_000;

/** What a health check gives: a sentence that describes the good state, or what is seen instead. */
export type Health = { value: string } | { seen: string };

/** Asks a ZooKeeper server whether it serves in a quorum, and in which role. */
export async function zookeeperHealth(openSocket: OpenSocket, server: Endpoint): Promise<Health> {
  const answer = await askServer(openSocket, server);
  return "value" in answer ? { value: answer.value.role } : answer;
}

/**
 * Asks the broker itself whether it is registered in the cluster and in sync for every partition that it holds a
 * replica of.
 */
export function brokerHealth(openSocket: OpenSocket, { host, port }: Endpoint, brokerId: number): Promise<Health> {
  const brokers = [`${host}:${port}`];
  return withAdminRequests({ brokers, clientId: "kafka-cluster-apply", openSocket, retries: 0 }, async (requests) => {
    const { brokers, partitions } = await requests.metadata();
    if (!brokers.some(({ id }) => id === brokerId)) {
      return { seen: `brokers ${brokers.map(({ id }) => id).join(", ") || "none"} are registered` };
    }
    // One without a leader waits for another broker: there is nobody to catch up with.
    const behind = partitions.filter(
      ({ leader, replicas, isr }) => leader >= 0 && replicas.includes(brokerId) && !isr.includes(brokerId),
    );
    if (behind.length === 0) return { value: `one of ${brokers.length} brokers, in sync` };
    const names = behind.map(keyOf);
    // What is there of them grows as long as the broker catches up.
    const bytes = (await requests.replicaSizes(brokerId))
      .filter((replica) => names.includes(keyOf(replica)))
      .reduce((sum, { size }) => sum + size, 0);
    return {
      seen: `${names.length} partitions not in sync: ${names.slice(0, 5).join(", ")}, of which it has ${bytes} bytes`,
    };
  });
}

/** Where a service of a member is asked. */
export function endpointOf({ security }: Pick<ApplySpec, "security">, service: Service, host: string): Endpoint {
  return { host, port: memberPort(service, security) };
}

/** A server that does not answer yet is no error; a lost SSH connection is. */
export function asSeen(error: unknown): { seen: string } {
  if (error instanceof UserError) throw error;
  return { seen: (error as Error).message };
}

/**
 * Waits until a service of the member is healthy.
 *
 * @returns a sentence that describes the good state
 * @throws UserError when nothing has changed for {@link HEALTH_TIMEOUT_MS} or the service does not stay up, with the last lines of its log
 * @throws StillStarting when it still gets further after rollout.startTimeoutSeconds
 */
export async function healthy(spec: ApplySpec, ssh: Ssh, service: Service): Promise<string> {
  const endpoint = endpointOf(spec, service, spec.address);
  const check = (): Promise<Health> =>
    service === "zookeeper"
      ? zookeeperHealth(ssh.openSocket, endpoint)
      : brokerHealth(ssh.openSocket, endpoint, spec.brokerId ?? -1);
  const limitMs = (spec.rollout.startTimeoutSeconds ?? START_TIMEOUT_S) * 1000;
  const started = Date.now();
  let lastLook = started;
  let lastTold = started;
  let [mark, changed, far] = ["", started, ""];
  const look = async (): Promise<void> => {
    lastLook = Date.now();
    await assertRunning(ssh, service);
    const progressed = await startProgress(ssh, service);
    if (progressed.mark !== mark) [mark, changed, far] = [progressed.mark, lastLook, progressed.text];
    if (far !== "" && changed > lastTold && lastLook - lastTold > TELL_INTERVAL_MS) {
      lastTold = lastLook;
      progress(`${spec.name}: ${service} is not healthy yet: ${far}`);
    }
  };
  const state = await waitFor(
    `${service} on ${spec.name}`,
    async () => {
      const health = await check().catch(asSeen);
      if ("value" in health) return health;
      if (Date.now() - lastLook > LOOK_INTERVAL_MS) await look();
      const seen = far === "" ? health.seen : `${health.seen}; ${far}`;
      if (Date.now() - started > limitMs) throw new StillStarting(`after ${limitMs / 1000} s ${seen}`);
      return { seen };
    },
    HEALTH_TIMEOUT_MS,
    HEALTH_INTERVAL_MS,
    true,
  ).catch(async (error: unknown) => {
    const reason = (error as Error).message;
    if (error instanceof StillStarting) {
      throw new StillStarting(
        `${spec.name} (${spec.address}): ${service} is not healthy ${reason}. It is left to go on: run it again, or raise ` +
          "rollout.startTimeoutSeconds, to wait longer",
      );
    }
    // Without SSH there are no lines, and that is the error then.
    const log = reason.includes("last lines") ? "" : `\nThe last lines of its log:\n${await lastLines(ssh, service)}`;
    throw new UserError(`${spec.name} (${spec.address}) is not healthy: ${reason}${log}`);
  });
  progress(`${spec.name}: ${service} is healthy (${state}) after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return state;
}
