import { progress } from "../lib/report.ts";
import { nameOf } from "../../model/urn.ts";
import { changeDeployment, type Deployment, type ExportedResource } from "./exportedState.ts";
import { readCheckpoint } from "./prepare.ts";

const ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment";

/** Attachments that have gone with their instance, in a replacement that did not come to its end. */
export function detached(resources: readonly ExportedResource[]): ExportedResource[] {
  const gone = resources
    .filter(({ type, pendingReplacement }) => type === "aws:ec2/instance:Instance" && pendingReplacement === true)
    .map(({ id }) => id);
  return resources.filter(({ type, inputs }) => type === ATTACHMENT && gone.includes(inputs?.instanceId));
}

/**
 * Takes such attachments out of the state. The engine would delete them once more, for which the provider stops the
 * instance first: EC2 refuses to stop one that is gone.
 */
export function forgetDetached(deployment: Deployment): Deployment {
  const gone = detached(deployment.resources ?? []).map(({ urn }) => urn);
  if (gone.length === 0) return deployment;
  const without = (urns: unknown): unknown =>
    Array.isArray(urns) ? urns.filter((urn: unknown) => typeof urn !== "string" || !gone.includes(urn)) : urns;
  const resources = (deployment.resources ?? [])
    .filter(({ urn }) => !gone.includes(urn))
    .map((resource) => {
      const { dependencies, propertyDependencies } = resource;
      return {
        ...resource,
        ...(dependencies !== undefined && { dependencies: without(dependencies) }),
        ...(propertyDependencies !== undefined && {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies as object).map(([property, urns]) => [property, without(urns)]),
          ),
        }),
      };
    });
  return { ...deployment, resources };
}

/** Makes the stack ready for the next run after a replacement on AWS that failed between the two instances. */
export async function finishDetaching(): Promise<void> {
  const recorded = (await readCheckpoint())?.checkpoint?.latest?.resources ?? [];
  const gone = detached(recorded as readonly ExportedResource[]);
  if (gone.length === 0) return;
  await changeDeployment(forgetDetached);
  progress(`gone with their instances, and forgotten: ${gone.map(({ urn }) => nameOf(urn)).join(", ")}`);
}
