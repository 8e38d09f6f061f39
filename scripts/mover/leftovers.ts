import { progress } from "../lib/report.ts";
import { type StandingLimits, standingLimits, withoutLimits } from "./limits.ts";
import type { MoverRequests } from "./mover.ts";
import { settled } from "./throttle.ts";

/** Limits that a run which was cut off has left. */
export interface Leftovers {
  /** Topics with a list of replicas. */
  readonly topics: readonly string[];
  /** Ids of brokers with a rate. */
  readonly brokers: readonly number[];
}

/**
 * The limits that are left: those that stand while nothing is moved. Where an operator limits all replicas of a topic (`*`),
 * the rates of brokers are his.
 *
 * @throws Error when there is no answer
 */
export async function leftovers(
  requests: Pick<MoverRequests, "metadata" | "describeConfigs" | "movesUnderWay">,
): Promise<Leftovers> {
  // Looked at first: a run begins with its limits, and goes on with its moves.
  const limits = await standingLimits(requests);
  return (await requests.movesUnderWay()).length > 0 ? { topics: [], brokers: [] } : left(limits);
}

/** Takes left limits away, and says which. */
export async function removeLeftovers(requests: MoverRequests): Promise<void> {
  let said = false;
  await settled("limits that were left to be gone", async () => {
    const { topics, brokers } = await leftovers(requests);
    if (topics.length + brokers.length === 0) return undefined;
    const what = [
      ...(topics.length > 0 ? [`of topics ${topics.join(", ")}`] : []),
      ...(brokers.length > 0 ? [`of brokers ${brokers.join(", ")}`] : []),
    ].join(" and ");
    if (!said) progress(`limits of moves that have ended are taken away: those ${what}`);
    said = true;
    await requests.incrementalAlterConfigs(withoutLimits(topics, brokers));
    return `those ${what}`;
  });
}

function left({ listed, operators, brokers, rated }: StandingLimits): Leftovers {
  if (operators.size > 0) return { topics: listed, brokers: [] };
  // A broker of 2.4.0 does not tell of its rates: they go with the topics' lists.
  return { topics: listed, brokers: listed.length > 0 ? brokers : rated };
}
