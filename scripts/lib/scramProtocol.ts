import type Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { type Outcome, request } from "./adminProtocol.ts";
import type { ProtocolRequest } from "./kafkajsCluster.ts";

// Both requests are "flexible" in every version (KIP-482): texts, bytes and lists begin with their length plus one as an
// unsigned varint, and every structure ends with a list of tagged fields, of which there are none. So do the headers of
// request and response, which kafkajs does not know: theirs stands at the begin of the body.

/** ScramMechanism of Kafka's protocol. */
export const SCRAM_SHA_512 = 2;

/** A user's credential, as the brokers keep it. */
export interface ScramCredential {
  /** How often the hash is taken. Kafka takes 4096 to 16384. */
  readonly iterations: number;
  readonly salt: Buffer;
  /** As good as the password to whoever reads it. */
  readonly saltedPassword: Buffer;
}

/** A user whose credential for SCRAM-SHA-512 is set, or taken away where it is undefined. */
export interface ScramAlteration {
  readonly user: string;
  readonly credential: ScramCredential | undefined;
}

/** What became of a user. */
export interface ScramOutcome extends Outcome {
  readonly user: string;
}

/**
 * AlterUserScramCredentials (key 51) in version 0, which Kafka has had since 2.7. The controller does it.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_AlterUserScramCredentials
 */
export function alterScramCredentialsRequest(alterations: readonly ScramAlteration[]): ProtocolRequest<ScramOutcome[]> {
  const entry = (user: string) => new Encoder().writeUVarIntString(user).writeInt8(SCRAM_SHA_512);
  const deletions = alterations.flatMap(({ user, credential }) => (credential ? [] : [noTags(entry(user))]));
  const upsertions = alterations.flatMap(({ user, credential }) =>
    credential
      ? [
          noTags(
            entry(user)
              .writeInt32(credential.iterations)
              .writeUVarIntBytes(credential.salt)
              .writeUVarIntBytes(credential.saltedPassword),
          ),
        ]
      : [],
  );
  return request(
    [51, 0, "AlterUserScramCredentials"],
    () => noTags(noTags(new Encoder()).writeUVarIntArray(deletions).writeUVarIntArray(upsertions)),
    (decoder) => {
      decoder.readTaggedFields();
      decoder.readInt32(); // throttle_time_ms
      return readList(decoder, () => ({ user: decoder.readUVarIntString() ?? "", ...readOutcome(decoder) }));
    },
  );
}

/** What is known of credentials. */
export interface DescribedScram extends Outcome {
  readonly users: readonly (ScramOutcome & {
    readonly credentials: readonly { readonly mechanism: number; readonly iterations: number }[];
  })[];
}

/**
 * DescribeUserScramCredentials (key 50) in version 0, which Kafka has had since 2.7.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_DescribeUserScramCredentials
 */
export function describeScramCredentialsRequest(users: readonly string[]): ProtocolRequest<DescribedScram> {
  const names = users.map((user) => noTags(new Encoder().writeUVarIntString(user)));
  return request(
    [50, 0, "DescribeUserScramCredentials"],
    () => noTags(noTags(new Encoder()).writeUVarIntArray(names)),
    (decoder) => {
      decoder.readTaggedFields();
      decoder.readInt32(); // throttle_time_ms
      return {
        ...readOutcome(decoder),
        users: readList(decoder, () => ({
          user: decoder.readUVarIntString() ?? "",
          ...readOutcome(decoder),
          credentials: readList(decoder, () => ({ mechanism: decoder.readInt8(), iterations: decoder.readInt32() })),
        })),
      };
    },
  );
}

/** Ends a structure. */
function noTags(encoder: Encoder): Encoder {
  return encoder.writeUVarInt(0);
}

function readOutcome(decoder: Decoder): Outcome {
  return { errorCode: decoder.readInt16(), errorMessage: decoder.readUVarIntString() };
}

/** Reads a list of structures, each with its end. */
function readList<T>(decoder: Decoder, read: () => T): T[] {
  const entries = decoder.readUVarIntArray(() => {
    const entry = read();
    decoder.readTaggedFields();
    return entry;
  });
  return entries ?? [];
}
