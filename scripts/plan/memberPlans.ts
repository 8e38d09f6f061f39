import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { FOUND_DOWN, SECRET_HASHES } from "../../model/specs/applySpec.ts";
import { readSpec } from "../apply/spec.ts";
import { changedInputs, whyReplaced } from "./reasons.ts";
import { serviceChanges } from "./serviceChanges.ts";
import { inOrder, isLeftover, type Part, partOf, type Step, textInput, UNFINISHED } from "./planSteps.ts";

/** What an update will do to a member; nothing said means that it is left alone. */
export interface MemberPlan {
  readonly member: string;
  readonly says: readonly string[];
}

/** What becomes of a resource in an update. */
type Fate = "made" | "replaced" | "deleted" | "changed" | "kept";

/** Where a preview does not know an apply's spec. */
const LOOKED_AT = "is looked at, what differs shows only then";

/** The steps of a member's resources. */
type Parts = ReadonlyMap<Part, readonly Step[]>;

/**
 * Says what an update will do to each member, in the order of the roll.
 *
 * @param reasons why a resource is to be replaced, by its URN, where the wrapper asked for it
 */
export function memberPlans(steps: readonly Step[], reasons: ReadonlyMap<string, string> = new Map()): MemberPlan[] {
  const members = partsOf(steps);
  return inRollOrder(members).map((member) => ({ member, says: planOf(members.get(member) ?? new Map(), reasons) }));
}

/** Names of all members in the order in which the engine comes to them. */
export function plannedRoll(steps: readonly Step[]): string[] {
  return [...partsOf(steps).keys()];
}

/** The steps of each member's resources; the members in the order in which the engine comes to their machines and applies. */
function partsOf(steps: readonly Step[]): Map<string, Map<Part, Step[]>> {
  const members = new Map<string, Map<Part, Step[]>>();
  const placed = new Set<string>();
  for (const step of steps) {
    const found = partOf(step.urn);
    if (!found || isLeftover(step)) continue;
    const parts = members.get(found.member) ?? new Map<Part, Step[]>();
    // Volumes wait for nobody.
    if ((found.part === "machine" || found.part === "apply") && !placed.has(found.member)) {
      placed.add(found.member);
      members.delete(found.member);
    }
    parts.set(found.part, [...(parts.get(found.part) ?? []), step]);
    members.set(found.member, parts);
  }
  return members;
}

/**
 * Members by name, but those that are changed in the order in which the engine comes to them: it asks for a member's
 * machine only when the apply of the one before it is done.
 */
function inRollOrder(members: ReadonlyMap<string, Parts>): string[] {
  const byName = inOrder(members.keys());
  const isChanged = (member: string): boolean =>
    ["changed", "replaced"].includes(fateOf(members.get(member)?.get("apply")));
  // A map keeps the order in which its keys came.
  const changed = [...members.keys()].filter(isChanged);
  return byName.map((member) => (isChanged(member) ? (changed.shift() ?? member) : member));
}

/** The plan as lines: one for each member that is touched, and how many are left alone. */
export function planText(plans: readonly MemberPlan[]): string {
  const touched = plans.filter(({ says }) => says.length > 0);
  const width = Math.max(0, ...touched.map(({ member }) => member.length));
  const alone = plans.length - touched.length;
  return [
    "plan for the members, in this order:",
    ...touched.map(({ member, says }) => `  ${member.padEnd(width)}   ${says.join("; ")}`),
    ...(alone > 0 ? [`  ${alone} ${alone === 1 ? "member is" : "members are"} left alone`] : []),
  ].join("\n");
}

function fateOf(steps: readonly Step[] = []): Fate {
  const ops = new Set(steps.map(({ op }) => op));
  if (["create-replacement", "replace", "delete-replaced"].some((op) => ops.has(op))) return "replaced";
  if (ops.has("create")) return "made";
  if (ops.has("delete")) return "deleted";
  return ops.has("update") ? "changed" : "kept";
}

function planOf(parts: Parts, reasons: ReadonlyMap<string, string>): string[] {
  const [machine, volume] = [fateOf(parts.get("machine")), fateOf(parts.get("volume"))];
  const why = whyReplaced(volume === "replaced" ? parts.get("volume") : parts.get("machine"), reasons);
  if (machine === "replaced" || machine === "made" || machine === "deleted") {
    return [machineSays(machine, volume, why === "" ? "" : `: ${why}`)];
  }
  return [
    ...volumeSays(volume, parts),
    ...(machine === "changed" ? [`machine takes ${changedInputs(parts.get("machine")).join(", ")} while it runs`] : []),
    ...(["interface", "attachment", "host-key"] as const).flatMap((part) => {
      const fate = fateOf(parts.get(part));
      return fate === "kept" ? [] : [`${part} is ${fate}`];
    }),
    ...applySays(parts.get("apply"), machine === "changed"),
  ];
}

function machineSays(machine: "replaced" | "made" | "deleted", volume: Fate, why: string): string {
  if (machine === "deleted") return volume === "deleted" ? "machine and data volume are deleted" : "machine is deleted";
  if (volume === "replaced") return `machine and data volume are made anew, all data on the volume is lost${why}`;
  if (volume === "made")
    return machine === "made" ? "machine and data volume are made" : `machine and data volume are made${why}`;
  return machine === "made"
    ? "machine is made, its data volume is kept"
    : `machine is replaced, its data volume is kept${why}`;
}

function volumeSays(volume: Fate, parts: Parts): string[] {
  switch (volume) {
    case "kept":
      return [];
    case "changed":
      return [`data volume takes ${changedInputs(parts.get("volume")).join(", ")}`];
    case "replaced":
      return ["data volume is made anew, all data on it is lost"];
    case "made":
    case "deleted":
      return [`data volume is ${volume}`];
    default:
      return volume satisfies never;
  }
}

/** @param machineChanges whether the machine is updated: a preview can't know then that it stays the same one */
function applySays(steps: readonly Step[] = [], machineChanges: boolean): string[] {
  const fate = fateOf(steps);
  switch (fate) {
    case "kept":
      return [];
    case "made":
      return ["services are started"];
    case "deleted":
      return ["services are stopped"];
    case "replaced":
      return [machineChanges ? LOOKED_AT : "services are stopped and started"];
    case "changed": {
      const step = steps.find(({ op }) => op === "update");
      const [before, after] = [textInput(step?.old, SPEC_VARIABLE), textInput(step?.new, SPEC_VARIABLE)];
      if (before === undefined || after === undefined) return [LOOKED_AT];
      const [held, shown] = [textInput(step?.old, SECRET_HASHES), textInput(step?.new, SECRET_HASHES)];
      const changes = serviceChanges(readSpec(before, held), readSpec(after, shown));
      const differs = before === after && held === shown ? [] : changes;
      if (textInput(step?.old, FOUND_DOWN) !== textInput(step?.new, FOUND_DOWN)) {
        return ["is down, and brought up first", ...differs];
      }
      const unfinished = textInput(step?.old, UNFINISHED);
      return unfinished === undefined ? changes : [`${LOOKED_AT} (${unfinished})`, ...differs];
    }
    default:
      return fate satisfies never;
  }
}
