import type { Problem } from "../kafka/problem.ts";

/** In place of authorities' names where the certificates are the user's own. */
export const GIVEN = "certificates.folder";

/**
 * What stands against a change of the authorities of a cluster that lives: in each update every member has to trust what the
 * others show, whether they have been restarted already or not. So a new one is trusted first, then it signs, then the old
 * one goes, each in an update of its own.
 *
 * @param deployed names of the authorities, the one that signs first
 */
export function authorityProblems(deployed: readonly string[], next: readonly string[]): Problem[] {
  const refuse = (allowed: string): Problem[] => [{ key: "certificates.authorities", value: next, allowed }];
  if (deployed.join() === next.join()) return [];
  if (deployed.includes(GIVEN) || next.includes(GIVEN)) {
    return [
      {
        key: "certificates.folder",
        value: next.includes(GIVEN) ? "set" : undefined,
        allowed: `${deployed.includes(GIVEN) ? "set" : "not set"}, as deployed: from certificates that the program makes to own ones, or back, the way is over security plaintext`,
      },
    ];
  }
  const [before = "", after = ""] = [deployed[0], next[0]];
  const added = next.filter((name) => !deployed.includes(name));
  const gone = deployed.filter((name) => !next.includes(name));
  if (before !== after) {
    if (!deployed.includes(after)) {
      return refuse(
        `${[before, ...new Set([...added, after])].join(", ")} first: ${after} has to be trusted before it signs`,
      );
    }
    if (gone.length > 0) {
      return refuse(
        `${[after, ...deployed.filter((name) => name !== after)].join(", ")} first: members still show what ${before} has signed`,
      );
    }
  }
  return [];
}
