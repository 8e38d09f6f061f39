import type { Reach } from "../reach.ts";
import type { EnsembleServer } from "../render/serverProperties.ts";

/** Who may change what brokers keep in ZooKeeper: they alone, or everybody who connects. */
export type ZnodeAccess = "secure" | "unsecure";

/** What the script is told, as JSON in `KAFKA_CLUSTER_SPEC`, with ReachSecrets on standard input. */
export interface ZnodeAccessSpec {
  readonly access: ZnodeAccess;
  /** The member whose broker's certificate and tools are used. */
  readonly member: { readonly name: string; readonly address: string; readonly hostKey: string };
  readonly reach: Reach;
  readonly ensemble: readonly EnsembleServer[];
  /** Names of the users that the stack knows. */
  readonly users: readonly string[];
}
