/** Modules of kafkajs 2.2.4 that it does not declare types for, as far as this project uses them. */

declare module "kafkajs/src/protocol/encoder.js" {
  /** Writes values of Kafka's protocol; a part of a structure is an encoder of its own. */
  export default class Encoder {
    readonly buffer: Buffer;
    writeInt8(value: number): this;
    writeInt16(value: number): this;
    writeInt32(value: number): this;
    writeInt64(value: bigint): this;
    writeBoolean(value: boolean): this;
    writeString(value: string | null): this;
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
    /** Passes over them. */
    readTaggedFields(): unknown;
  }
}

declare module "kafkajs/src/protocol/error.js" {
  /** The error that kafkajs makes from an error code of Kafka's protocol. */
  export function createErrorFromCode(code: number): Error;
}
