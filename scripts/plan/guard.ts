import { nameOf } from "../../model/urn.ts";
import { inOrder, isLeftover, leaves, partOf, type Step } from "./planSteps.ts";

/** What the guard is told beside the plan. */
export interface Guarded {
  /** Names of the members that the last deployment exported: they hold the cluster's data. */
  readonly living: ReadonlySet<string>;
  /** Members whose data volume may be made anew: asked for in so many words, or gone already. */
  readonly volumesAnew: ReadonlySet<string>;
}

/**
 * Says what is wrong with a plan for a cluster that lives, each with its resources and the remedy; empty when it may begin.
 *
 * The chain of members makes Pulumi replace machines one after the other, each when the apply of the one before has ended.
 * It does not hold when something is replaced that several machines depend on: they are all deleted before it.
 */
export function refusals(steps: readonly Step[], { living, volumesAnew }: Guarded): string[] {
  const begun = steps.filter((step) => !isLeftover(step));
  const leaving = [...living].filter((member) => leaves(begun, member));
  const staying = [...living].filter((member) => !leaving.includes(member));
  return [
    ...lostVolumes(
      begun,
      staying.filter((member) => !volumesAnew.has(member)),
    ),
    ...atOnce(begun, staying),
    ...whileReplaced(begun, staying, leaving),
  ];
}

function isDeletion({ op }: Step): boolean {
  return op === "delete" || op === "delete-replaced";
}

function isReplacement(step: Step): boolean {
  return isDeletion(step) || step.op === "replace" || step.op === "create-replacement";
}

function lostVolumes(steps: readonly Step[], members: readonly string[]): string[] {
  const lost = steps.filter((step) => isReplacement(step) && partOf(step.urn)?.part === "volume");
  return inOrder(lost.map(({ urn }) => partOf(urn)?.member ?? ""))
    .filter((member) => members.includes(member))
    .map(
      (member) =>
        `${member}-volume would be deleted, with all data of ${member}, which stays. To replace the machine alone, run ` +
        `npm run replace -- ${member}; to make the data volume anew as well, npm run replace -- ${member} --data-volume-too`,
    );
}

/** A machine that is deleted while another one is not back yet: its apply has not run. */
function atOnce(steps: readonly Step[], members: readonly string[]): string[] {
  const away = new Set<string>();
  const together = new Set<string>();
  for (const step of steps) {
    const { member, part } = partOf(step.urn) ?? {};
    if (member === undefined || !members.includes(member)) continue;
    if (part === "machine" && isDeletion(step)) {
      away.add(member);
      if (away.size > 1) for (const each of away) together.add(each);
    }
    if (part === "apply" && ["create", "update", "create-replacement"].includes(step.op)) away.delete(member);
  }
  if (together.size === 0) return [];
  const causes = steps.filter(
    ({ op, urn, keys }) =>
      op === "replace" && !partOf(urn) && !/[:$]kafka-cluster:index:\w+::/.test(urn) && keys?.includes("id"),
  );
  const because = causes.length > 0 ? `, before ${causes.map(({ urn }) => nameOf(urn)).join(", ")} is replaced` : "";
  return [
    `${inOrder(together).map(machineOf).join(", ")} would be deleted at the same time${because}. ` +
      "Replace one member at a time: npm run replace -- MEMBER",
  ];
}

/** Taking members away moves partitions, which needs all others. */
function whileReplaced(steps: readonly Step[], staying: readonly string[], leaving: readonly string[]): string[] {
  const replaced = staying.filter((member) =>
    steps.some((step) => isReplacement(step) && step.urn.endsWith(`::${machineOf(member)}`)),
  );
  if (leaving.length === 0 || replaced.length === 0) return [];
  return [
    `${inOrder(leaving).map(machineOf).join(", ")} would be deleted in the update that replaces ` +
      `${inOrder(replaced).map(machineOf).join(", ")}. Do one after the other: first replace the machines with brokerCount ` +
      "as it was, then take the brokers away",
  ];
}

function machineOf(member: string): string {
  return `${member}-machine`;
}
