import type { PartitionState } from "../kafka/partition.ts";
import { SPEC_VARIABLE } from "./specVariable.ts";
import type { Reach, ReachSecrets } from "../reach.ts";

/** A broker as the verification sees it. */
export interface SpecBroker {
  /** `broker.id`. */
  readonly id: number;
  /** Where clients reach it, `host:port`. */
  readonly address: string;
}

/** What a run of the verification has to prove; travels as JSON in {@link SPEC_VARIABLE}, and VerificationSecrets beside it. */
export interface VerificationSpec {
  /** The last one takes the message, the others give it back; a single one does both. */
  readonly brokers: readonly SpecBroker[];
  /** How to get to the brokers. */
  readonly reach: Reach;
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Unique to the run: the message's key, and part of the consumer groups' ids. */
  readonly runId: string;
  /** Upper limit for the whole run, in seconds. */
  readonly timeoutSeconds: number;
  /** Stands in the progress lines only: the protocol is the same for every version. */
  readonly kafkaVersion: string;
}

/** What the verification reads from standard input, as JSON. */
export interface VerificationSecrets extends ReachSecrets {
  /** Whom it logs in as; absent on a cluster that asks nobody. */
  readonly login?: Login;
}

/** A user's name and password, for SASL/SCRAM. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a run of the verification proved. */
export interface VerificationResult {
  readonly topic: string;
  readonly partitions: readonly PartitionState[];
  /** Address of the broker that the producer bootstrapped from. */
  readonly producedVia: string;
  /** Addresses of the brokers that the consumers bootstrapped from, one consumer each. */
  readonly consumedVia: readonly string[];
  readonly runId: string;
  /** The message's offset in its partition. */
  readonly offset: string;
  /** Since the script's process began, when each step was done, in milliseconds. */
  readonly milliseconds: VerificationTimes;
}

/** See {@link VerificationResult.milliseconds}. */
export interface VerificationTimes {
  /** Every broker answered and knows all others. */
  readonly clusterReady: number;
  /** All replicas of the topic in sync. */
  readonly topicReady: number;
  /** The message acknowledged by all in-sync replicas. */
  readonly firstMessage: number;
  /** The coordinators of the consumer groups found, `__consumer_offsets` made for that on a new cluster. */
  readonly groupsReady: number;
  /** The message read back through every consumer. */
  readonly consumed: number;
  /** The consumer groups deleted again. */
  readonly cleanedUp: number;
}

/** Tells the producer's broker and the consumers' apart. */
export function roles(brokers: readonly SpecBroker[]): { producer: SpecBroker; consumers: readonly SpecBroker[] } {
  const producer = brokers.at(-1);
  if (producer === undefined) throw new Error(`${SPEC_VARIABLE}.brokers is empty, at least one broker is needed`);
  return { producer, consumers: brokers.length === 1 ? brokers : brokers.slice(0, -1) };
}
