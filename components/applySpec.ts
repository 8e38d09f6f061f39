import type { Reach, ReachSecrets } from "./reach.ts";
import type { NodeFile, Service } from "./render/nodeFile.ts";

/** What the apply script is told about a member, as JSON in `KAFKA_CLUSTER_SPEC`. It holds no secret. */
export interface ApplySpec {
  /** The member's name, for example `kafka-1`. */
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  /** The machine's SSH host key: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** How to get there. */
  readonly reach: Reach;
  /** The member's services in the order in which they start. */
  readonly services: readonly Service[];
  /** broker.id; absent on a machine without a broker. */
  readonly brokerId?: number;
  /** All files of the member. */
  readonly files: readonly NodeFile[];
}

/** What the apply script reads from standard input, as JSON. */
export type ApplySecrets = ReachSecrets;
