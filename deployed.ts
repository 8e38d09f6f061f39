import * as pulumi from "@pulumi/pulumi";
import { formatProblems } from "./components/kafka/problem.ts";
import { type DeployedCluster, unsafeChanges } from "./components/livingCluster.ts";
import type { NodePlan } from "./components/render/node.ts";

/**
 * Names of the members that this stack's last deployment exported; empty before the first one. The program tells by
 * them the first deployment, in which all may boot at once, from a change of a cluster that lives.
 *
 * @throws pulumi.RunError for changes that a cluster that lives can't take
 */
export async function deployedMembers(
  plans: readonly NodePlan[],
  settings: { readonly kafkaVersion: string; readonly subnet: string },
): Promise<ReadonlySet<string>> {
  const itself = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const last = new pulumi.StackReference("last-deployment", { name: itself });
  const members = (await last.getOutputDetails("members")).value as NodePlan[] | undefined;
  if (!members) return new Set();
  const kafkaVersion = (await last.getOutputDetails("kafkaVersion")).value as string;
  const subnet = (await last.getOutputDetails("subnet")).value as string;
  const deployed: DeployedCluster = { members, kafkaVersion, subnet };
  const problems = unsafeChanges(deployed, plans, settings);
  if (problems.length > 0) throw new pulumi.RunError(formatProblems(problems));
  return new Set(deployed.members.map((member) => member.name));
}
