import { isIn, leaves, partOf, type Step } from "./planSteps.ts";

/**
 * The Command that moves partitions, when a plan takes brokers away without it; undefined in every other plan. A broker
 * that came in an update which failed before any partition was moved may hold partitions of topics made since.
 */
export function movesLeftOut(steps: readonly Step[]): string | undefined {
  const brokersGo = steps.some(({ urn }) => {
    const { member, part } = partOf(urn) ?? {};
    return part === "machine" && member?.startsWith("kafka-") === true && leaves(steps, member);
  });
  if (!brokersGo) return undefined;
  return steps.find(({ op, urn }) => op === "same" && isIn(urn, "Assignment"))?.urn;
}
