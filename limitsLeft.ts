import { memberPort } from "./components/security/phase.ts";
import type { Deployment } from "./deployed.ts";
import { withAdminRequests } from "./scripts/lib/adminRequests.ts";
import { isOnLink, Network } from "./scripts/lib/reach.ts";
import { within } from "./scripts/lib/wait.ts";
import { leftovers } from "./scripts/mover/leftovers.ts";

/** How long the whole look may take, in milliseconds. */
const LOOK_TIMEOUT_MS = 5_000;

/** How often a request is repeated: it is one look, and a cluster that does not answer has other troubles. */
const RETRIES = 1;

/** Whether limits of moves stand in the cluster while nothing is moved: a run that was cut off has left them. */
export async function limitsLeft(last: Deployment | undefined): Promise<boolean> {
  if (!last?.reach) return false;
  const { members, reach, privateKey = "", tls, security } = last;
  if (reach.via === "link" && !members.every(({ address }) => isOnLink(address))) return false;
  const brokers = members
    .filter(({ brokerId }) => brokerId !== undefined)
    .map(({ address }) => `${address}:${memberPort("kafka", security.phase)}`);
  const network = new Network({ reach, privateKey, ...(tls && { tls }), timeoutMs: LOOK_TIMEOUT_MS });
  const look = async (): Promise<boolean> => {
    await network.ready();
    const args = { brokers, clientId: "limits", retries: RETRIES, openSocket: network.openSocket };
    const { topics, brokers: rated } = await withAdminRequests(args, leftovers);
    return topics.length + rated.length > 0;
  };
  try {
    return await within(LOOK_TIMEOUT_MS, look(), new Error("no answer in time"));
  } catch {
    // What is wrong will be said by what needs the cluster.
    return false;
  } finally {
    network.close();
  }
}
