import type { PartitionReplicas, TopicPartition } from "../../model/kafka/partition.ts";
import type { DescribeConfigResponse, ResourceConfigQuery } from "kafkajs";
import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import {
  type ClusterMetadata,
  describeLogDirsRequest,
  electLeadersRequest,
  incrementalAlterConfigsRequest,
  metadataRequest,
  type Outcome,
  type ReplicaSize,
  type TopicPartitionIds,
} from "./adminProtocol.ts";
import { byReceiver, type ConfigChange, encode, NoAnswer, refusal } from "./configChange.ts";
import { disconnect, kafkaClient, type KafkaClient, type KafkaClientArgs, kafkaReason } from "./kafka.ts";
import {
  type BrokerConnection,
  type Cluster,
  createCluster,
  type Move,
  movesUnderWay,
  type ProtocolRequest,
  REASSIGNMENT_TIMEOUT_MS,
} from "./kafkajsCluster.ts";
import { byTopic } from "./partitions.ts";
import { UserError } from "./report.ts";

/** How long the controller waits for an election, in milliseconds: within the client's own time-out of 10 s. */
const ELECTION_TIMEOUT_MS = 5_000;

const NOT_CONTROLLER = 41;
const ELECTION_NOT_NEEDED = 84;

export type { ConfigChange, ConfigResource } from "./configChange.ts";

/** A partition that did not get its preferred leader. */
export interface NotElected extends TopicPartition {
  /** For example 80, PREFERRED_LEADER_NOT_AVAILABLE. */
  readonly errorCode: number;
  readonly reason: string;
}

/** Who gets a request: a broker by its id, the controller, or whichever of the client's brokers answers. */
export type Receiver = number | "controller" | "any";

/**
 * Requests that kafkajs's admin client lacks, and those that it can't send while a partition has no leader, since it takes
 * that for an error of all metadata. They go over kafkajs's own connections. Each of them is tried for some 2 s.
 */
export class AdminRequests {
  readonly #client: KafkaClient;
  readonly #seed: Cluster;
  /** Connections to single brokers, by their addresses. */
  readonly #brokers = new Map<string, Cluster>();
  /** Where the brokers are; forgotten when a request fails. */
  #known: ClusterMetadata | undefined;

  constructor(client: KafkaClient) {
    this.#client = client;
    this.#seed = createCluster(client.kafka);
  }

  /**
   * Changes dynamic configs, at each resource all or nothing.
   *
   * @throws UserError that names each resource whose configs can't be changed, its configs and the reason; NoAnswer when
   *   it is not known of one whether they were
   */
  async incrementalAlterConfigs(changes: readonly ConfigChange[]): Promise<void> {
    const wanted = changes.filter(({ set = {}, remove = [] }) => Object.keys(set).length + remove.length > 0);
    const problems: string[] = [];
    let unanswered = false;
    for (const [brokerId, group] of byReceiver(wanted)) {
      const sent = this.send(
        brokerId ?? "controller",
        incrementalAlterConfigsRequest(group.map(encode)),
        (outcomes) => outcomes,
      );
      const outcomes = await sent.catch((error: unknown) => {
        unanswered = true;
        problems.push(...group.map((change) => refusal(change, kafkaReason(error))));
        return [];
      });
      for (const change of group) {
        const { resourceType, resourceName } = encode(change);
        const outcome = outcomes.find((o) => o.resourceType === resourceType && o.resourceName === resourceName);
        if (outcome && outcome.errorCode !== 0) problems.push(refusal(change, reasonOf(outcome)));
      }
    }
    if (unanswered) throw new NoAnswer(problems.join("; "));
    if (problems.length > 0) throw new UserError(problems.join("; "));
  }

  /**
   * Makes the first replica of each partition its leader. One that leads already is no error.
   *
   * @returns the partitions where that was not possible, for example since the replica is not in sync
   * @throws UserError when there is no answer, or the whole request is refused
   */
  async electPreferredLeaders(topics: readonly TopicPartitionIds[]): Promise<NotElected[]> {
    if (topics.every(({ partitions }) => partitions.length === 0)) return [];
    const request = electLeadersRequest(topics, ELECTION_TIMEOUT_MS);
    const sent = this.send("controller", request, (answer) => [answer, ...answer.partitions]);
    const { errorCode, partitions } = await sent.catch((error: unknown) => {
      throw new UserError(`preferred leaders can't be elected: ${kafkaReason(error)}`);
    });
    if (errorCode !== 0) {
      throw new UserError(`preferred leaders can't be elected: ${createErrorFromCode(errorCode).message}`);
    }
    return partitions
      .filter((outcome) => outcome.errorCode !== 0 && outcome.errorCode !== ELECTION_NOT_NEEDED)
      .map((outcome) => ({
        topic: outcome.topic,
        partition: outcome.partition,
        errorCode: outcome.errorCode,
        reason: reasonOf(outcome),
      }));
  }

