import { type Problem } from "./kafka/problem.ts";
import type { NodePlan } from "./render/node.ts";

/** What the stack's last deployment left; empty before the first one. */
export interface DeployedCluster {
  readonly members: readonly NodePlan[];
  readonly kafkaVersion?: string;
  readonly subnet?: string;
}

/**
 * Finds the changes that a cluster that lives can't take: they would lose data or a quorum, or mix versions.
 *
 * @param deployed what the last deployment exported
 * @param plans the members of this update
 * @param settings Kafka's version and the subnet in this update
 */
export function unsafeChanges(
  deployed: DeployedCluster,
  plans: readonly NodePlan[],
  settings: { readonly kafkaVersion: string; readonly subnet: string },
): Problem[] {
  const problems: Problem[] = [];
  for (const key of ["kafkaVersion", "subnet"] as const) {
    const before = deployed[key];
    if (before !== undefined && before !== settings[key]) {
      const allowed = `${before}, with which the cluster lives: it can't be changed before \`npm run down\``;
      problems.push({ key, value: settings[key], allowed });
    }
  }
  const planned = new Map(plans.map((plan) => [plan.name, plan]));
  for (const member of deployed.members) {
    const plan = planned.get(member.name);
    if (!plan) {
      const allowed = "every member that lives must stay: its data would be deleted and no partition is moved before";
      problems.push({ key: `member ${member.name}`, value: undefined, allowed });
    } else if (identity(plan) !== identity(member)) {
      const allowed = `${identity(member)}, as deployed: a member keeps its address and its ids`;
      problems.push({ key: `member ${member.name}`, value: identity(plan), allowed });
    }
  }
  const names = new Set(deployed.members.map((member) => member.name));
  for (const plan of plans) {
    if (deployed.members.length > 0 && !names.has(plan.name) && plan.zookeeperId !== undefined) {
      const allowed = "the ensemble of a cluster that lives keeps its servers; new brokers may come";
      problems.push({ key: `member ${plan.name}`, value: identity(plan), allowed });
    }
  }
  return problems;
}

function identity({ address, brokerId, zookeeperId }: NodePlan): string {
  const services = [
    ...(brokerId === undefined ? [] : [`broker ${brokerId}`]),
    ...(zookeeperId === undefined ? [] : [`ZooKeeper server ${zookeeperId}`]),
  ];
  return `${address} with ${services.join(" and ")}`;
}
