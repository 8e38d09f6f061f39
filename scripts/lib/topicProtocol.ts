import Encoder from "kafkajs/src/protocol/encoder.js";
import type Decoder from "kafkajs/src/protocol/decoder.js";
import { type Outcome, request } from "./adminProtocol.ts";
import type { ProtocolRequest } from "./kafkajsCluster.ts";

/** What became of a topic. */
export type TopicOutcome = Outcome & { readonly topic: string };

/** A topic to make. */
export interface NewTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/**
 * CreateTopics (key 19) in version 2, which Kafka has had since 1.0.
 *
 * @param timeoutMs how long the controller waits until the topics are there, in milliseconds
 * @see https://kafka.apache.org/protocol#The_Messages_CreateTopics
 */
export function createTopicsRequest(
  topics: readonly NewTopic[],
  timeoutMs: number,
): ProtocolRequest<readonly TopicOutcome[]> {
  const encode = ({ topic, partitions, replicationFactor, configs }: NewTopic): Encoder =>
    new Encoder()
      .writeString(topic)
      .writeInt32(partitions)
      .writeInt16(replicationFactor)
      .writeArray([] as Encoder[]) // no assignment: the controller chooses the brokers
      .writeArray(Object.entries(configs).map(([name, value]) => new Encoder().writeString(name).writeString(value)));
  return request(
    [19, 2, "CreateTopics"],
    // The last field is validate_only.
    () => new Encoder().writeArray(topics.map(encode)).writeInt32(timeoutMs).writeBoolean(false),
    readOutcomes,
  );
}

/**
 * CreatePartitions (key 37) in version 1, which Kafka has had since 2.0.
 *
 * @param count partitions that the topic has in the end
 * @param timeoutMs how long the controller waits until they are there, in milliseconds
 * @see https://kafka.apache.org/protocol#The_Messages_CreatePartitions
 */
export function createPartitionsRequest(
  topic: string,
  count: number,
  timeoutMs: number,
): ProtocolRequest<readonly TopicOutcome[]> {
  return request(
    [37, 1, "CreatePartitions"],
    // After the count stands an assignment, null for none, which is an array of length -1.
    () =>
      new Encoder()
        .writeArray([new Encoder().writeString(topic).writeInt32(count).writeInt32(-1)])
        .writeInt32(timeoutMs)
        .writeBoolean(false),
    readOutcomes,
  );
}

/**
 * DeleteTopics (key 20) in version 1, which Kafka has had since 1.0.
 *
 * @param timeoutMs how long the controller waits until they are marked, in milliseconds
 * @see https://kafka.apache.org/protocol#The_Messages_DeleteTopics
 */
export function deleteTopicsRequest(
  topics: readonly string[],
  timeoutMs: number,
): ProtocolRequest<readonly TopicOutcome[]> {
  return request(
    [20, 1, "DeleteTopics"],
    () => new Encoder().writeArray(topics.map((topic) => new Encoder().writeString(topic))).writeInt32(timeoutMs),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return decoder.readArray((entry) => ({
        topic: entry.readString() ?? "",
        errorCode: entry.readInt16(),
        errorMessage: null,
      }));
    },
  );
}

function readOutcomes(decoder: Decoder): TopicOutcome[] {
  decoder.readInt32(); // throttle_time_ms
  return decoder.readArray((entry) => ({
    topic: entry.readString() ?? "",
    errorCode: entry.readInt16(),
    errorMessage: entry.readString(),
  }));
}
