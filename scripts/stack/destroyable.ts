import { firstOf } from "../lib/named.ts";
import { UserError } from "../lib/report.ts";
import type { Checkpoint } from "./prepare.ts";

/** How many protected resources an error names. */
const NAMED = 3;

/**
 * What `npm run down` has to do with a stack: nothing where there is none or it is empty, else to destroy it.
 * The engine refuses a protected resource only when its turn comes, after it has destroyed what depends on it.
 *
 * @throws UserError when a resource is protected
 */
export function destroyable(stack: string, checkpoint: Checkpoint | null): "no stack" | "empty" | "resources" {
  if (checkpoint === null) return "no stack";
  const { resources, pending_operations: pending } = checkpoint.checkpoint?.latest ?? {};
  const names = (resources ?? [])
    .filter(({ protect }) => protect === true)
    .map(({ urn }) => urn.split("::").at(-1) ?? "");
  if (names.length > 0) {
    throw new UserError(
      `stack "${stack}" has ${names.length} protected resource(s) (${firstOf(names, NAMED)}), and ` +
        "nothing was destroyed. To delete them and their data: set aws.protect to false in the stack's " +
        "configuration, then npm run up, then npm run down",
    );
  }
  return (resources ?? []).length + (pending ?? []).length === 0 ? "empty" : "resources";
}
