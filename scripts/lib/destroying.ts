import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** What `pulumi` calls the destruction of a stack. */
const DESTROY = ["destroy", "down", "dn"];

/** A process: its parent's number, 0 at the top, and its command line. */
export interface Process {
  readonly parent: number;
  readonly command: readonly string[];
}

/**
 * Whether this script runs since a whole stack is being destroyed. A Command's `delete` is not told why it runs: a member
 * that goes for good with its cluster need not be in sync, one whose machine is replaced has to be. So it looks at which
 * command of Pulumi's CLI is among the processes that started it.
 *
 * @param look gives a process by its number. @default what /proc says
 */
export function isDestroying(look: (pid: number) => Process | undefined = fromProc): boolean {
  for (let pid = process.ppid; pid > 1;) {
    const found = look(pid);
    if (!found) return false;
    const [program = "", ...args] = found.command;
    if (basename(program) === "pulumi") return DESTROY.includes(args.find((arg) => !arg.startsWith("-")) ?? "");
    pid = found.parent;
  }
  return false;
}

function fromProc(pid: number): Process | undefined {
  try {
    // proc(5): "pid (comm) state ppid …", and comm may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return { parent: Number(stat.split(" ")[1]), command };
  } catch {
    return undefined;
  }
}
