import type { Reach, ReachSecrets } from "../reach.ts";
import type { NodeFile, Service } from "../render/nodeFile.ts";
import type { Phase } from "../security/phase.ts";

/** A broker or a server of the ensemble. */
export interface Peer {
  readonly id: number;
  /** IPv4 address. */
  readonly address: string;
}

/** How long a start may take that gets further, in seconds: hours, as many terabytes after an unclean stop may. */
export const START_TIMEOUT_S = 21_600;

/** How careful a rolling change is. */
export interface RolloutSettings {
  /** How long a service that is to be stopped waits until the cluster can do without it, in seconds. */
  readonly gateTimeoutSeconds: number;
  /** How long a service's start may take as long as it gets further, in seconds. @default {@link START_TIMEOUT_S} */
  readonly startTimeoutSeconds?: number;
  /** Whether it is stopped all the same after that: partitions may be unavailable, writes refused. */
  readonly acceptUnavailable: boolean;
  /** Whether a broker is started on an empty data volume although nobody else has all that it had. */
  readonly acceptDataLoss: boolean;
}

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
  /** The ZooKeeper server's id; absent on a machine without one. */
  readonly zookeeperId?: number;
  /** All brokers of the cluster, the member's own included. */
  readonly brokers: readonly Peer[];
  /** All servers of the ensemble, the member's own included. */
  readonly ensemble: readonly Peer[];
  /** Kafka's version: it decides which properties a running broker takes. */
  readonly kafkaVersion: string;
  /** How far the cluster is secured when the apply is done. */
  readonly security: Phase;
  readonly rollout: RolloutSettings;
  /** All files of the member; those that are secret without their content. */
  readonly files: readonly NodeFile[];
}

/**
 * Variable of an apply with the SHA-256 of each secret file by its path, as JSON: what the spec can't show. It stands apart
 * from the spec, since a preview does not know it when keys are to be made.
 */
export const SECRET_HASHES = "KAFKA_CLUSTER_SECRET_HASHES";

/** Variable of an apply that says when its member was found down: another value makes the apply run. */
export const FOUND_DOWN = "KAFKA_CLUSTER_FOUND_DOWN";

/** What the apply script reads from standard input, as JSON. */
export interface ApplySecrets extends ReachSecrets {
  /** The contents of the secret files by their paths. @default none */
  readonly files?: Readonly<Record<string, string>>;
}
