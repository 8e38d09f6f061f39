import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import { electLeadersRequest, type EncodedChange, incrementalAlterConfigsRequest } from "./adminProtocol.ts";
import { type Outcome, RESOURCE_TYPES, type TopicPartitionIds } from "./adminProtocol.ts";
import { disconnect, type KafkaClient, kafkaReason } from "./kafka.ts";
import { type Cluster, createCluster, type ProtocolRequest } from "./kafkajsCluster.ts";
import { UserError } from "./report.ts";

/** How long the controller waits for an election, in milliseconds: within the client's own time-out of 10 s. */
const ELECTION_TIMEOUT_MS = 5_000;

const NOT_CONTROLLER = 41;
const ELECTION_NOT_NEEDED = 84;

/** What has dynamic configs; `brokers` is the default of all brokers. */
export type ConfigResource =
  | { readonly type: "topic"; readonly name: string }
  | { readonly type: "broker"; readonly id: number }
  | { readonly type: "brokers" };

/** Changes of one resource's dynamic configs; those not named stay as they are. */
export interface ConfigChange {
  readonly resource: ConfigResource;
  readonly set?: Readonly<Record<string, string>>;
  /** Names of configs that are taken away, so that the default is in force; one that is not set is no error. */
  readonly remove?: readonly string[];
}

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

/** Groups changes by the broker that takes them: a broker changes its own configs only, the controller all others. */
function byReceiver(changes: readonly ConfigChange[]): Map<number | undefined, ConfigChange[]> {
  const groups = new Map<number | undefined, ConfigChange[]>();
  for (const change of changes) {
    const brokerId = change.resource.type === "broker" ? change.resource.id : undefined;
    groups.set(brokerId, [...(groups.get(brokerId) ?? []), change]);
  }
  return groups;
}

function encode({ resource, set = {}, remove = [] }: ConfigChange): EncodedChange {
  return {
    resourceType: resource.type === "topic" ? RESOURCE_TYPES.topic : RESOURCE_TYPES.broker,
    resourceName: resource.type === "topic" ? resource.name : resource.type === "broker" ? String(resource.id) : "",
    configs: [
      ...Object.entries(set).map(([name, value]) => ({ name, value })),
      ...remove.map((name) => ({ name, value: undefined })),
    ],
  };
}

function refusal({ resource, set = {}, remove = [] }: ConfigChange, reason: string): string {
  const names = [...Object.entries(set).map(([name, value]) => `${name} = ${value}`), ...remove].join(", ");
  return `${describe(resource)}: ${names} can't be changed: ${reason}`;
}

function describe(resource: ConfigResource): string {
  switch (resource.type) {
    case "topic":
      return `topic ${resource.name}`;
    case "broker":
      return `broker ${resource.id}`;
    case "brokers":
      return "default of all brokers";
    default:
      return resource satisfies never;
  }
}

function reasonOf({ errorCode, errorMessage }: Outcome): string {
  return errorMessage ?? createErrorFromCode(errorCode).message;
}
