import { partOf, type Step } from "./steps.ts";

/**
 * The Command that moves partitions, when a plan takes brokers away without it; undefined in every other plan. A broker
 * that came in an update which failed before any partition was moved may hold partitions of topics made since.
 */
export function movesLeftOut(steps: readonly Step[]): string | undefined {
  const ops = new Map<string, Set<string>>();
  for (const { op, urn } of steps) {
    const { member, part } = partOf(urn) ?? {};
    if (part === "machine" && member?.startsWith("kafka-")) ops.set(member, (ops.get(member) ?? new Set()).add(op));
  }
  const brokersGo = [...ops.values()].some((those) => [...those].every((op) => op === "delete"));
  if (!brokersGo) return undefined;
  return steps.find(
    ({ op, urn }) => op === "same" && /[:$]kafka-cluster:index:Assignment\$command:local:Command::/.test(urn),
  )?.urn;
}
