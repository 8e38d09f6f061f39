import * as pulumi from "@pulumi/pulumi";
import { brokerPlans } from "../model/render/members.ts";
import { memberPort } from "../model/security/phase.ts";
import type { Deployment } from "./lastDeployment.ts";
import { type AdminRequests, withAdminRequests } from "../scripts/lib/adminRequests.ts";
import { isOnLink, Network } from "../scripts/lib/reach.ts";
import { within } from "../scripts/lib/wait.ts";
import { without } from "../scripts/mover/clusterConfigs.ts";
import { fewestReplicas, singleHolders } from "../scripts/mover/growthGoals.ts";
import { leftovers } from "../scripts/mover/leftovers.ts";

/** How long the whole look may take, in milliseconds. */
const LOOK_TIMEOUT_MS = 5_000;

/** How often a request is repeated: it is one look, and a cluster that does not answer has other troubles. */
const RETRIES = 1;

/** What a plan needs to know of the cluster as it is now. */
export interface ClusterLook {
  /** Whether limits of moves stand while nothing is moved: a run that was cut off has left them. */
  readonly limitsLeft: boolean;
  /**
   * How many replicas each topic has, by its name: those of the partition with the fewest, without what moves add or take
   * away. Empty where the cluster gives no answer.
   */
  readonly replicas: Readonly<Record<string, number>>;
  /** Ids of the brokers that hold the only replica of a partition, by the topics' names; looked at as `replicas` are. */
  readonly singleHolders: Readonly<Record<string, readonly number[]>>;
  /** Id of the broker that is the controller; absent while there is none, and where the cluster gives no answer. */
  readonly controller?: number;
}

const NOTHING_SEEN: ClusterLook = { limitsLeft: false, replicas: {}, singleHolders: {} };

/** Looks at the cluster of the last deployment; what it gives no answer to in time is no obstacle to a plan. */
export async function lookAtCluster(last: Deployment | undefined): Promise<ClusterLook> {
  if (!last?.reach) return NOTHING_SEEN;
  const { members, reach, privateKey = "", tls, security } = last;
  if (reach.via === "link" && !members.every(({ address }) => isOnLink(address))) return NOTHING_SEEN;
  const brokers = brokerPlans(members).map(({ address }) => `${address}:${memberPort("kafka", security.phase)}`);
  const network = new Network({ reach, privateKey, ...(tls && { tls }), timeoutMs: LOOK_TIMEOUT_MS });
  try {
    return await seenInTime(LOOK_TIMEOUT_MS, async (seen) => {
      await network.ready();
      const args = { brokers, clientId: "plan", retries: RETRIES, openSocket: network.openSocket };
      await withAdminRequests(args, (requests) => look(requests, seen));
    });
  } finally {
    network.close();
  }
}

/**
 * What a look has seen until it ends, fails, or has no more time.
 *
 * @param looks is given what takes each part as soon as it is known
 */
export async function seenInTime(
  timeoutMs: number,
  looks: (seen: (part: Partial<ClusterLook>) => void) => Promise<void>,
): Promise<ClusterLook> {
  let all = NOTHING_SEEN;
  const looking = looks((part) => {
    all = { ...all, ...part };
  });
  try {
    await within(timeoutMs, looking, new Error("no answer in time"));
  } catch (error) {
    // What is wrong will be said by what needs the cluster.
    const what = all === NOTHING_SEEN ? "nothing" : "not all";
    void pulumi.log.debug(`the look at the cluster gave ${what}: ${(error as Error).message}`);
  }
  return all;
}

/** Asks first what takes one request: limits are asked for of every topic and every broker. */
export async function look(
  requests: Pick<AdminRequests, "metadata" | "movesUnderWay" | "describeConfigs">,
  seen: (part: Partial<ClusterLook>) => void,
): Promise<void> {
  const { controllerId, partitions } = await requests.metadata();
  if (controllerId >= 0) seen({ controller: controllerId });
  const moves = await requests.movesUnderWay();
  const settled = without("adding", without("removing", partitions, moves), moves);
  seen({ replicas: fewestReplicas(settled), singleHolders: singleHolders(settled) });
  const { topics, brokers } = await leftovers(requests);
  seen({ limitsLeft: topics.length + brokers.length > 0 });
}
