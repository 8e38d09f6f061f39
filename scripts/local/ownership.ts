import { UserError } from "../lib/report.ts";

/** What every spec of a local resource says. */
export interface Owned {
  /** Name of the stack's project, storage pool and bridge. */
  readonly space: string;
  /** Random identifier of the deployment that owns them, from its Pulumi state. */
  readonly deployment: string;
}

const OWNER_KEY = "user.kafka-cluster.deployment";

/** Which deployment has made an object, by its configuration. */
export function ownerOf(config: Readonly<Record<string, string>>): string | undefined {
  return config[OWNER_KEY];
}

/** The marker, as configuration of an object that is made. */
export function ownerConfig(owner: Owned): Record<string, string> {
  return { [OWNER_KEY]: owner.deployment };
}

/**
 * Makes sure that an existing object was made by this deployment.
 *
 * @throws UserError when it belongs to another one, or to the user
 */
export function demandOwner(kind: string, config: Record<string, string>, owner: Owned): void {
  const found = ownerOf(config);
  if (found === owner.deployment) return;
  throw new UserError(
    found === undefined
      ? `${kind} ${owner.space} exists and was not made by this program. Rename it, or use a stack of another name.`
      : `${kind} ${owner.space} belongs to another deployment (${found}, this one is ${owner.deployment}). ` +
          "Destroy that one first, or use a stack of another name. If its state is lost, remove what it left with " +
          `KAFKA_CLUSTER_SPEC='${JSON.stringify({ space: owner.space, deployment: found })}' ` +
          "node scripts/run.mjs local/space delete",
  );
}
