/** The part of the report that is about Kafka. */
import type { TopicPartition } from "../../model/kafka/partition.ts";
import type { Move } from "../lib/kafkajsCluster.ts";
import type { Partition } from "./brokerAnswers.ts";

/** A configuration that was set while the broker ran. */
export interface DynamicConfig {
  readonly name: string;
  /** `null` for a secret. */
  readonly value: string | null;
  /** Whether it was set for this broker or for all. */
  readonly scope: "broker" | "cluster";
  /** The line of the deployed server.properties that says otherwise. */
  readonly overrides: { readonly name: string; readonly value: string } | null;
}

/** A broker. Its partitions are those that it holds a replica of; `null` when the cluster could not be asked. */
export interface BrokerStatus {
  readonly id: number;
  readonly member: string;
  /** Whether the cluster knows it as alive. */
  readonly registered: boolean | null;
  /** Whether it answers itself, and why not. */
  readonly answers: boolean;
  readonly reason: string | null;
  readonly version: string | null;
  /** inter.broker.protocol.version in effect. */
  readonly interBrokerProtocol: string | null;
  readonly partitions: {
    readonly leaders: number;
    readonly replicas: number;
    readonly inSync: number;
    /** It is the preferred leader and another broker leads. */
    readonly preferredNotLeader: number;
    readonly underReplicated: number;
    readonly offline: number;
    readonly underMinIsr: number | null;
  } | null;
  readonly dynamicConfigs: readonly DynamicConfig[];
  /** In what it sees another cluster than the controller, one clause each; `null` when one of both is not known. */
  readonly seesOtherwise: readonly string[] | null;
}

/** A follower that got nothing, for as long as was looked, of what its leader has, although it counts as in sync. */
export interface StalledReplica extends TopicPartition {
  /** broker.id of either. */
  readonly leader: number;
  readonly follower: number;
  /** Offsets that it lacks. */
  readonly behind: number;
}

/** A partition that is not as it should be. */
export interface PartitionStatus extends Partition {
  /** Replicas that a reassignment is bringing: that they are not in sync yet is no problem. */
  readonly adding: readonly number[];
  /** min.insync.replicas of its topic; `null` when it is not known. */
  readonly minIsr: number | null;
}

/** The brokers as a cluster. Where no broker could be asked, `reason` says why, and lists are `null`. */
export interface KafkaStatus {
  /** Version of the last deployment. */
  readonly deployedVersion: string;
  readonly reason: string | null;
  readonly clusterId: string | null;
  readonly controllerId: number | null;
  readonly topicCount: number | null;
  readonly partitionCount: number | null;
  readonly brokers: readonly BrokerStatus[];
  /** Registered brokers that are no members of the last deployment, with the number of replicas that they hold. */
  readonly otherBrokers: readonly { readonly id: number; readonly replicas: number }[] | null;
  readonly preferredNotLeader: readonly PartitionStatus[] | null;
  readonly underReplicated: readonly PartitionStatus[] | null;
  readonly offline: readonly PartitionStatus[] | null;
  readonly underMinIsr: readonly PartitionStatus[] | null;
  readonly stalled: readonly StalledReplica[];
  readonly reassignments: readonly Move[] | null;
  /** `null` when the topics' could not be asked. */
  readonly throttles: readonly { readonly entity: string; readonly name: string; readonly value: string }[] | null;
  /** What was asked and not told, one sentence each. */
  readonly unknown: readonly string[];
}
