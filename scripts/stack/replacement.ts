import { UserError } from "../lib/report.ts";
import { type RecordedPart, recordedMembers } from "../plan/record.ts";

/** Makes the data volume anew as well. */
const VOLUME_TOO = "--data-volume-too";

/** A machine that is to be replaced, as the command line of `npm run replace` asks for it. */
export interface Replacement {
  readonly member: string;
  /** URNs of what is replaced. */
  readonly urns: readonly string[];
  /** Whether the data volume is made anew as well, without its data. */
  readonly volumeToo: boolean;
  /** Further options, for Pulumi. */
  readonly options: readonly string[];
}

/**
 * Reads the arguments of `npm run replace`: a member's name, then options.
 *
 * @param parts what the stack has on record
 * @throws UserError when no member of the stack is named, or more than one
 */
export function readReplacement(args: readonly string[], parts: readonly RecordedPart[]): Replacement {
  const members = recordedMembers(parts);
  const list = members.length > 0 ? `the stack's members are ${members.join(", ")}` : "the stack has none: npm run up";
  const [member = "", ...rest] = args;
  const usage = "npm run replace -- MEMBER replaces the machine of one member";
  if (member === "" || member.startsWith("-")) throw new UserError(`no member is named: ${usage}; ${list}`);
  if (!members.includes(member)) throw new UserError(`there is no member ${JSON.stringify(member)}: ${list}`);
  const more = rest.filter((arg) => members.includes(arg));
  if (more.length > 0) {
    throw new UserError(
      `${[member, ...more].join(", ")}: ${usage} at a time; the next one when this one is back in sync`,
    );
  }
  const volumeToo = rest.includes(VOLUME_TOO);
  const urns = parts
    .filter((each) => each.member === member && (each.part === "machine" || (volumeToo && each.part === "volume")))
    .map(({ urn }) => urn);
  return { member, urns, volumeToo, options: rest.filter((arg) => arg !== VOLUME_TOO) };
}
