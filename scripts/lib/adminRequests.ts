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
import { byReceiver, type ConfigChange, encode, refusal } from "./configChange.ts";
import { disconnect, type KafkaClient, kafkaReason } from "./kafka.ts";
import { type Cluster, createCluster, type ProtocolRequest } from "./kafkajsCluster.ts";
import { UserError } from "./report.ts";

/** How long the controller waits for an election, in milliseconds: within the client's own time-out of 10 s. */
const ELECTION_TIMEOUT_MS = 5_000;

const NOT_CONTROLLER = 41;
const ELECTION_NOT_NEEDED = 84;

export type { ConfigChange, ConfigResource } from "./configChange.ts";

/** A partition that did not get its preferred leader. */
export interface NotElected {
  readonly topic: string;
  readonly partition: number;
  /** For example 80, PREFERRED_LEADER_NOT_AVAILABLE. */
  readonly errorCode: number;
  readonly reason: string;
}

/** Requests that kafkajs's admin client lacks, over its own connections. Each of them is tried for some 2 s. */
export class AdminRequests {
  readonly #cluster: Cluster;
  #connected: Promise<void> | undefined;

  constructor(client: KafkaClient) {
    this.#cluster = createCluster(client.kafka);
  }

  /**
   * Changes dynamic configs, at each resource all or nothing.
   *
   * @throws UserError that names each resource whose configs can't be changed, its configs and the reason
   */
  async incrementalAlterConfigs(changes: readonly ConfigChange[]): Promise<void> {
    const wanted = changes.filter(({ set = {}, remove = [] }) => Object.keys(set).length + remove.length > 0);
    const problems: string[] = [];
    for (const [brokerId, group] of byReceiver(wanted)) {
      const sent = this.#send(brokerId, incrementalAlterConfigsRequest(group.map(encode)), (outcomes) => outcomes);
      const outcomes = await sent.catch((error: unknown) => {
        problems.push(...group.map((change) => refusal(change, kafkaReason(error))));
        return [];
      });
      for (const change of group) {
        const { resourceType, resourceName } = encode(change);
        const outcome = outcomes.find((o) => o.resourceType === resourceType && o.resourceName === resourceName);
        if (outcome && outcome.errorCode !== 0) problems.push(refusal(change, reasonOf(outcome)));
      }
    }
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
    const sent = this.#send(undefined, request, (answer) => [answer, ...answer.partitions]);
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
  async replicaSizes(brokerId: number): Promise<ReplicaSize[]> {
    return this.#send(brokerId, describeLogDirsRequest(), () => []).catch((error: unknown) => {
      throw new UserError(`broker ${brokerId} does not tell what is on its disks: ${kafkaReason(error)}`);
    });
  }

  /**
   * Gives what a broker knows of its cluster, partitions without a leader included.
   *
   * @param brokerId @default the controller
   * @throws Error when there is no answer, also while the broker is not registered
   */
  metadata(brokerId?: number): Promise<ClusterMetadata> {
    return this.#send(brokerId, metadataRequest(), () => []);
  }

  /** Ends its connections. */
  close(): Promise<void> {
    return disconnect(this.#cluster);
  }

  /** Sends to one broker, or to the controller, and again where the controller has changed or the connection broke. */
  #send<T>(
    brokerId: number | undefined,
    request: ProtocolRequest<T>,
    outcomesOf: (answer: T) => readonly Pick<Outcome, "errorCode">[],
  ): Promise<T> {
    return this.#cluster.retrier(async () => {
      await this.#connect();
      try {
        const broker = await (brokerId === undefined
          ? this.#cluster.findControllerBroker()
          : this.#cluster.findBroker({ nodeId: brokerId }));
        const answer = await broker.connectionPool.send(request);
        if (outcomesOf(answer).some(({ errorCode }) => errorCode === NOT_CONTROLLER)) {
          throw createErrorFromCode(NOT_CONTROLLER);
        }
        return answer;
      } catch (error) {
        await this.#cluster.refreshMetadata();
        throw error;
      }
    });
  }

  async #connect(): Promise<void> {
    const connecting = (this.#connected ??= this.#cluster.connect().then(() => this.#cluster.refreshMetadata()));
    await connecting.catch((error: unknown) => {
      this.#connected = undefined;
      throw error;
    });
  }
}

function reasonOf({ errorCode, errorMessage }: Outcome): string {
  return errorMessage ?? createErrorFromCode(errorCode).message;
}
