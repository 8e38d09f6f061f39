import type { Permission } from "../kafka/permissions.ts";
import type { Reach, ReachSecrets } from "../reach.ts";
import type { SpecBroker } from "./verificationSpec.ts";

/** What the user script is told, as JSON in `KAFKA_CLUSTER_SPEC`, with {@link UserSecrets} on standard input. */
export interface UserSpec {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Where the deployer reaches them, `host:port`. */
  readonly brokers: readonly SpecBroker[];
  /**
   * The same without TLS; absent where there is no such way. For a deletion, which sends no secret: users go last, when the
   * brokers may not have TLS any more.
   */
  readonly plaintextBrokers?: readonly SpecBroker[];
  /** How to get to the brokers. */
  readonly reach: Reach;
}

/** What the user script reads from standard input, as JSON. */
export type UserSecrets = ReachSecrets & {
  /** The user's. */
  readonly password: string;
};

/** What the user script leaves for the record. */
export interface UserResult {
  readonly name: string;
  /** Number of the user's access control entries. */
  readonly acls: number;
}
