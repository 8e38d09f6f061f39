import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import type { PartitionMetadata } from "../../model/kafka/partition.ts";
import { metadataRequest } from "./adminProtocol.ts";
import { type AdminRequests, reasonOf } from "./adminRequests.ts";
import {
  createPartitionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  type NewTopic,
  type TopicOutcome,
} from "./topicProtocol.ts";

/** How long the controller waits for what it was asked, in milliseconds: within the client's own time-out of 10 s. */
const CONTROLLER_TIMEOUT_MS = 5_000;

const NONE = 0;
const UNKNOWN_TOPIC = 3;
const LEADER_NOT_AVAILABLE = 5;
const TOPIC_ALREADY_EXISTS = 36;

/** What works on topics need of {@link AdminRequests}. */
export type TopicRequests = Pick<AdminRequests, "send">;

/** Shape of a topic that a script of this project creates. */
export interface TopicShape {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * Creates a topic when it is missing.
 *
 * The topic says `min.insync.replicas=1` for itself: the brokers' 2 would make a topic with two replicas refuse
 * acks=all whenever one broker is away.
 *
 * @returns true when it was created, false when it existed, in whatever shape
 * @throws KafkaJSProtocolError when it is refused, in the controller's words
 */
export function createTopicIfMissing(requests: TopicRequests, shape: TopicShape): Promise<boolean> {
  const { topic, partitions, replicationFactor } = shape;
  return createTopic(requests, { topic, partitions, replicationFactor, configs: { "min.insync.replicas": "1" } });
}

/**
 * Creates a topic; it does not wait for its leaders.
 *
 * @returns false when it exists, in whatever shape
 * @throws KafkaJSProtocolError when it is refused, in the controller's words
 */
export async function createTopic(requests: TopicRequests, topic: NewTopic): Promise<boolean> {
  const request = createTopicsRequest([topic], CONTROLLER_TIMEOUT_MS);
  const { errorCode } = accepted(await requests.send("controller", request, (outcomes) => outcomes), [
    TOPIC_ALREADY_EXISTS,
  ]);
  return errorCode === NONE;
}

/**
 * Gives a topic more partitions; it does not wait for their leaders.
 *
 * @param count how many it has in the end
 * @throws KafkaJSProtocolError when it is refused, in the controller's words
 */
export async function createPartitions(requests: TopicRequests, topic: string, count: number): Promise<void> {
  const request = createPartitionsRequest(topic, count, CONTROLLER_TIMEOUT_MS);
  accepted(await requests.send("controller", request, (outcomes) => outcomes));
}

/**
 * Has a topic deleted; it is still listed until its replicas' brokers have done it.
 *
 * @returns false when there is none
 * @throws KafkaJSProtocolError when it is refused
 */
export async function deleteTopic(requests: TopicRequests, topic: string): Promise<boolean> {
  const request = deleteTopicsRequest([topic], CONTROLLER_TIMEOUT_MS);
  const { errorCode } = accepted(await requests.send("controller", request, (outcomes) => outcomes), [UNKNOWN_TOPIC]);
  return errorCode === NONE;
}

/**
 * A topic's partitions in order, those without a leader included; empty while it is being made.
 *
 * @returns undefined when the broker that is asked does not know the topic (yet)
 * @throws KafkaJSProtocolError TOPIC_AUTHORIZATION_FAILED when the user may not Describe it, INVALID_TOPIC_EXCEPTION
 *   when no topic can have the name
 */
export async function topicPartitions(
  requests: TopicRequests,
  topic: string,
): Promise<readonly PartitionMetadata[] | undefined> {
  const { topics, partitions } = await requests.send("any", metadataRequest([topic]), () => []);
  const outcomes = topics.map((described) => ({ ...described, errorMessage: null }));
  if (accepted(outcomes, [UNKNOWN_TOPIC, LEADER_NOT_AVAILABLE]).errorCode === UNKNOWN_TOPIC) return undefined;
  return [...partitions].sort((a, b) => a.partition - b.partition);
}

/** The one outcome; with the answerer's own words when it is an error that is not among the given ones. */
function accepted([outcome]: readonly TopicOutcome[], codes: readonly number[] = []): TopicOutcome {
  if (!outcome) throw new Error("the answer names no topic");
  if (outcome.errorCode === NONE || codes.includes(outcome.errorCode)) return outcome;
  throw Object.assign(createErrorFromCode(outcome.errorCode), { message: reasonOf(outcome) });
}
