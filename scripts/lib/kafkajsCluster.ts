import type { DescribeConfigResponse, Kafka, ResourceConfigQuery } from "kafkajs";
import type { PartitionAssignment, PartitionReplicas } from "../../model/kafka/partition.ts";
import type Encoder from "kafkajs/src/protocol/encoder.js";

/** A request of Kafka's protocol and how its response is read. */
export interface ProtocolRequest<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<Encoder>;
  };
  readonly response: { decode(body: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
  /** In milliseconds. @default the client's */
  readonly requestTimeout?: number;
}

/** kafkajs's connection to one broker, made and authenticated: `src/broker/index.js`. */
export interface BrokerConnection {
  readonly connectionPool: { send<T>(request: ProtocolRequest<T>): Promise<T> };
  describeConfigs(args: {
    resources: readonly ResourceConfigQuery[];
    includeSynonyms: boolean;
  }): Promise<DescribeConfigResponse>;
  /** Only the group's coordinator does it. */
  offsetCommit(args: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly { topic: string; partitions: readonly { partition: number; offset: string }[] }[];
  }): Promise<unknown>;
  /** Of all topics. Only the controller knows; the declared types of kafkajs are others than what it gives. */
  listPartitionReassignments(args: { timeout: number }): Promise<{
    topics: readonly { name: string; partitions: readonly ReassignedPartition[] }[];
  }>;
  /** Only the controller does it. */
  alterPartitionReassignments(args: {
    topics: readonly {
      topic: string;
      partitionAssignment: readonly PartitionAssignment[];
    }[];
    timeout: number;
  }): Promise<unknown>;
}

/** A partition whose replicas are being moved. */
export interface ReassignedPartition extends PartitionAssignment {
  readonly addingReplicas: readonly number[];
  readonly removingReplicas: readonly number[];
}

/** How long the controller may take to begin moves, or to tell of them, in milliseconds. */
export const REASSIGNMENT_TIMEOUT_MS = 5_000;

/** A partition that is being moved. */
export interface Move extends PartitionReplicas {
  /** Brokers that take a copy. */
  readonly adding: readonly number[];
  /** Brokers that lose theirs in the end. */
  readonly removing: readonly number[];
}

/** Asks the controller for the moves that are under way. */
export async function movesUnderWay(controller: BrokerConnection): Promise<Move[]> {
  const { topics } = await controller.listPartitionReassignments({ timeout: REASSIGNMENT_TIMEOUT_MS });
  return topics.flatMap(({ name: topic, partitions }) =>
    partitions.map(({ partition, replicas, addingReplicas: adding, removingReplicas: removing }) => ({
      topic,
      partition,
      replicas,
      adding,
      removing,
    })),
  );
}

/** What kafkajs's clients themselves use to talk to a cluster: `src/cluster/index.js`. */
export interface Cluster {
  disconnect(): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** Asks any broker; needs metadata. */
  findGroupCoordinator(args: { groupId: string }): Promise<BrokerConnection>;
  /** Without metadata it connects to the first of the client's brokers that answers. */
  readonly brokerPool: { findConnectedBroker(): Promise<BrokerConnection> };
  /** Repeats what fails, as the client's `retry` says, unless the error says `retriable: false`. */
  retrier<T>(attempt: () => Promise<T>): Promise<T>;
}

type CreateCluster = (options: { allowAutoTopicCreation: boolean }) => Cluster;

const CREATE_CLUSTER = "private:Kafka:createCluster";

/**
 * Makes the object that kafkajs's admin client is built on, for requests that it lacks: with the client's addresses,
 * sockets, encryption and authentication. kafkajs is pinned to its last release, and a test says when this breaks.
 *
 * @throws Error when this version of kafkajs has no such thing
 */
export function createCluster(kafka: Kafka): Cluster {
  const key = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === CREATE_CLUSTER);
  const create = key && (kafka as unknown as Record<symbol, CreateCluster>)[key];
  if (!create) throw new Error(`kafkajs has no ${CREATE_CLUSTER}: is it another version than 2.2.4?`);
  return create({ allowAutoTopicCreation: false });
}
