import { KAFKA_PORT, ZOOKEEPER_PORTS } from "../render/paths.ts";

/** Who machines are for the rules. A machine with both services is a broker and of the ensemble. */
export type Group = "brokers" | "ensemble" | "bastion";

/** A permission to connect. */
export interface AccessRule {
  readonly to: Group;
  readonly port: number;
  /** A group of machines, or an IPv4 network in CIDR notation. */
  readonly from: { readonly group: Group } | { readonly cidr: string };
}

/** What the rules depend on. */
export interface AccessSettings {
  /** Whether SSH comes through a bastion, or straight from {@link sshFrom}. */
  readonly bastion: boolean;
  /** IPv4 networks that may connect to port 22 of the bastion; of the members, when there is none. */
  readonly sshFrom: readonly string[];
  /** IPv4 networks whose clients may connect to the brokers. */
  readonly clientsFrom: readonly string[];
}

const SSH_PORT = 22;

/**
 * Who may connect to what: clients and the deployer to brokers, brokers and servers among themselves, SSH from the
 * bastion or the stated networks, and nobody else to anything. No rule stands twice: EC2 refuses that.
 */
export function accessRules({ bastion, sshFrom, clientsFrom }: AccessSettings): AccessRule[] {
  const cidrs = (networks: readonly string[]): AccessRule["from"][] => networks.map((cidr) => ({ cidr }));
  const deployer: AccessRule["from"][] = bastion ? [{ group: "bastion" }] : cidrs(sshFrom);
  // The verification connects to brokers the way that the deployer's SSH goes.
  const clients = bastion ? clientsFrom : [...new Set([...clientsFrom, ...sshFrom])];
  const allow = (to: Group, port: number, from: readonly AccessRule["from"][]): AccessRule[] =>
    from.map((source) => ({ to, port, from: source }));
  return [
    ...(bastion ? allow("bastion", SSH_PORT, cidrs(sshFrom)) : []),
    ...allow("brokers", SSH_PORT, deployer),
    ...allow("ensemble", SSH_PORT, deployer),
    ...allow("brokers", KAFKA_PORT, [{ group: "brokers" }, ...(bastion ? deployer : []), ...cidrs(clients)]),
    ...allow("ensemble", ZOOKEEPER_PORTS.client, [{ group: "brokers" }, { group: "ensemble" }]),
    ...allow("ensemble", ZOOKEEPER_PORTS.quorum, [{ group: "ensemble" }]),
    ...allow("ensemble", ZOOKEEPER_PORTS.election, [{ group: "ensemble" }]),
  ];
}
