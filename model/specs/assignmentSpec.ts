import type { AssignmentBroker } from "../kafka/replicaTable.ts";
import type { Reach } from "../reach.ts";
import type { SpecBroker } from "./verificationSpec.ts";

/** What an assignment has to reach; travels as JSON in `KAFKA_CLUSTER_SPEC`, and ReachSecrets beside it. */
export interface AssignmentSpec {
  /** The brokers that partitions may be on. */
  readonly brokers: readonly (SpecBroker & AssignmentBroker)[];
  /** How to get to the brokers. */
  readonly reach: Reach;
  /** The most that a broker sends and, apart from that, takes for moves, in bytes per second. */
  readonly throttleBytesPerSecond: number;
}

/** What a run of the assignment leaves: by it the next one knows which brokers are new. */
export interface AssignmentResult {
  /** Ids of the brokers that partitions are on, ascending. */
  readonly brokers: readonly number[];
  /** Number of partitions that this run moved. */
  readonly moved: number;
}

/** Environment variable that says when limits of moves were found that an earlier run has left. */
export const FOUND_LIMITS = "KAFKA_CLUSTER_FOUND_LIMITS";
