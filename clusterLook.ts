import { memberPort } from "./components/security/phase.ts";
import type { Deployment } from "./deployed.ts";
import { withAdminRequests } from "./scripts/lib/adminRequests.ts";
import { isOnLink, Network } from "./scripts/lib/reach.ts";
import { within } from "./scripts/lib/wait.ts";
import { without } from "./scripts/mover/cluster.ts";
import { fewestReplicas } from "./scripts/mover/growth.ts";
import { leftovers } from "./scripts/mover/leftovers.ts";

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
  /** Id of the broker that is the controller; absent while there is none, and where the cluster gives no answer. */
  readonly controller?: number;
}

const NOTHING_SEEN: ClusterLook = { limitsLeft: false, replicas: {} };

/** Looks at the cluster of the last deployment; one that gives no answer in time is no obstacle to a plan. */
export async function lookAtCluster(last: Deployment | undefined): Promise<ClusterLook> {
  if (!last?.reach) return NOTHING_SEEN;
  const { members, reach, privateKey = "", tls, security } = last;
  if (reach.via === "link" && !members.every(({ address }) => isOnLink(address))) return NOTHING_SEEN;
  const brokers = members
    .filter(({ brokerId }) => brokerId !== undefined)
    .map(({ address }) => `${address}:${memberPort("kafka", security.phase)}`);
  const network = new Network({ reach, privateKey, ...(tls && { tls }), timeoutMs: LOOK_TIMEOUT_MS });
  const look = async (): Promise<ClusterLook> => {
    await network.ready();
    const args = { brokers, clientId: "plan", retries: RETRIES, openSocket: network.openSocket };
    return withAdminRequests(args, async (requests) => {
      const { topics, brokers: rated } = await leftovers(requests);
      const [{ controllerId, partitions }, moves] = await Promise.all([requests.metadata(), requests.movesUnderWay()]);
      return {
        limitsLeft: topics.length + rated.length > 0,
        replicas: fewestReplicas(without("adding", without("removing", partitions, moves), moves)),
        ...(controllerId >= 0 && { controller: controllerId }),
      };
    });
  };
  try {
    return await within(LOOK_TIMEOUT_MS, look(), new Error("no answer in time"));
  } catch {
    // What is wrong will be said by what needs the cluster.
    return NOTHING_SEEN;
  } finally {
    network.close();
  }
}
