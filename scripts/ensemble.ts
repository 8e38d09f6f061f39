/**
 * Upgrades the servers of a ZooKeeper ensemble, one after the other, the leader last.
 *
 *     node scripts/run.mjs ensemble upgrade
 *
 * Settings: an EnsembleUpgradeSpec in KAFKA_CLUSTER_SPEC, ApplySecrets on standard input. The result says what was done.
 */
import type { ApplySecrets, ApplySpec } from "../model/specs/applySpec.ts";
import type { EnsembleUpgradeSpec } from "../model/specs/ensembleUpgradeSpec.ts";
import { DEPLOY_USER } from "../model/render/machinePaths.ts";
import { asSeen, endpointOf, zookeeperHealth } from "./apply/health.ts";
import { type RollOut, rollOut } from "./apply/rollOut.ts";
import { Network } from "./lib/reach.ts";
import { result } from "./lib/report.ts";
import { readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { runClusterScript } from "./lib/withCluster.ts";
import type { Ssh } from "./lib/ssh.ts";

interface Server {
  readonly spec: ApplySpec;
  readonly ssh: Ssh;
  /** `leader`, `follower`; undefined for one that does not serve. */
  readonly mode: string | undefined;
}

async function main(): Promise<void> {
  const { servers } = readSpecVariable<EnsembleUpgradeSpec>();
  const secrets = await readSecrets<ApplySecrets>();
  const networks: Network[] = [];
  const connect = async (spec: ApplySpec): Promise<Server> => {
    const network = new Network({ ...secrets, reach: spec.reach });
    networks.push(network);
    const ssh = await network.connect({ name: spec.name, address: spec.address, user: DEPLOY_USER }, spec.hostKey);
    const health = await zookeeperHealth(ssh.openSocket, endpointOf(spec, "zookeeper", spec.address)).catch(asSeen);
    return { spec, ssh, mode: "value" in health ? health.value : undefined };
  };
  const done: Record<string, RollOut> = {};
  try {
    // All are there before the first is touched: one that can't be reached could not be upgraded in its turn.
    const connected = await Promise.all(servers.map(connect));
    for (const { spec, ssh } of inOrder(connected)) done[spec.name] = await rollOut(spec, ssh);
    result(done);
  } finally {
    for (const network of networks) network.close();
  }
}

/** One that is down first, since the others need it; the leader last, so that it is elected once. */
function inOrder(servers: readonly Server[]): Server[] {
  const rank = ({ mode }: Server): number => (mode === undefined ? 0 : mode === "leader" ? 2 : 1);
  return [...servers].sort((a, b) => rank(a) - rank(b));
}

runClusterScript(main);
