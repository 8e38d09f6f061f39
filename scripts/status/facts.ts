/** What was asked of the members, as it came; assemble.ts makes of it what is shown. */
import type { Service } from "../../model/render/nodeFile.ts";
import type { Phase } from "../../model/security/phase.ts";
import type { FileDifference } from "../apply/files.ts";
import type { ServerFacts } from "../lib/zookeeper.ts";
import type { Move } from "../lib/kafkajsCluster.ts";
import type { Config, Metadata } from "./brokerAnswers.ts";
import type { CertificateFacts, DeployedMember } from "./recordedCluster.ts";
import type { LinkFacts } from "./links.ts";
import type { Look } from "./look.ts";
import type { Lag } from "./stalled.ts";
import type { UnfinishedResource } from "./unfinishedUpdate.ts";

/** An answer, or a sentence that says why there is none. */
export type Answer<T> = { readonly value: T } | { readonly seen: string };

/** A service as systemd and the member's files know it. */
export interface ServiceFacts {
  readonly service: Service;
  /** systemd's ActiveState: `active`, `inactive`, `failed`, `activating`… */
  readonly activeState: string;
  /** systemd's SubState: `running`, `dead`, `auto-restart`… */
  readonly subState: string;
  /** How its last process ended, where that was not a clean stop: `exit code 3`, `signal 9`, or systemd's Result. */
  readonly end: string | null;
  /** Since when it is active, in seconds since the epoch; `null` when it is not. */
  readonly since: number | null;
  /** Hash of the files that it was started with; `null` when the program never started it. */
  readonly startedWith: string | null;
  /** Folder of the distribution on the command line of its process; `null` when there is none. */
  readonly home: string | null;
  /** Whether its JVM has an archive of the service's classes; `null` when there is no process. */
  readonly classData: boolean | null;
}

/** Use of a file system, in bytes. */
export interface VolumeFacts {
  readonly used: number;
  /** What the services can still use: less than size minus used where some is kept for root. */
  readonly available: number;
  readonly size: number;
}

/** A machine as it sees itself. */
export interface MachineFacts {
  readonly services: readonly ServiceFacts[];
  /** `null` when no data volume is mounted. */
  readonly volume: VolumeFacts | null;
}

/** A broker as it sees the cluster and itself. */
export interface BrokerFacts extends Look {
  readonly configs: readonly Config[];
}

/** A member with all that it was asked. */
export interface MemberFacts {
  readonly member: DeployedMember;
  /** Whether SSH to it works. */
  readonly ssh: Answer<true>;
  readonly machine: Answer<MachineFacts>;
  readonly differences: Answer<readonly FileDifference[]>;
  /** Absent where the member has no ZooKeeper server. */
  readonly server?: Answer<ServerFacts>;
  /** Absent where the member has no broker. */
  readonly broker?: Answer<BrokerFacts>;
}

/** The cluster as one broker sees it: the controller, if it answers. */
export interface ClusterFacts {
  /** broker.id of that one. */
  readonly askedBroker: number;
  readonly metadata: Metadata;
  /** Configurations of topics by their names. */
  readonly topicConfigs: Answer<ReadonlyMap<string, readonly Config[]>>;
  readonly reassignments: Answer<readonly Move[]>;
}

/** All that was asked. */
export interface Facts {
  readonly stack: string;
  /** Kafka's version that was deployed last. */
  readonly kafkaVersion: string;
  /** How far the cluster was secured then. */
  readonly security: Phase;
  readonly certificates: readonly CertificateFacts[];
  /** What an update after the last deployment has begun and not ended. */
  readonly unfinished: readonly UnfinishedResource[];
  /** When it was asked, in milliseconds since the epoch. */
  readonly takenAt: number;
  readonly members: readonly MemberFacts[];
  /** Connections between members that were tried. */
  readonly links: readonly LinkFacts[];
  readonly cluster: Answer<ClusterFacts>;
  /** In-sync followers that got nothing for as long as was looked, of what their leaders have. */
  readonly stalled: readonly Lag[];
}
