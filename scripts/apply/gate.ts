import { type ApplySpec, START_TIMEOUT_S } from "../../model/specs/applySpec.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { progress, UserError } from "../lib/report.ts";
import type { OpenSocket } from "../lib/sockets.ts";
import type { Ssh } from "../lib/ssh.ts";
import { waitFor } from "../lib/wait.ts";
import { blockedMessage, blockers } from "./availability.ts";
import { viewCluster } from "./clusterView.ts";
import { asSeen, endpointOf, zookeeperHealth } from "./health.ts";
import { startProgress, StillStarting } from "./logRecovery.ts";
import type { SettledState } from "./steady.ts";
import { assertTrusted } from "./trust.ts";

/** Pause between two looks at the cluster, in milliseconds. */
const INTERVAL_MS = 200;
/** Pause between two looks at a broker that recovers its logs, in milliseconds. */
const RECOVERY_INTERVAL_MS = 2_000;

/**
 * Waits until the cluster can do without a service of this member, which is about to be stopped.
 *
 * A broker that is not registered is no part of the cluster, so that nobody misses it; but as long as it recovers its logs
 * it is waited for.
 *
 * @throws UserError when it can't until the time is up, with what stands in the way and the remedy; at once when the broker
 *   would not trust the others any more
 */
export async function passGate(spec: ApplySpec, ssh: Ssh, service: Service, state: SettledState): Promise<void> {
  const { gateTimeoutSeconds, acceptUnavailable } = spec.rollout;
  const { active, looping } = state;
  // One that does not stay up is missed by nobody.
  if (active !== "active" || looping) return;
  const { openSocket } = ssh;
  const gate = service === "zookeeper" ? quorumGate(spec, openSocket) : brokerGate(spec, openSocket);
  if (!gate) return;
  await assertTrusted(spec, openSocket, service);
  if (service === "kafka") await awaitRecovery(spec, ssh);
  const started = Date.now();
  try {
    await waitFor(`the cluster to do without ${service} on ${spec.name}`, gate, gateTimeoutSeconds * 1000, INTERVAL_MS);
  } catch (error) {
    const reason = (error as Error).message;
    if (!acceptUnavailable) throw new UserError(`${spec.name}: ${service} was not stopped: ${reason}`);
    progress(`${spec.name}: ${service} is stopped all the same (rollout.acceptUnavailable): ${reason}`);
  }
  const waited = (Date.now() - started) / 1000;
  if (waited > 1) progress(`${spec.name}: waited ${waited.toFixed(1)} s until the cluster could do without ${service}`);
}

/**
 * Waits for a broker that runs but is not registered: it may be recovering its logs, which a stop would make it begin anew.
 * One that does not get further for half the gate's time is waited for no more.
 *
 * @throws StillStarting when it still gets further after rollout.startTimeoutSeconds
 */
async function awaitRecovery(spec: ApplySpec, ssh: Ssh): Promise<void> {
  const { name, brokerId = -1, rollout } = spec;
  const limitMs = (rollout.startTimeoutSeconds ?? START_TIMEOUT_S) * 1000;
  const started = Date.now();
  await waitFor(
    `broker ${brokerId} to register`,
    async () => {
      // Where none answers, such as after a power cut, this one may be recovering all the same.
      const brokers = await viewCluster(spec, ssh.openSocket).then(
        (view) => view.brokers,
        (): readonly number[] => [],
      );
      if (brokers.includes(brokerId)) return { value: true };
      const { text } = await startProgress(ssh, "kafka");
      if (text !== "" && Date.now() - started > limitMs) {
        throw new StillStarting(`${name}: kafka was not stopped: after ${limitMs / 1000} s ${text}`);
      }
      return { seen: text };
    },
    (rollout.gateTimeoutSeconds * 1000) / 2,
    RECOVERY_INTERVAL_MS,
    true,
  ).catch((error: unknown) => {
    if (error instanceof StillStarting) throw error;
  });
}

type Gate = () => Promise<{ value: true } | { seen: string }>;

/** The other servers have to make a quorum by themselves. */
function quorumGate(spec: ApplySpec, openSocket: OpenSocket): Gate | undefined {
  const { name, ensemble, zookeeperId } = spec;
  const others = ensemble.filter(({ id }) => id !== zookeeperId);
  if (others.length === 0) {
    progress(`${name}: the ensemble has this server alone: it does not serve while the server is restarted`);
    return undefined;
  }
  const quorum = Math.floor(ensemble.length / 2) + 1;
  return async () => {
    const health = await Promise.all(
      others.map(({ address }) => zookeeperHealth(openSocket, endpointOf(spec, "zookeeper", address)).catch(asSeen)),
    );
    const serving = health.filter((state) => "value" in state).length;
    if (serving >= quorum) return { value: true };
    const silent = others.filter((_, index) => !("value" in (health[index] ?? {}))).map(({ address }) => address);
    return { seen: `${serving} of the other servers serve, ${quorum} make a quorum; not: ${silent.join(", ")}` };
  };
}

/** No partition may lose its last in-sync replica or fall under its min.insync.replicas. */
function brokerGate(spec: ApplySpec, openSocket: OpenSocket): Gate {
  const { name, brokerId = -1, rollout } = spec;
  return async () => {
    const view = await viewCluster(spec, openSocket);
    // It is out already, and does not get further either (awaitRecovery).
    if (!view.brokers.includes(brokerId)) return { value: true };
    // By what is registered: a cluster that becomes one of a single broker has others until the end of the update.
    if (view.brokers.length === 1 && spec.brokers.length === 1) {
      progress(`${name}: the only broker: nothing can be written or read while it is restarted`);
      return { value: true };
    }
    const found = blockers(view.partitions, brokerId);
    if (found.length === 0) return { value: true };
    const blocked = blockedMessage(found, spec.brokers.length);
    // Waiting does not mend it: said at once.
    if (found.every(({ forGood }) => forGood)) {
      if (!rollout.acceptUnavailable) throw new UserError(`\n${blocked}`);
      progress(`${name}: partitions will be unavailable (rollout.acceptUnavailable):\n${blocked}`);
      return { value: true };
    }
    return { seen: `\n${blocked}` };
  };
}
