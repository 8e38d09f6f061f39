import type { AclBinding } from "../../model/kafka/permissions.ts";
import type Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { type Outcome, request } from "./adminProtocol.ts";
import type { ProtocolRequest } from "./kafkajsCluster.ts";

// Kafka's ResourceType, PatternType, AclOperation and AclPermissionType.
const RESOURCE_TYPES: Readonly<Record<AclBinding["resource"], number>> = {
  topic: 2,
  group: 3,
  cluster: 4,
  transactionalId: 5,
  delegationToken: 6,
  user: 7,
};
const PATTERN_TYPES: Readonly<Record<AclBinding["pattern"], number>> = { literal: 3, prefixed: 4 };
const OPERATIONS: Readonly<Record<AclBinding["operation"], number>> = {
  All: 2,
  Read: 3,
  Write: 4,
  Create: 5,
  Delete: 6,
  Alter: 7,
  Describe: 8,
  ClusterAction: 9,
  DescribeConfigs: 10,
  AlterConfigs: 11,
  IdempotentWrite: 12,
  CreateTokens: 13,
  DescribeTokens: 14,
};
const PERMISSION_TYPES: Readonly<Record<AclBinding["permissionType"], number>> = { Deny: 2, Allow: 3 };

/** In a filter each of these types stands for all of its kind. */
const ANY_TYPE = 1;

/** The access control entries that a broker knows of a principal. */
export interface DescribedAcls extends Outcome {
  readonly bindings: readonly AclBinding[];
}

/**
 * DescribeAcls (key 29) in version 1, which Kafka has had since 2.0, of one principal.
 *
 * @see https://kafka.apache.org/protocol#The_Messages_DescribeAcls
 */
export function describeAclsRequest(principal: string): ProtocolRequest<DescribedAcls> {
  return request(
    [29, 1, "DescribeAcls"],
    () =>
      new Encoder()
        .writeInt8(ANY_TYPE)
        .writeString(null)
        .writeInt8(ANY_TYPE)
        .writeString(principal)
        .writeString(null)
        .writeInt8(ANY_TYPE)
        .writeInt8(ANY_TYPE),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      const errorCode = decoder.readInt16();
      const errorMessage = decoder.readString();
      const resources = decoder.readArray((entry) => {
        const resource = nameOf(RESOURCE_TYPES, entry.readInt8());
        const name = entry.readString() ?? "";
        const pattern = nameOf(PATTERN_TYPES, entry.readInt8());
        return entry.readArray((acl) => ({
          resource,
          name,
          pattern,
          principal: acl.readString() ?? "",
          host: acl.readString() ?? "",
          operation: nameOf(OPERATIONS, acl.readInt8()),
          permissionType: nameOf(PERMISSION_TYPES, acl.readInt8()),
        }));
      });
      return { errorCode, errorMessage, bindings: resources.flat() };
    },
  );
}

/**
 * CreateAcls (key 30) in version 1, which Kafka has had since 2.0. One that exists is no error.
 *
 * @returns what became of each binding, in their order
 * @see https://kafka.apache.org/protocol#The_Messages_CreateAcls
 */
export function createAclsRequest(bindings: readonly AclBinding[]): ProtocolRequest<Outcome[]> {
  return request(
    [30, 1, "CreateAcls"],
    () => new Encoder().writeArray(bindings.map(encodeBinding)),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return decoder.readArray(readOutcome);
    },
  );
}

/**
 * DeleteAcls (key 31) in version 1, which Kafka has had since 2.0. One that is gone is no error.
 *
 * @returns what became of each binding, in their order
 * @see https://kafka.apache.org/protocol#The_Messages_DeleteAcls
 */
export function deleteAclsRequest(bindings: readonly AclBinding[]): ProtocolRequest<Outcome[]> {
  return request(
    [31, 1, "DeleteAcls"],
    // A binding that is whole is a filter that matches itself.
    () => new Encoder().writeArray(bindings.map(encodeBinding)),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return decoder.readArray((entry) => {
        const whole = readOutcome(entry);
        const matching = entry.readArray((match) => {
          const outcome = readOutcome(match);
          match.readInt8(); // resource_type
          match.readString(); // resource_name
          match.readInt8(); // pattern_type
          match.readString(); // principal
          match.readString(); // host
          match.readInt8(); // operation
          match.readInt8(); // permission_type
          return outcome;
        });
        return [whole, ...matching].find(({ errorCode }) => errorCode !== 0) ?? whole;
      });
    },
  );
}

function encodeBinding({ resource, name, pattern, principal, host, operation, permissionType }: AclBinding): Encoder {
  return new Encoder()
    .writeInt8(RESOURCE_TYPES[resource])
    .writeString(name)
    .writeInt8(PATTERN_TYPES[pattern])
    .writeString(principal)
    .writeString(host)
    .writeInt8(OPERATIONS[operation])
    .writeInt8(PERMISSION_TYPES[permissionType]);
}

function readOutcome(decoder: Decoder): Outcome {
  return { errorCode: decoder.readInt16(), errorMessage: decoder.readString() };
}

/** @throws Error for a number that Kafka 3.9 does not have */
function nameOf<T extends string>(codes: Readonly<Record<T, number>>, code: number): T {
  const found = (Object.keys(codes) as T[]).find((name) => codes[name] === code);
  if (found === undefined)
    throw new Error(`an access control entry has ${code}, expected ${Object.keys(codes).join()}`);
  return found;
}
