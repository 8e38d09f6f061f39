import { pulumi } from "./engine.ts";

/** A resource in Pulumi's exported state, as far as it is looked at. */
export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly [property: string]: unknown;
}

/** An operation that had begun and not ended: `creating`, `updating`, `deleting`. */
export interface PendingOperation {
  readonly type: string;
  readonly resource: ExportedResource;
}

/** The part of an exported state that is read and changed. */
export interface Deployment {
  readonly resources?: readonly ExportedResource[];
  readonly pending_operations?: readonly PendingOperation[];
  readonly [property: string]: unknown;
}

interface ExportedStack {
  readonly deployment: Deployment;
}

async function exportStack(): Promise<ExportedStack> {
  return JSON.parse(await pulumi(["stack", "export"])) as ExportedStack;
}

/**
 * The stack's state, secrets encrypted.
 *
 * @throws Error with what the Pulumi CLI said when it fails
 */
export async function exportedDeployment(): Promise<Deployment> {
  return (await exportStack()).deployment;
}

/**
 * Changes the stack's state.
 *
 * @param change gives the new state, or the very same one for no change
 * @throws Error with what the Pulumi CLI said when it fails
 */
export async function changeDeployment(change: (deployment: Deployment) => Deployment): Promise<void> {
  const exported = await exportStack();
  const deployment = change(exported.deployment);
  if (deployment === exported.deployment) return;
  await pulumi(["stack", "import"], JSON.stringify({ ...exported, deployment }));
}
