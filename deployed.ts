import * as pulumi from "@pulumi/pulumi";
import { formatProblems } from "./components/kafka/problem.ts";
import {
  type ClusterShape,
  FIRST_INFRASTRUCTURE,
  type Infrastructure,
  type TopicShape,
  unsafeChanges,
} from "./components/livingCluster.ts";

/**
 * What this stack's last successful deployment exported; undefined before the first one. The program tells by it the
 * first deployment, in which all members may boot at once, from a change of a cluster that lives.
 */
export async function lastDeployment(): Promise<ClusterShape | undefined> {
  const itself = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const last = new pulumi.StackReference("last-deployment", { name: itself });
  const output = async (name: keyof ClusterShape): Promise<unknown> => (await last.getOutputDetails(name)).value;
  if ((await output("members")) === undefined) return undefined;
  const [members, kafkaVersion, subnet, infrastructure, topics] = await Promise.all([
    output("members"),
    output("kafkaVersion"),
    output("subnet"),
    output("infrastructure"),
    output("topics"),
  ]);
  return {
    members: members as ClusterShape["members"],
    kafkaVersion: kafkaVersion as string,
    subnet: subnet as string,
    infrastructure: (infrastructure as Infrastructure | undefined) ?? FIRST_INFRASTRUCTURE,
    ...(topics !== undefined && { topics: topics as readonly TopicShape[] }),
  };
}

/**
 * Names of the members that live and so are changed one at a time.
 *
 * @throws pulumi.RunError for changes that a cluster that lives can't take
 */
export function livingMembers(last: ClusterShape | undefined, next: ClusterShape): ReadonlySet<string> {
  if (!last) return new Set();
  const problems = unsafeChanges(last, next);
  if (problems.length > 0) throw new pulumi.RunError(formatProblems(problems));
  return new Set(last.members.map((member) => member.name));
}
