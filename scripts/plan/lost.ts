import type { Presence } from "../local/presence.ts";
import type { RecordedPart } from "./record.ts";

/** What became of members behind Pulumi's back. */
export interface Lost {
  /** Why a resource is to be replaced, by its URN. */
  readonly replace: ReadonlyMap<string, string>;
  /** Members whose data volume is gone. */
  readonly volumes: ReadonlySet<string>;
  /** Machines that are switched off. */
  readonly stopped: readonly RecordedPart[];
  /** A line for each. */
  readonly says: readonly string[];
}

/** Compares the machines and data volumes on record with those that there are. */
export function lostParts(parts: readonly RecordedPart[], { machines, volumes }: Presence): Lost {
  const replace = new Map<string, string>();
  const gone = new Set<string>();
  const stopped: RecordedPart[] = [];
  const says: string[] = [];
  for (const { member, urn } of parts.filter(({ part, spec }) => part === "volume" && spec)) {
    if (volumes.has(member)) continue;
    gone.add(member);
    // Its machine is replaced with it.
    replace.set(urn, "the data volume is gone");
    says.push(`${member}: its data volume is gone: machine and data volume are made anew`);
  }
  for (const recorded of parts.filter(({ part, spec }) => part === "machine" && spec)) {
    const { member, urn } = recorded;
    const status = machines.get(member);
    if (gone.has(member)) continue;
    if (status === undefined) {
      replace.set(urn, "the machine is gone");
      says.push(`${member}: its machine is gone: it is made again, with its data volume`);
    } else if (status === "Stopped") {
      stopped.push(recorded);
      says.push(`${member}: its machine is stopped: it is started, and looked at`);
    }
  }
  return { replace, volumes: gone, stopped, says };
}
