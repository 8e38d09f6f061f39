import { recordIn } from "../../model/record.ts";
import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import type { Checkpoint, RecordedResource } from "../stack/prepare.ts";
import { inOrder, type Part, partOf, textInput } from "./planSteps.ts";

/** A part of a member that the stack has on record. */
export interface RecordedPart {
  readonly member: string;
  readonly part: Part;
  readonly urn: string;
  /** What the local platform's script was told of it; absent on other platforms. */
  readonly spec?: { readonly space: string; readonly address?: string };
}

function resourcesOf(checkpoint: Checkpoint | null): readonly RecordedResource[] {
  return checkpoint?.checkpoint?.latest?.resources ?? [];
}

/** Names of the members that the last successful deployment has left on record; empty before the first. */
export function deployedMembers(checkpoint: Checkpoint | null): Set<string> {
  const members = (recordIn(resourcesOf(checkpoint))?.members ?? []) as readonly { readonly name: string }[];
  return new Set(members.map(({ name }) => name));
}

/** The parts of all members on record. */
export function recordedParts(checkpoint: Checkpoint | null): RecordedPart[] {
  return resourcesOf(checkpoint).flatMap((resource) => {
    const found = partOf(resource.urn);
    // What was replaced and is still to be deleted is no part of the member any more.
    if (!found || resource.delete === true) return [];
    const spec = textInput(resource, SPEC_VARIABLE);
    const isLocal = resource.type === "command:local:Command" && ["machine", "volume"].includes(found.part);
    return [
      {
        ...found,
        urn: resource.urn,
        ...(isLocal && spec !== undefined && { spec: JSON.parse(spec) as RecordedPart["spec"] & object }),
      },
    ];
  });
}

/** Names of the members that have a machine on record, in the order of the roll. */
export function recordedMembers(parts: readonly RecordedPart[]): string[] {
  return inOrder(parts.filter(({ part }) => part === "machine").map(({ member }) => member));
}

/**
 * Names of members in the order of the last update, also of one that failed: each after those that it depends on by the
 * record, and else by number.
 */
export function recordedRoll(checkpoint: Checkpoint | null): string[] {
  const needs = neededMembers(checkpoint);
  const order: string[] = [];
  for (let left = inOrder(needs.keys()); left.length > 0; left = left.filter((member) => !order.includes(member))) {
    const isNext = (member: string): boolean => [...(needs.get(member) ?? [])].every((other) => order.includes(other));
    // Pulumi keeps no record in which resources depend on each other in a ring.
    order.push(left.find(isNext) ?? left[0] ?? "");
  }
  return order;
}

/** The members that each member's resources depend on, be it by way of other resources. */
function neededMembers(checkpoint: Checkpoint | null): Map<string, Set<string>> {
  const standing = resourcesOf(checkpoint).filter((resource) => resource.delete !== true);
  const resources = new Map(standing.map((resource) => [resource.urn, resource]));
  const needed = new Map<string, Set<string>>();
  for (const { member, urn } of recordedParts(checkpoint)) {
    const found = needed.get(member) ?? new Set();
    needed.set(member, found);
    const seen = new Set<string>();
    const follow = (from: string): void => {
      if (seen.has(from)) return;
      seen.add(from);
      const other = partOf(from)?.member;
      if (other !== undefined && other !== member) found.add(other);
      for (const next of resources.get(from)?.dependencies ?? []) follow(next);
    };
    follow(urn);
  }
  return needed;
}
