import type { BrokerPlan } from "./render/node.ts";

/**
 * Environment variable of the program with a {@link Roll} as JSON. `npm run up` and its like give it; without, the order is
 * that of the last update.
 */
export const ROLL = "KAFKA_CLUSTER_ROLL";

/** In which order the members that live are changed. */
export interface Roll {
  /** Names of members. @default as the last update had them */
  readonly order?: readonly string[];
  /** Whether the broker that is the controller comes last: then a roll of all brokers has one election. @default false */
  readonly controllerLast?: boolean;
  /**
   * Whether nothing may change the order, not even that a member is down. With `--target` the engine takes a resource for a
   * duplicate when the program's chain of dependencies goes another way than the one on record:
   * findings/pulumi-target-after-reordered-depends-on.sh.
   *
   * @default false
   */
  readonly fixed?: boolean;
}

/** What there is to know of the brokers. */
export interface RollingBrokers {
  /** All of them. */
  readonly plans: readonly Pick<BrokerPlan, "name" | "brokerId">[];
  /** Names of those that are down: mended first. */
  readonly down: ReadonlySet<string>;
  /** Id of the broker that is the controller, where that is known. */
  readonly controller?: number;
  /** Names in the order of the last update. */
  readonly last?: readonly string[];
}

/**
 * The order in which the brokers that live are changed.
 *
 * @returns names of all brokers
 */
export function rollOrder(
  { order, controllerLast = false, fixed = false }: Roll,
  { plans, down, controller, last = [] }: RollingBrokers,
): string[] {
  const names = plans.map(({ name }) => name);
  const known = (order ?? last).filter((name) => names.includes(name));
  const whole = [...new Set([...known, ...names])];
  if (fixed) return whole;
  const leader = plans.find(({ brokerId }) => brokerId === controller)?.name;
  const ranks = whole.map((name) => [name, down.has(name) ? 0 : controllerLast && name === leader ? 2 : 1] as const);
  return ranks.toSorted(([, a], [, b]) => a - b).map(([name]) => name);
}

/** Reads the variable {@link ROLL}. */
export function readRoll(value = process.env[ROLL]): Roll {
  return value === undefined || value === "" ? {} : (JSON.parse(value) as Roll);
}
