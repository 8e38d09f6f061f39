import { parseArgs } from "node:util";
import { UserError } from "../lib/report.ts";
import type { Limits } from "./judge.ts";

/** Help of `npm run status`. */
export const STATUS_HELP = `Shows what the members, brokers and ZooKeeper servers of the stack's cluster say of themselves.

  npm run status -- [options]

  --json            one JSON document for programs, with npm run --silent (docs/operations/status.md)
  --disk-percent N  use of a data volume from which on it is a problem (default 85)
  --help            this text

Exit code: 0 healthy, 2 not healthy, 1 the status could not be taken.
`;

/** Options of `npm run status`. */
export interface StatusOptions extends Limits {
  readonly json: boolean;
}

/**
 * Reads the command line.
 *
 * @returns "help" when that was asked for
 * @throws UserError for an option that it doesn't know or a value that isn't allowed
 */
export function statusOptions(args: readonly string[]): StatusOptions | "help" {
  const { help, json, "disk-percent": percent } = parsed(args);
  if (help) return "help";
  if (!/^([1-9]\d?|100)$/.test(percent)) {
    throw new UserError(`--disk-percent ${percent}: expected a whole number from 1 to 100`);
  }
  return { json, diskPercent: Number(percent) };
}

function parsed(args: readonly string[]): { help: boolean; json: boolean; "disk-percent": string } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean", default: false },
        "disk-percent": { type: "string", default: "85" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // parseArgs says which option it doesn't know, or which lacks its value.
    throw new UserError(`${(error as Error).message}; --help lists the options`);
  }
}
