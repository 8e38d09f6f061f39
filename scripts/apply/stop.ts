import type { ApplySpec } from "../../model/specs/applySpec.ts";
import type { Network } from "../lib/reach.ts";
import { progress, UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { viewCluster } from "./clusterView.ts";
import { passGate } from "./gate.ts";
import { asSeen, endpointOf, zookeeperHealth } from "./health.ts";
import { stopService, stopServiceUnless } from "./services.ts";
import { settledState } from "./steady.ts";

/**
 * How long an ensemble may be without a quorum before a broker that waits for one is stopped by force; to elect a new
 * leader takes it less than a second. One whose data goes with it loses nothing.
 */
const QUORUM_LOST_MS = 5_000;
const QUORUM_LOST_FOR_GOOD_MS = 1_500;

/** Stops the services of a member that goes with its whole cluster; one that can't be reached need not be stopped. */
export async function stopForGood(spec: ApplySpec, connecting: Promise<Ssh>): Promise<void> {
  const ssh = await connecting.catch((error: unknown) => {
    progress(`${spec.name}: nothing to stop: ${(error as Error).message}`);
    return undefined;
  });
  if (ssh) await stop(spec, ssh, QUORUM_LOST_FOR_GOOD_MS);
}

/**
 * Stops the services of a member whose machine is about to be replaced, or that leaves a cluster that lives on, once the
 * cluster can do without it.
 *
 * @throws UserError when it can't, or when a member that lives can't be reached: then nothing may be deleted
 */
export async function stopForReplacement(spec: ApplySpec, network: Network, connecting: Promise<Ssh>): Promise<void> {
  await network.ready();
  const ssh = await connecting.catch(async (error: unknown) => {
    await assertGone(spec, network, error as Error);
    return undefined;
  });
  if (!ssh) return;
  for (const service of [...spec.services].reverse())
    await passGate(spec, ssh, service, await settledState(ssh, spec.name, service));
  await stop(spec, ssh, QUORUM_LOST_MS);
}

/**
 * A machine that does not answer, or whose place another one has taken, is taken for gone when its ZooKeeper server does
 * not serve, and the other brokers say that its broker is gone.
 */
async function assertGone(spec: ApplySpec, network: Network, reason: Error): Promise<void> {
  const others = spec.brokers.filter(({ id }) => id !== spec.brokerId);
  if (
    spec.zookeeperId !== undefined &&
    "value" in (await zookeeperHealth(network.openSocket, endpointOf(spec, "zookeeper", spec.address)).catch(asSeen))
  ) {
    throw new UserError(
      `${spec.name} can't be stopped, and nothing is deleted: its ZooKeeper server serves, but ${reason.message}`,
    );
  }
  if (spec.brokerId !== undefined && others.length > 0) {
    const view = await viewCluster({ ...spec, brokers: others }, network.openSocket).catch((error: unknown) => {
      throw new UserError(
        `${spec.name} can't be stopped, and nothing is deleted: ${reason.message}. ` +
          `Nor does another broker answer: ${(error as Error).message}. Put the way to the members right first`,
      );
    });
    if (view.brokers.includes(spec.brokerId)) {
      throw new UserError(
        `${spec.name} can't be stopped, and nothing is deleted: broker ${spec.brokerId} lives, but ${reason.message}`,
      );
    }
  }
  progress(`${spec.name}: nothing to stop: ${reason.message}`);
}

/**
 * Stops the member's services in good order.
 *
 * @param lostMs how long a broker waits for a quorum of the ensemble, in milliseconds
 */
async function stop(spec: ApplySpec, ssh: Ssh, lostMs: number): Promise<void> {
  for (const service of [...spec.services].reverse()) {
    progress(`${spec.name}: stopping ${service}`);
    if (service !== "kafka") await stopService(ssh, service);
    else if (await stopServiceUnless(ssh, service, quorumIsLost(spec, ssh, lostMs))) {
      progress(`${spec.name}: kafka was stopped by force: without a ZooKeeper quorum it would go on waiting for one`);
    }
  }
}

/**
 * Tells whether no server of the ensemble has served for so many milliseconds. When a cluster is destroyed, the last
 * members lose their quorum, and a broker's controlled shutdown waits until it comes back.
 */
function quorumIsLost(spec: ApplySpec, ssh: Ssh, lostMs: number): () => Promise<boolean> {
  let served = Date.now();
  return async () => {
    const answers = spec.ensemble.map(({ address }) =>
      zookeeperHealth(ssh.openSocket, endpointOf(spec, "zookeeper", address)).catch(asSeen),
    );
    if ((await Promise.all(answers)).some((health) => "value" in health)) served = Date.now();
    return Date.now() - served >= lostMs;
  };
}
