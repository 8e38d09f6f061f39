/** Modules of kafkajs 2.2.4 that it does not declare types for, as far as this project uses them. */

declare module "kafkajs/src/protocol/encoder.js" {
  /** Writes values of Kafka's protocol; a part of a structure is an encoder of its own. */
  export default class Encoder {
    readonly buffer: Buffer;
    writeInt8(value: number): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeInt64(value: number | bigint): this;
    writeBoolean(value: boolean): this;
    writeString(value: string | null): this;
    writeBytes(value: Buffer | null): this;
    writeEncoder(value: Encoder): this;
    writeArray(values: readonly number[] | readonly Encoder[]): this;
    writeUVarInt(value: number): this;
    writeUVarIntString(value: string | null): this;
    writeUVarIntBytes(value: Buffer): this;
    writeUVarIntArray(values: readonly Encoder[]): this;
  }
}

declare module "kafkajs/src/protocol/decoder.js" {
  /** Reads values of Kafka's protocol, one after the other. */
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt8(): number;
    readInt16(): number;
    readInt32(): number;
    readInt64(): bigint;
    readBoolean(): boolean;
    readString(): string | null;
    readArray<T>(read: (decoder: Decoder) => T): T[];
    readUVarInt(): number;
    readUVarIntString(): string | null;
    readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
    readVarIntBytes(): Buffer | null;
    readVarIntArray<T>(read: (decoder: Decoder) => T): T[];
    /** Passes over them. */
    readTaggedFields(): unknown;
    /** How many bytes have been read. */
    readonly offset: number;
    /** Passes over bytes. */
    forward(bytes: number): void;
  }
}

declare module "kafkajs/src/protocol/error.js" {
  /** The error that kafkajs makes from an error code of Kafka's protocol. */
  export function createErrorFromCode(code: number): Error;
}

declare module "kafkajs/src/protocol/requests/index.js" {
  /** A broker's metadata as kafkajs keeps it. */
  export interface MetadataAnswer {
    readonly topicMetadata: readonly {
      readonly topicErrorCode: number;
      readonly topic: string;
      readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[];
    }[];
  }
  /** Makes a request of a version; what reads its response can be replaced. */
  interface Definition<Args, Answer> {
    protocol: (version: { version: number }) => (args: Args) => {
      readonly request: unknown;
      readonly response: {
        decode(body: Buffer): Promise<unknown>;
        parse(decoded: Answer): Promise<Answer>;
      };
    };
  }
  /** The requests that kafkajs's clients send. */
  export const requests: {
    readonly Metadata: Definition<{ readonly topics?: readonly string[] }, MetadataAnswer>;
    readonly Fetch: Definition<unknown, unknown>;
  };
}

declare module "kafkajs/src/cluster/index.js" {
  /** Partitions of a topic whose offsets are asked for. */
  export interface TopicQuery {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number }[];
  }
  /** Their offsets. */
  export interface TopicOffsets {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
  }
  /** What kafkajs's clients are built on. */
  export default class Cluster {
    findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
    fetchTopicsOffset(topics: readonly TopicQuery[]): Promise<TopicOffsets[]>;
  }
}

declare module "kafkajs/src/protocol/recordBatch/header/v0/decoder.js" {
  import type Decoder from "kafkajs/src/protocol/decoder.js";
  /** Reads one header of a message. */
  export default function decodeHeader(decoder: Decoder): { readonly key: string; readonly value: Buffer | null };
}

declare module "kafkajs/src/protocol/recordBatch/record/v0/index.js" {
  import type Encoder from "kafkajs/src/protocol/encoder.js";
  /** Writes one message of a batch. */
  export default function encodeRecord(record: {
    readonly offsetDelta?: number;
    readonly key: string | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, string | string[]>>;
  }): Encoder;
}

declare module "kafkajs/src/protocol/recordBatch/record/v0/decoder.js" {
  import type { KafkaMessage } from "kafkajs";
  import type Decoder from "kafkajs/src/protocol/decoder.js";
  /** Reads one message of a batch, without the length before it. */
  export default function decodeRecord(
    decoder: Decoder,
    batch: { readonly firstOffset: string; readonly firstTimestamp: string },
  ): KafkaMessage;
}

declare module "kafkajs/src/protocol/recordBatch/v0/decoder.js" {
  import type Decoder from "kafkajs/src/protocol/decoder.js";
  /** Reads one batch of messages. */
  export default function decodeBatch(decoder: Decoder): Promise<{
    readonly records: readonly {
      readonly offset: string;
      readonly key: Buffer | null;
      readonly value: Buffer | null;
    }[];
  }>;
}

declare module "kafkajs/src/consumer/batch.js" {
  /** What a broker has answered for a partition. */
  export interface FetchedPartition {
    readonly partition: number;
    readonly messages: readonly { readonly offset: string }[];
  }
  /** What a consumer hands on of it, and where it goes on. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partitionData: FetchedPartition | undefined);
    readonly messages: readonly { readonly offset: string }[];
    isEmptyDueToFiltering(): boolean;
    lastOffset(): string;
  }
}
