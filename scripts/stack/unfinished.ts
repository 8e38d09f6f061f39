/**
 * What an update that did not succeed has begun and not ended. Pulumi keeps the inputs of before then, so that a user who
 * takes the change back has changed nothing, and what was half done would stay. So it is marked, and the next update runs it.
 */
import { recordIn } from "../../model/record.ts";
import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { progress } from "../lib/report.ts";
import { nameOf } from "../../model/urn.ts";
import { isSecret } from "../../model/engineValues.ts";
import { isIn, partOf, textInput, UNFINISHED } from "../plan/planSteps.ts";
import { changeDeployment, type ExportedResource } from "./exportedState.ts";

/** The type of the resources that are run again: what they do is ours and can be done again. */
export const COMMAND = "command:local:Command";

/**
 * Marks a Command so that the next update runs it, by a variable that its program never sets. An initialization error
 * would do the same, but a refresh forgets it.
 */
export function unfinished(resource: ExportedResource, reason: string): ExportedResource {
  const marked = (values: Record<string, unknown> = {}): Record<string, unknown> => {
    const { environment } = values;
    if (isSecret(environment)) return values;
    return { ...values, environment: { ...(environment as object | undefined), [UNFINISHED]: reason } };
  };
  const { inputs, outputs } = resource;
  return { ...resource, inputs: marked(inputs), ...(outputs && { outputs: marked(outputs) }) };
}

/**
 * The Commands to run again after some of them did not end. In the middle of an upgrade those are all members': servers
 * beside brokers run the new version then, which the members' own applies are not on record with. What brokers have written
 * to ZooKeeper meanwhile may be otherwise to change than it is to be.
 *
 * @param urns of the resources whose operation did not end
 */
export function commandsToRunAgain(resources: readonly ExportedResource[], urns: readonly string[]): string[] {
  const commands = resources.filter(({ type }) => type === COMMAND);
  const ensembles = commands.filter(({ urn }) => isIn(urn, "EnsembleUpgrade"));
  const deployed = recordIn(resources)?.kafkaVersion;
  const isUpgrading =
    urns.length > 0 &&
    ensembles.some((ensemble) => urns.includes(ensemble.urn) || isAhead(versionOf(ensemble), deployed));
  return commands
    .filter(
      (command) =>
        urns.includes(command.urn) ||
        // It waits for all members, and an update that failed has not come to it.
        (urns.length > 0 && isIn(command.urn, "ZnodeAccess")) ||
        (isUpgrading && (ensembles.includes(command) || partOf(command.urn)?.part === "apply")),
    )
    .map(({ urn }) => urn);
}

function isAhead(version: string | undefined, deployed: unknown): boolean {
  return version !== undefined && version !== deployed;
}

/** The version that an ensemble was upgraded to last. */
function versionOf(ensemble: ExportedResource): string | undefined {
  const spec = JSON.parse(textInput(ensemble, SPEC_VARIABLE) ?? "{}") as {
    servers?: readonly { kafkaVersion: string }[];
  };
  return spec.servers?.[0]?.kafkaVersion;
}

/** @returns URNs of the Commands that were marked */
async function mark(
  which: (resources: readonly ExportedResource[]) => readonly string[],
  reason: string,
): Promise<readonly string[]> {
  let urns: readonly string[] = [];
  await changeDeployment((deployment) => {
    const before = deployment.resources ?? [];
    urns = which(before);
    if (urns.length === 0) return deployment;
    const resources = before.map((resource) =>
      // What was replaced and is still to be deleted has the same URN.
      urns.includes(resource.urn) && resource.delete !== true ? unfinished(resource, reason) : resource,
    );
    return { ...deployment, resources };
  });
  return urns;
}

/** Has the next update run these Commands again, although nothing of theirs has changed. */
export async function runAgain(urns: readonly string[], reason: string): Promise<void> {
  await mark(() => urns, reason);
}

/**
 * Has the next update run again what failed or was interrupted in the one that has just ended.
 *
 * @param failed URNs of the resources whose operation failed
 */
export async function runFailedAgain(failed: readonly string[]): Promise<void> {
  if (failed.length === 0) return;
  const urns = await mark((resources) => commandsToRunAgain(resources, failed), "its last update did not end well");
  if (urns.length > 0) progress(`the next update looks at these again in any case: ${urns.map(nameOf).join(", ")}`);
}