  /**
   * Gives the size of each replica that a broker has on its disks.
   *
   * @throws UserError when there is no answer
   */
  replicaSizes(brokerId: number): Promise<ReplicaSize[]> {
    return this.send(brokerId, describeLogDirsRequest(), () => []).catch((error: unknown) => {
      throw new UserError(`broker ${brokerId} does not tell what is on its disks: ${kafkaReason(error)}`);
    });
  }

  /**
   * Gives what a broker knows of its cluster, partitions without a leader included.
   *
   * @throws Error when there is no answer
   */
  metadata(): Promise<ClusterMetadata> {
    return this.send("any", metadataRequest(), () => []);
  }

  /**
   * Gives the moves that are under way.
   *
   * @throws Error when there is no answer
   */
  movesUnderWay(): Promise<Move[]> {
    return this.#retry(async () => movesUnderWay(await this.#connection("controller")));
  }

  /**
   * Starts moves; a partition that is being moved already gets another goal.
   *
   * @throws Error when the controller refuses, or there is no answer
   */
  async startMoves(goals: readonly PartitionReplicas[]): Promise<void> {
    if (goals.length === 0) return;
    const topics = [...byTopic(goals)].map(([topic, partitions]) => ({
      topic,
      partitionAssignment: partitions.map(({ partition, replicas }) => ({ partition, replicas: [...replicas] })),
    }));
    await this.#retry(async () => {
      const controller = await this.#connection("controller");
      await controller.alterPartitionReassignments({ topics, timeout: REASSIGNMENT_TIMEOUT_MS });
    });
  }

  /**
   * Gives configs of topics, or of one broker.
   *
   * @param brokerId asks this one: for its own configs. @default whichever answers
   * @param includeSynonyms whether with the values that could take a value's place. @default false
   * @throws Error when there is no answer
   */
  describeConfigs(
    resources: readonly ResourceConfigQuery[],
    brokerId?: number,
    includeSynonyms = false,
  ): Promise<DescribeConfigResponse> {
    return this.#retry(async () => {
      const broker = await this.#connection(brokerId ?? "any");
      return broker.describeConfigs({ resources, includeSynonyms });
    });
  }

  /**
   * Sends a request, and again where the controller has changed or the connection broke.
   *
   * @param outcomesOf finds in the answer what may say that the controller is another one
   * @throws Error when there is no answer
   */
  send<T>(
    receiver: Receiver,
    request: ProtocolRequest<T>,
    outcomesOf: (answer: T) => readonly Pick<Outcome, "errorCode">[],
  ): Promise<T> {
    return this.#retry(async () => {
      const answer = await (await this.#connection(receiver)).connectionPool.send(request);
      if (outcomesOf(answer).some(({ errorCode }) => errorCode === NOT_CONTROLLER)) {
        throw createErrorFromCode(NOT_CONTROLLER);
      }
      return answer;
    });
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    await Promise.all([this.#seed, ...this.#brokers.values()].map(disconnect));
  }

  #retry<T>(attempt: () => Promise<T>): Promise<T> {
    return this.#seed.retrier(() =>
      attempt().catch((error: unknown) => {
        this.#known = undefined;
        throw error;
      }),
    );
  }

  async #connection(receiver: Receiver): Promise<BrokerConnection> {
    if (receiver === "any") return this.#seed.brokerPool.findConnectedBroker();
    const any = await this.#seed.brokerPool.findConnectedBroker();
    const { brokers, controllerId } = (this.#known ??= await any.connectionPool.send(metadataRequest()));
    const id = receiver === "controller" ? controllerId : receiver;
    const address = brokers.find((broker) => broker.id === id)?.address;
    if (address === undefined) {
      const who = receiver === "controller" ? "the controller" : `broker ${id}`;
      throw new Error(`${who} is not registered; ${brokers.map((broker) => broker.id).join(", ") || "none"} are`);
    }
    const cluster = this.#brokers.get(address) ?? createCluster(this.#client.only(address));
    this.#brokers.set(address, cluster);
    return cluster.brokerPool.findConnectedBroker();
  }
}

/** Works with requests of a client of their own, which is closed after that. */
export async function withAdminRequests<T>(
  args: KafkaClientArgs,
  work: (requests: AdminRequests) => Promise<T>,
): Promise<T> {
  const client = kafkaClient(args);
  const requests = new AdminRequests(client);
  try {
    return await work(requests);
  } finally {
    await requests.close();
    client.close();
  }
}

/** Why something was refused. */
export function reasonOf({ errorCode, errorMessage }: Outcome): string {
  return errorMessage ?? createErrorFromCode(errorCode).message;
}
