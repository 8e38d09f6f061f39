import * as pulumi from "@pulumi/pulumi";
import { membersAtTop, recordIn, type RecordedOutput, type RecordedOutputs } from "../model/record.ts";
import { formatProblems } from "../model/kafka/problem.ts";
import { releaseChange } from "../model/kafka/upgrade.ts";
import { kafkaVersion as release } from "../model/kafka/versions.ts";
import type { ClientTls, Reach } from "../model/reach.ts";
import {
  type ClusterShape,
  FIRST_INFRASTRUCTURE,
  FIRST_SECURITY,
  type Infrastructure,
  type SecurityShape,
  type TopicShape,
  unsafeChanges,
} from "../model/livingCluster.ts";

/** What a deployment leaves on record. */
export interface Deployment extends ClusterShape {
  /** The machines' SSH host keys, by member; absent before the program exported them. */
  readonly hostKeys?: Readonly<Record<string, string>>;
  /** How the members are reached; absent before the program exported it. */
  readonly reach?: Reach;
  /** The deployer's OpenSSH private key; a secret. */
  readonly privateKey?: string;
  /** Names of the brokers in the order of the roll; absent before the program exported it. */
  readonly rollOrder?: readonly string[];
  /** How the deployer speaks TLS with the members; a secret, absent while they have none. */
  readonly tls?: ClientTls;
}

/**
 * What the last successful deployment of the stack's cluster has left on record; undefined before the first one. The program
 * tells by it the first deployment, in which all members may boot at once, from a change of a cluster that lives.
 *
 * @throws pulumi.RunError when there are members, and nothing says what their last deployment was like
 */
export async function lastDeployment(): Promise<Deployment | undefined> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const listed = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName })) as {
    readonly outputs: Readonly<Record<string, Omit<RecordedOutput, "urn">>>;
  };
  const resources = Object.entries(listed.outputs).map(([urn, resource]) => ({ urn, ...resource }));
  const outputs = recordIn(resources);
  if (outputs) return deploymentOf(outputs);
  const members = membersAtTop(resources);
  if (members.length === 0) return undefined;
  throw new pulumi.RunError(
    `the stack has members (${members.join(", ")}), made by an older version of the program, and no output "members" that ` +
      "says what their last deployment was like: without it they would all be changed at once. If outputs were renamed, " +
      "give them the names back that index.ts had, for one update; if the first deployment has not ended, end it with the " +
      "version of the program that began it, or take it away (npm run down)",
  );
}

function deploymentOf(outputs: RecordedOutputs): Deployment {
  const { members, kafkaVersion, interBrokerProtocolVersion: protocol, hostKeys, reach, subnet, topics } = outputs;
  const { deployerPrivateKey, infrastructure, security, deployerTls: tls, rollOrder } = outputs;
  return {
    members: members as ClusterShape["members"],
    kafkaVersion: kafkaVersion as string,
    // Before it was a setting, brokers spoke what is their version's own.
    interBrokerProtocolVersion: (protocol as string | undefined) ?? release(kafkaVersion as string).protocol,
    ...(reach !== undefined && { reach: reach as Reach }),
    ...(deployerPrivateKey !== undefined && { privateKey: deployerPrivateKey as string }),
    ...(hostKeys !== undefined && { hostKeys: hostKeys as Readonly<Record<string, string>> }),
    subnet: subnet as string,
    infrastructure: (infrastructure as Infrastructure | undefined) ?? FIRST_INFRASTRUCTURE,
    security: (security as SecurityShape | undefined) ?? FIRST_SECURITY,
    ...(rollOrder !== undefined && { rollOrder: rollOrder as readonly string[] }),
    ...(isGiven(tls) && { tls: tls as ClientTls }),
    ...(topics !== undefined && { topics: topics as readonly TopicShape[] }),
  };
}

/** Whether an output has a value: one that is not for this cluster is an empty map. */
function isGiven(output: unknown): boolean {
  return typeof output === "object" && output !== null && Object.keys(output).length > 0;
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

/**
 * The host keys of the members that this update upgrades to a newer version of Kafka, by name: none on the way back,
 * undefined when the version stays.
 *
 * @throws pulumi.RunError when the last deployment has not exported them
 */
export function upgradedMembers(last: Deployment | undefined, next: ClusterShape): Deployment["hostKeys"] {
  if (!last) return undefined;
  const change = releaseChange(last, next);
  // On the way back there is nothing to upgrade, and the record of the upgrade goes: the next one has to run again.
  if (change === "downgrade") return {};
  if (change !== "upgrade") return undefined;
  if (last.hostKeys) return last.hostKeys;
  const allowed = `${last.kafkaVersion} for one more update: what an upgrade needs to know has not been exported yet`;
  throw new pulumi.RunError(formatProblems([{ key: "kafkaVersion", value: next.kafkaVersion, allowed }]));
}
