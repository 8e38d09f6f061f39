import { type NodePlan, servicesOf } from "../model/render/node.ts";
import { memberPort, type Phase } from "../model/security/phase.ts";
import type { Reach } from "../model/reach.ts";
import type { Deployment } from "./lastDeployment.ts";
import { isOnLink, Network } from "../scripts/lib/reach.ts";
import { accepts, type Endpoint, whyClosed } from "../scripts/lib/sockets.ts";

/** How long the bastion, and then a member, may take to answer, in milliseconds. */
const BASTION_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Names of the members of which a service accepts no connection now: whatever the update is, they are mended first.
 *
 * When over a network not one answers, and SSH of none, that says more about the way to them than about them: then none is
 * named. Nor is any when the bridge of this computer's machines is gone.
 *
 * @param sshPort the members' port of SSH
 */
export async function downMembers(last: Deployment | undefined, sshPort = 22): Promise<ReadonlySet<string>> {
  if (!last?.reach) return new Set();
  const { members, reach, privateKey = "", tls, security } = last;
  if (reach.via === "link" && !members.every(({ address }) => isOnLink(address))) return new Set();
  const network = new Network({ reach, privateKey, ...(tls && { tls }), timeoutMs: BASTION_TIMEOUT_MS });
  try {
    await network.ready();
    const found = await Promise.all(members.map((member) => lookAt(member, security.phase, reach.via, network)));
    const anyAnswers = found.some((services) => services.includes(true));
    if (!anyAnswers && reach.via !== "link" && !(await anySsh(members, network, sshPort))) return new Set();
    return new Set(members.filter((_, index) => found[index]?.includes(false)).map(({ name }) => name));
  } catch {
    // What needs the bastion will say so.
    return new Set();
  } finally {
    network.close();
  }
}

/** Whether SSH of any member accepts connections. */
async function anySsh(members: readonly NodePlan[], network: Network, port: number): Promise<boolean> {
  const ports = members.map(({ address: host }) => accepts(network.openSocket, { host, port }, ANSWER_TIMEOUT_MS));
  return (await Promise.all(ports)).includes(true);
}

/** Whether each service of a member accepts connections. */
function lookAt(member: NodePlan, phase: Phase, via: Reach["via"], network: Network): Promise<boolean[]> {
  return Promise.all(
    servicesOf(member)
      // The deployer's way over a network leads to brokers alone.
      .filter((service) => service === "kafka" || via === "link")
      .map((service) => isThere(network, { host: member.address, port: memberPort(service, phase) })),
  );
}

/** Whether a service takes connections, be it only to refuse the deployer's certificate. */
async function isThere(network: Network, to: Endpoint): Promise<boolean> {
  const reason = await whyClosed(network.openSocket, to, ANSWER_TIMEOUT_MS);
  // An alert of TLS is the answer of a service that runs.
  return reason === undefined || /\balert\b/i.test(reason.message);
}
