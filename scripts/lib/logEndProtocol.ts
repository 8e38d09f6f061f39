import Encoder from "kafkajs/src/protocol/encoder.js";
import type { TopicPartition } from "../../model/kafka/partition.ts";
import { request, type TopicPartitionIds } from "./adminProtocol.ts";
import type { ProtocolRequest } from "./kafkajsCluster.ts";

/** `ListOffsetsRequest.DEBUGGING_REPLICA_ID`: any replica answers, with the end of its own log. */
const DEBUGGING_REPLICA = -2;
/** `ListOffsetsRequest.LATEST_TIMESTAMP` */
const LATEST = -1n;

/** How far a broker's own replica of a partition goes. */
export interface LogEnd extends TopicPartition {
  /** The offset after its last message. */
  readonly end: bigint;
}

/**
 * ListOffsets (key 2) in version 1, which Kafka has had since 0.10.1, for the ends of the asked broker's own replicas,
 * leader or not. Replicas that it can't tell are left out.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_ListOffsets
 */
export function logEndsRequest(topics: readonly TopicPartitionIds[]): ProtocolRequest<LogEnd[]> {
  const partition = (id: number): Encoder => new Encoder().writeInt32(id).writeInt64(LATEST);
  const topic = ({ topic: name, partitions }: TopicPartitionIds): Encoder =>
    new Encoder().writeString(name).writeArray(partitions.map(partition));
  return request(
    [2, 1, "ListOffsets"],
    () => new Encoder().writeInt32(DEBUGGING_REPLICA).writeArray(topics.map(topic)),
    (decoder) =>
      decoder
        .readArray((entry) => {
          const name = entry.readString() ?? "";
          return entry.readArray((each) => {
            const id = each.readInt32();
            const errorCode = each.readInt16();
            each.readInt64(); // timestamp
            return { topic: name, partition: id, end: each.readInt64(), errorCode };
          });
        })
        .flat()
        .filter(({ errorCode }) => errorCode === 0)
        .map(({ topic: name, partition: id, end }) => ({ topic: name, partition: id, end })),
  );
}
