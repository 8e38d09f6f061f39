/** What `npm run status -- --json` prints, as docs/operations/status.md describes it: a change is one for users. */
import type { Phase } from "../../model/security/phase.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import type { FileDifference } from "../apply/files.ts";
import type { KafkaStatus } from "./kafkaReport.ts";
import type { UnfinishedResource } from "./unfinishedUpdate.ts";

/** Raised when a field is taken away or means something else. */
export const FORMAT = 1;

/** A service of a member. */
export interface ServiceStatus {
  readonly service: Service;
  /** systemd's ActiveState and SubState; `null` when the machine did not tell. */
  readonly state: string | null;
  readonly subState: string | null;
  /** How its last process ended, where that was not a clean stop: `exit code 3`, `signal 9`, or systemd's Result. */
  readonly end: string | null;
  /** ISO 8601, UTC; `null` when it does not run. */
  readonly since: string | null;
  /** Kafka's version in the name of the distribution that the process was started from. */
  readonly version: string | null;
  /** Whether it was started with the files of the last deployment; `null` when that is not known. */
  readonly startedWithDeployedFiles: boolean | null;
  /** Whether its JVM started with an archive of the service's classes; `null` when that is not known or it does not run. */
  readonly classData: boolean | null;
}

/** A file that differs from the last deployment's. */
export interface FileDrift {
  readonly path: string;
  readonly difference: FileDifference["difference"];
}

/** Use of a data volume, in bytes. */
export interface VolumeStatus {
  readonly used: number;
  /** What services can still use. */
  readonly available: number;
  readonly size: number;
  readonly usedPercent: number;
}

/** A member and its machine. */
export interface MemberStatus {
  readonly name: string;
  readonly address: string;
  readonly rack: string | null;
  readonly brokerId: number | null;
  readonly zookeeperId: number | null;
  /** Whether SSH to it works, and why not. */
  readonly reachable: boolean;
  readonly reason: string | null;
  readonly services: readonly ServiceStatus[];
  /** The data volume, in bytes; `null` when it is not mounted or the machine did not tell. */
  readonly volume: VolumeStatus | null;
  /** `null` when the machine did not tell. */
  readonly drift: readonly FileDrift[] | null;
  /** What the machine was asked and did not tell, one sentence each. */
  readonly unknown: readonly string[];
}

/** A server of the ensemble. */
export interface ServerStatus {
  readonly id: number;
  readonly member: string;
  /** `leader`, `follower`, `observer`, `standalone`; `null` when it does not serve, for the reason given. */
  readonly role: string | null;
  readonly version: string | null;
  readonly reason: string | null;
}

/** The ensemble. */
export interface ZooKeeperStatus {
  /** Whether a majority serves, with one leader. */
  readonly quorum: boolean;
  readonly servers: readonly ServerStatus[];
}

/** A certificate. */
export interface CertificateStatus {
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly ends: string;
  /** Whether it has ended, an update would renew it, or another authority should take over. */
  readonly due: boolean;
  /** Whether it is an authority's, which no update renews. */
  readonly isAuthority: boolean;
}

/** A connection that one member needs to another one's service, and that can't be opened. */
export interface LinkStatus {
  /** Members' names. */
  readonly from: string;
  readonly to: string;
  readonly service: Service;
  readonly port: number;
  readonly reason: string;
}

/** The whole cluster. */
export interface ClusterStatus {
  readonly stack: string;
  /** ISO 8601, UTC. */
  readonly takenAt: string;
  /** How far it is secured, as of its last deployment. */
  readonly security: Phase;
  /** The certificates that the program has made, the one that ends first at the head. */
  readonly certificates: readonly CertificateStatus[];
  /** What an update after the last deployment has begun and not ended. */
  readonly unfinished: readonly UnfinishedResource[];
  readonly members: readonly MemberStatus[];
  /** Connections between members that can't be opened, though the service is there. */
  readonly cuts: readonly LinkStatus[];
  readonly kafka: KafkaStatus;
  readonly zookeeper: ZooKeeperStatus;
}

/** Something that keeps a cluster from being healthy. */
export interface StatusProblem {
  readonly kind:
    | "unreachable"
    | "service"
    | "disk"
    | "cut"
    | "drift"
    | "quorum"
    | "zookeeper"
    | "broker"
    | "offline"
    | "underMinIsr"
    | "underReplicated"
    | "view"
    | "replication"
    | "throttle"
    | "certificate"
    | "update"
    | "unknown";
  /** A member's name, `kafka`, `zookeeper`, `certificates` or `stack`. */
  readonly subject: string;
  readonly text: string;
  readonly remedy: string;
}

/** The document that is printed. */
export interface StatusReport extends ClusterStatus {
  readonly format: typeof FORMAT;
  readonly healthy: boolean;
  readonly problems: readonly StatusProblem[];
}
