import * as pulumi from "@pulumi/pulumi";
import { formatProblems } from "../model/kafka/problem.ts";
import { KAFKA_PORTS } from "../model/render/machinePaths.ts";
import { hasTls, type Phase } from "../model/security/phase.ts";
import type { Deployment } from "./lastDeployment.ts";
import { Network } from "../scripts/lib/reach.ts";
import { type OpenSocket, whyClosed } from "../scripts/lib/sockets.ts";
import { PortProhibited } from "../scripts/lib/ssh.ts";

/** How long the bastion may take to let the deployer in, and then to answer, in milliseconds. */
const BASTION_TIMEOUT_MS = 5_000;
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Makes sure, before a cluster that lives is changed to TLS, that its bastion may forward to the ports that come with it: it
 * was told its ports when it was made, and an older version of the program knew of fewer.
 *
 * A bastion that can't be asked is let pass: what needs it will say so.
 *
 * @param sshPort the bastion's port of SSH
 * @throws pulumi.RunError when it may not, with the remedy
 */
export async function assertForwarded(last: Deployment | undefined, next: Phase, sshPort = 22): Promise<void> {
  if (last?.reach?.via !== "bastion" || last.security.phase === next || !hasTls(next)) return;
  const { reach, privateKey = "", security } = last;
  // Without TLS: only whether the connection may be opened is asked.
  const network = new Network({ reach, privateKey, timeoutMs: BASTION_TIMEOUT_MS, sshPort });
  const refusals = await Promise.all(
    [KAFKA_PORTS.broker, KAFKA_PORTS.client].map((port) => refusal(network.openSocket, port)),
  ).finally(() => {
    network.close();
  });
  const found = refusals.find((reason) => reason !== undefined);
  if (found === undefined) return;
  const allowed = `${security.phase}, until this is mended: ${found}`;
  throw new pulumi.RunError(formatProblems([{ key: "security", value: next, allowed }]));
}

/** What a bastion says that may not forward to a port; undefined when it may. */
async function refusal(openSocket: OpenSocket, port: number): Promise<string | undefined> {
  // At the bastion itself nothing listens, so that it answers at once, whatever the security groups are.
  const to = { host: "127.0.0.1", port };
  const reason = await whyClosed(openSocket, to, BASTION_TIMEOUT_MS + ANSWER_TIMEOUT_MS);
  return reason instanceof PortProhibited ? reason.message : undefined;
}
