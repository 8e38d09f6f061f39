import type { Reach } from "../reach.ts";

/** What the script that learns a machine's host key is told, as JSON in `KAFKA_CLUSTER_SPEC`; ReachSecrets go beside it. */
export interface HostKeySpec {
  /** The machine's name, for messages. */
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  /** The user to log in as, with the deployer's key. */
  readonly user: string;
  /** How to get there. */
  readonly reach: Reach;
}

/** What the script prints. */
export interface HostKeyResult {
  /** As in known_hosts without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}
