/** Finds in a stack's state what an update has begun and not ended. */
import { nameOf } from "../../model/urn.ts";
import { inOrder, isIn, partOf, textInput, UNFINISHED } from "../plan/planSteps.ts";
import type { Deployment, ExportedResource } from "../stack/exportedState.ts";

/** A resource that an update has begun and not ended. */
export interface UnfinishedResource {
  readonly resource: string;
  /** The member that it is a part of; `null` for what is no member's. */
  readonly member: string | null;
}

/**
 * The resources that are half made, those that the next update is to run again, those that an operation is under way of, and
 * the parts of members that no deployment has exported: the one that brought them did not end.
 *
 * @param members names of the members that the last deployment exported
 */
export function unfinishedResources(
  { resources = [], pending_operations: pending }: Deployment,
  members: readonly string[],
): UnfinishedResource[] {
  const isBegun = (resource: ExportedResource): boolean => {
    const part = partOf(resource.urn);
    return (
      resource.delete !== true &&
      (resource.taint === true || isMarked(resource) || (part !== undefined && !members.includes(part.member)))
    );
  };
  // A state can have no operation as null.
  const urns = [...resources.filter(isBegun), ...(pending ?? []).map(({ resource }) => resource)].map(({ urn }) => urn);
  return [...new Set(urns)].map((urn) => ({ resource: nameOf(urn), member: partOf(urn)?.member ?? null }));
}

/**
 * What ignores its inputs in most updates keeps the mark until one that has work for it, also when all has ended well. Its
 * inputs don't tell either: an update that failed has left those of before.
 */
function isMarked(resource: ExportedResource): boolean {
  if (isIn(resource.urn, "EnsembleUpgrade") || isIn(resource.urn, "Growth")) return false;
  return textInput(resource, UNFINISHED) !== undefined;
}

/** `kafka-1 (machine, apply), assignment-partitions` */
export function unfinishedText(unfinished: readonly UnfinishedResource[]): string {
  const members = inOrder(unfinished.flatMap(({ member }) => member ?? []));
  return [
    ...members.map((member) => {
      const parts = unfinished.filter((each) => each.member === member);
      return `${member} (${parts.map(({ resource }) => resource.slice(member.length + 1)).join(", ")})`;
    }),
    ...unfinished.filter(({ member }) => member === null).map(({ resource }) => resource),
  ].join(", ");
}
