import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import type { PartitionMetadata, TopicPartition } from "../../model/kafka/partition.ts";
import type { ProtocolRequest } from "./kafkajsCluster.ts";

/** Types of resources in Kafka's protocol (`ConfigResource.Type`). */
export const RESOURCE_TYPES = { topic: 2, broker: 4 } as const;

/** Operations of IncrementalAlterConfigs (`AlterConfigOp.OpType`). */
const SET = 0;
const DELETE = 1;

/** ElectionType of the replica that stands first. */
const PREFERRED = 0;

/** A resource's changes as the protocol has them. */
export interface EncodedChange {
  readonly resourceType: number;
  /** A topic, a broker's id, or nothing for the default of all brokers. */
  readonly resourceName: string;
  /** An undefined value takes the config away. */
  readonly configs: readonly { readonly name: string; readonly value: string | undefined }[];
}

/** What became of a resource or a partition. */
export interface Outcome {
  readonly errorCode: number;
  readonly errorMessage: string | null;
}

/** Partitions of one topic. */
export interface TopicPartitionIds {
  readonly topic: string;
  readonly partitions: readonly number[];
}

/**
 * IncrementalAlterConfigs (key 44) in version 0, which Kafka has had since 2.3.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_IncrementalAlterConfigs
 */
export function incrementalAlterConfigsRequest(
  changes: readonly EncodedChange[],
): ProtocolRequest<(Outcome & { readonly resourceType: number; readonly resourceName: string })[]> {
  const config = ({ name, value }: EncodedChange["configs"][number]) =>
    new Encoder()
      .writeString(name)
      .writeInt8(value === undefined ? DELETE : SET)
      .writeString(value ?? null);
  const resource = ({ resourceType, resourceName, configs }: EncodedChange) =>
    new Encoder().writeInt8(resourceType).writeString(resourceName).writeArray(configs.map(config));
  return request(
    [44, 0, "IncrementalAlterConfigs"],
    // The last field is validate_only.
    () => new Encoder().writeArray(changes.map(resource)).writeBoolean(false),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return decoder.readArray((entry) => ({
        errorCode: entry.readInt16(),
        errorMessage: entry.readString(),
        resourceType: entry.readInt8(),
        resourceName: entry.readString() ?? "",
      }));
    },
  );
}

/** What became of an election. */
export interface ElectionOutcome {
  /** Of the whole request. */
  readonly errorCode: number;
  readonly partitions: readonly (Outcome & TopicPartition)[];
}

/**
 * ElectLeaders (key 43) in version 1, which Kafka has had since 2.4, of preferred leaders.
 *
 * @param timeoutMs how long the controller waits for the election, in milliseconds
 * @see https://kafka.apache.org/protocol#The_Messages_ElectLeaders
 */
export function electLeadersRequest(
  topics: readonly TopicPartitionIds[],
  timeoutMs: number,
): ProtocolRequest<ElectionOutcome> {
  const encode = ({ topic, partitions }: TopicPartitionIds) => new Encoder().writeString(topic).writeArray(partitions);
  return request(
    [43, 1, "ElectLeaders"],
    () => new Encoder().writeInt8(PREFERRED).writeArray(topics.map(encode)).writeInt32(timeoutMs),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return {
        errorCode: decoder.readInt16(),
        partitions: decoder
          .readArray((entry) => {
            const topic = entry.readString() ?? "";
            return entry.readArray((partition) => ({
              topic,
              partition: partition.readInt32(),
              errorCode: partition.readInt16(),
              errorMessage: partition.readString(),
            }));
          })
          .flat(),
      };
    },
  );
}

/** What a replica takes of a broker's disks. */
export interface ReplicaSize extends TopicPartition {
  /** In bytes. */
  readonly size: number;
}

/**
 * DescribeLogDirs (key 35) in version 1, which Kafka has had since 2.0, of all partitions.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs
 */
export function describeLogDirsRequest(): ProtocolRequest<ReplicaSize[]> {
  return request(
    [35, 1, "DescribeLogDirs"],
    () => new Encoder().writeInt32(-1),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return decoder
        .readArray((directory) => {
          directory.readInt16(); // error_code
          directory.readString(); // log_dir
          return directory
            .readArray((entry) => {
              const topic = entry.readString() ?? "";
              return entry.readArray((replica) => {
                const partition = replica.readInt32();
                const size = Number(replica.readInt64());
                replica.readInt64(); // offset_lag
                replica.readBoolean(); // is_future_key
                return { topic, partition, size };
              });
            })
            .flat();
        })
        .flat();
    },
  );
}

/** What a broker knows of its cluster. */
export interface ClusterMetadata {
  readonly clusterId: string | null;
  /** Broker id, -1 when there is none. */
  readonly controllerId: number;
  /** The registered brokers; the address is the advertised one, `host:port`. */
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  readonly partitions: readonly PartitionMetadata[];
}

/** What a broker knows of its cluster, and what it says of the topics that it was asked for. */
export interface TopicsMetadata extends ClusterMetadata {
  readonly topics: readonly { readonly topic: string; readonly errorCode: number }[];
}

/**
 * Metadata (key 3) in version 5, which Kafka has had since 1.0. kafkajs's own takes a partition without a leader for an
 * error of the whole answer.
 *
 * @param topics which topics are asked for; one that the user may not Describe is refused only when it is named.
 * @default topics all that the user may describe
 * @see https://kafka.apache.org/protocol#The_Messages_Metadata
 */
export function metadataRequest(topics?: readonly string[]): ProtocolRequest<TopicsMetadata> {
  const ids = (decoder: Decoder): number[] => decoder.readArray((id) => id.readInt32());
  return request(
    [3, 5, "Metadata"],
    // No list of topics, an array of length -1, stands for all of them; none is made by asking.
    () => {
      const names = topics?.map((topic) => new Encoder().writeString(topic));
      return (names ? new Encoder().writeArray(names) : new Encoder().writeInt32(-1)).writeBoolean(false);
    },
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      const brokers = decoder.readArray((broker) => {
        const id = broker.readInt32();
        const host = broker.readString() ?? "";
        const address = `${host}:${broker.readInt32()}`;
        broker.readString(); // rack
        return { id, address };
      });
      const clusterId = decoder.readString();
      const controllerId = decoder.readInt32();
      const described = decoder.readArray((entry) => {
        const errorCode = entry.readInt16();
        const topic = entry.readString() ?? "";
        entry.readBoolean(); // is_internal
        const partitions = entry.readArray((partition) => {
          partition.readInt16(); // error_code
          const id = partition.readInt32();
          const leader = partition.readInt32();
          const [replicas, isr] = [ids(partition), ids(partition)];
          ids(partition); // offline_replicas
          return { topic, partition: id, leader, replicas, isr };
        });
        return { topic, errorCode, partitions };
      });
      return {
        clusterId,
        controllerId,
        brokers,
        topics: described.map(({ topic, errorCode }) => ({ topic, errorCode })),
        partitions: described.flatMap(({ partitions }) => partitions),
      };
    },
  );
}

/** A request from its body, and how the body of its response is read. */
export function request<T>(
  [apiKey, apiVersion, apiName]: readonly [key: number, version: number, name: string],
  body: () => Encoder,
  read: (decoder: Decoder) => T,
): ProtocolRequest<T> {
  return {
    request: { apiKey, apiVersion, apiName, encode: () => Promise.resolve(body()) },
    response: {
      decode: (response) => Promise.resolve(read(new Decoder(response))),
      parse: (decoded) => Promise.resolve(decoded),
    },
  };
}
