import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { KAFKA_LOG_DIR } from "../../model/render/machinePaths.ts";
import { parseProperties } from "../../model/render/properties.ts";
import { firstAndMore } from "../lib/named.ts";
import { keyOf } from "../lib/partitions.ts";
import { progress, UserError } from "../lib/report.ts";
import { accepts } from "../lib/sockets.ts";
import type { Ssh } from "../lib/ssh.ts";
import { type ClusterView, viewCluster } from "./clusterView.ts";
import { waitFor } from "../lib/wait.ts";
import { endpointOf } from "./health.ts";
import { recordedPartitions, type RecordedPartition } from "./recordedPartitions.ts";

/** How long another broker may take to accept a connection, in milliseconds: on a first deployment none is there yet. */
const ANSWER_TIMEOUT_MS = 1_000;
/** How long one that accepts connections may take to answer, in milliseconds: it may be starting, too. */
const VIEW_TIMEOUT_MS = 60_000;
/** Partitions that a message names. */
const NAMED = 5;

/** What a data volume says of whose it is: Kafka writes it at its first start (meta.properties). */
export interface VolumeIdentity {
  readonly clusterId: string | undefined;
  readonly brokerId: number | undefined;
}

/** What is known of a cluster, from a broker of it or from ZooKeeper. */
type LastingView = Pick<ClusterView, "clusterId" | "brokers"> & { readonly partitions: readonly RecordedPartition[] };

/**
 * Makes sure, before a broker is started, that its data volume is this broker's, of this cluster; and when it is empty,
 * that nothing is lost by that. Where no other broker answers, ZooKeeper says whether there are messages to lose, and
 * Kafka itself compares the cluster's id with ZooKeeper's.
 *
 * @throws UserError when it is another one's, or partitions would be lost
 */
export async function checkDataVolume(spec: ApplySpec, ssh: Ssh): Promise<void> {
  const identity = await readIdentity(ssh);
  const brokers = await answering(spec, ssh);
  const view =
    brokers.length > 0 ? await viewThrough(brokers, spec, ssh) : identity ? undefined : await viewLater(spec, ssh);
  const problem = identity ? foreignVolume(spec, identity, view) : lostPartitions(spec, view);
  if (problem === undefined) return;
  if (identity || !spec.rollout.acceptDataLoss) throw new UserError(`${spec.name} (${spec.address}): ${problem}`);
  progress(`${spec.name}: kafka is started all the same (rollout.acceptDataLoss): ${problem}`);
}

/** Why a volume is not this broker's; undefined when it is. */
export function foreignVolume(
  { brokerId }: Pick<ApplySpec, "brokerId">,
  volume: VolumeIdentity,
  view: Pick<ClusterView, "clusterId"> | undefined,
): string | undefined {
  const remedy = "Give the member its own volume back, or empty this one if nothing on it is needed";
  if (volume.brokerId !== undefined && volume.brokerId !== brokerId) {
    return `its data volume belongs to broker ${volume.brokerId}, but it is broker ${brokerId}. ${remedy}`;
  }
  const expected = view?.clusterId ?? undefined;
  if (volume.clusterId === undefined || expected === undefined || volume.clusterId === expected) return undefined;
  return `its data volume belongs to the cluster ${volume.clusterId}, but the other brokers are in ${expected}. ${remedy}`;
}

/** Why an empty volume loses messages; undefined when it does not. */
export function lostPartitions(
  { brokerId = -1 }: Pick<ApplySpec, "brokerId">,
  view: Pick<LastingView, "brokers" | "partitions"> | undefined,
): string | undefined {
  // Another one in sync that is down itself would be cut to the empty log as well.
  const lost = (view?.partitions ?? []).filter(
    ({ isr }) => isr.includes(brokerId) && !isr.some((id) => id !== brokerId && view?.brokers.includes(id)),
  );
  if (lost.length === 0) return undefined;
  const names = firstAndMore(lost.map(keyOf), NAMED);
  return (
    `its data volume is empty, and broker ${brokerId} has the only in-sync replica of ${names}: ` +
    "it would lead them without their messages, and the other replicas would be cut to that. Bring the volume back; or " +
    "let other replicas lead with what they have (unclean.leader.election.enable of the topics); or set " +
    "rollout.acceptDataLoss to true for this update"
  );
}

/** The other brokers that accept connections. */
async function answering(spec: ApplySpec, ssh: Ssh): Promise<ApplySpec["brokers"]> {
  const others = spec.brokers.filter(({ id }) => id !== spec.brokerId);
  const accepting = await Promise.all(
    others.map(({ address }) => accepts(ssh.openSocket, endpointOf(spec, "kafka", address), ANSWER_TIMEOUT_MS)),
  );
  return others.filter((_, index) => accepting[index]);
}

/** Looks again when ZooKeeper says that the broker whose volume is empty had messages: others may be starting, too. */
async function viewLater(spec: ApplySpec, ssh: Ssh): Promise<LastingView | undefined> {
  const recorded = await recordedPartitions(spec, ssh.openSocket);
  const held = recorded.filter(({ isr }) => isr.includes(spec.brokerId ?? -1));
  if (held.length === 0) return undefined;
  progress(`${spec.name}: its data volume is empty, but it had messages: waiting for another broker`);
  return waitFor(
    "another broker to accept connections",
    async () => {
      const brokers = await answering(spec, ssh);
      return brokers.length > 0 ? { value: await viewThrough(brokers, spec, ssh) } : { seen: "none does" };
    },
    VIEW_TIMEOUT_MS,
  ).catch(() => ({ clusterId: null, brokers: [], partitions: recorded }));
}

/** A broker that accepts connections may still be starting. */
function viewThrough(brokers: ApplySpec["brokers"], spec: ApplySpec, ssh: Ssh): Promise<ClusterView> {
  return waitFor(
    `a broker of ${brokers.map(({ id }) => id).join(", ")} to tell ${spec.name} of the cluster`,
    async () => ({ value: await viewCluster({ ...spec, brokers }, ssh.openSocket) }),
    VIEW_TIMEOUT_MS,
  );
}

async function readIdentity(ssh: Ssh): Promise<VolumeIdentity | undefined> {
  const { code, stdout } = await ssh.exec(["sudo", "-n", "cat", `${KAFKA_LOG_DIR}/meta.properties`]);
  if (code !== 0) return undefined;
  const meta = parseProperties(stdout);
  const brokerId = meta["broker.id"];
  return { clusterId: meta["cluster.id"], brokerId: brokerId === undefined ? undefined : Number(brokerId) };
}
