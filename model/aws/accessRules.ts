import { KAFKA_PORTS, ZOOKEEPER_PORTS } from "../render/machinePaths.ts";
import { hasPlaintext, hasTls, type Phase } from "../security/phase.ts";

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
  /** How far the cluster is secured: by it services listen at other ports. */
  readonly security: Phase;
}

const SSH_PORT = 22;

/**
 * Who may connect to what: clients and the deployer to brokers, brokers and servers among themselves, SSH from the
 * bastion or the stated networks, and nobody else to anything. No rule stands twice: EC2 refuses that.
 */
export function accessRules({ bastion, sshFrom, clientsFrom, security }: AccessSettings): AccessRule[] {
  const cidrs = (networks: readonly string[]): AccessRule["from"][] => networks.map((cidr) => ({ cidr }));
  const deployer: AccessRule["from"][] = bastion ? [{ group: "bastion" }] : cidrs(sshFrom);
  // The verification connects to brokers the way that the deployer's SSH goes.
  const clients = bastion ? clientsFrom : [...new Set([...clientsFrom, ...sshFrom])];
  const forwarded = bastion ? deployer : [];
  const servers: AccessRule["from"][] = [{ group: "brokers" }, { group: "ensemble" }];
  const allow = (to: Group, port: number, from: readonly AccessRule["from"][]): AccessRule[] =>
    from.map((source) => ({ to, port, from: source }));
  return [
    ...(bastion ? allow("bastion", SSH_PORT, cidrs(sshFrom)) : []),
    ...allow("brokers", SSH_PORT, deployer),
    ...allow("ensemble", SSH_PORT, deployer),
    ...(hasPlaintext(security)
      ? [
          ...allow("brokers", KAFKA_PORTS.plaintext, [{ group: "brokers" }, ...forwarded, ...cidrs(clients)]),
          ...allow("ensemble", ZOOKEEPER_PORTS.client, servers),
        ]
      : []),
    ...(hasTls(security)
      ? [
          ...allow("brokers", KAFKA_PORTS.broker, [{ group: "brokers" }, ...deployer]),
          ...allow("brokers", KAFKA_PORTS.client, [...forwarded, ...cidrs(clients)]),
          ...allow("ensemble", ZOOKEEPER_PORTS.secureClient, servers),
        ]
      : []),
    ...allow("ensemble", ZOOKEEPER_PORTS.quorum, [{ group: "ensemble" }]),
    ...allow("ensemble", ZOOKEEPER_PORTS.election, [{ group: "ensemble" }]),
  ];
}
