import type { NodePlan } from "./render/node.ts";

/**
 * Environment variable of the program: given, the broker that is the controller comes last in a roll. `npm run up` gives
 * it, unless a part of the stack is its target: Pulumi can't take another order there (see {@link rollOrder}).
 */
export const CONTROLLER_LAST = "KAFKA_CLUSTER_CONTROLLER_LAST";

/**
 * The order in which the brokers that live are changed: as the last update had it, and the controller last, so that a roll
 * of all brokers has one election. Without a controller the order is that of the last update: with `--target` Pulumi
 * refuses a chain of dependencies that goes another way than the one on record (findings/).
 *
 * @param plans the brokers
 * @param recorded names of brokers in the order of the last update. @default the order of the plans
 * @param controller id of the broker that is the controller, when it is to be the last one
 * @returns names of all brokers
 */
export function rollOrder(
  plans: readonly NodePlan[],
  recorded: readonly string[] = [],
  controller: number | undefined = undefined,
): string[] {
  const known = recorded.filter((name) => plans.some((plan) => plan.name === name));
  const order = [...known, ...plans.map(({ name }) => name).filter((name) => !known.includes(name))];
  const last = plans.find(({ brokerId }) => brokerId !== undefined && brokerId === controller)?.name;
  return last === undefined ? order : [...order.filter((name) => name !== last), last];
}
