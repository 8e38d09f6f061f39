import type { ApplySpec } from "./applySpec.ts";

/** What the script that upgrades an ensemble is told, as JSON in `KAFKA_CLUSTER_SPEC`. It holds no secret. */
export interface EnsembleUpgradeSpec {
  /** The servers to upgrade, each as a member without a broker. */
  readonly servers: readonly ApplySpec[];
}
