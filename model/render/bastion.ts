import { stringify } from "yaml";
import { KAFKA_PORTS } from "./machinePaths.ts";
import { userDataHead } from "./userDataHead.ts";

/** The ports that the deployer's key may be forwarded to: SSH of the members, and their brokers. */
const FORWARDED_PORTS = [22, ...Object.values(KAFKA_PORTS)];

/**
 * Renders the cloud-init user data of a bastion: a user who may forward connections to the members and nothing else.
 *
 * @param deployKey public SSH key of the deployer, as in authorized_keys
 */
export function renderBastionUserData(hostname: string, deployKey: string): string {
  const open = FORWARDED_PORTS.map((port) => `permitopen="*:${port}"`);
  const document = userDataHead(hostname, {
    gecos: "Way of the deployer to the members",
    shell: "/usr/sbin/nologin",
    key: `${["restrict", "port-forwarding", ...open].join(",")} ${deployKey}`,
  });
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}
