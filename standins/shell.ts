import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** How long a command may take to end after SIGTERM before it is killed, in milliseconds. */
const GRACE_MS = 10_000;

/** A command that failed; its message is all that there is to know. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** What to run, and how. */
export interface Invocation {
  readonly command: string;
  /** The program that gets the command as its last argument. */
  readonly interpreter: readonly string[];
  /** Variables added to the plugin's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly dir?: string | undefined;
  readonly stdin?: string | undefined;
  /** Called with every line of output as it comes. */
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
  /** Ends the command with all its children. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command to its end and gives its output, without the last line break as the official plugin does.
 *
 * @throws CommandFailure with the exit status, the command and its output, if it fails, can't be started or is cancelled
 */
export function runCommand(invocation: Invocation): Promise<{ stdout: string; stderr: string }> {
  const { command, interpreter, signal } = invocation;
  const [program = "/bin/sh", ...args] = interpreter;
  const fail = (reason: string, output = ""): CommandFailure =>
    new CommandFailure(`${reason}: running ${JSON.stringify(command)}:\n${output}`);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(fail("cancelled"));
      return;
    }
    const child = spawn(program, [...args, command], {
      cwd: invocation.dir,
      env: { ...process.env, ...invocation.environment },
      // A process group of its own, so that it can be ended with all that it started.
      detached: true,
    });
    const output = { stdout: "", stderr: "" };
    let both = "";
    const collect = (stream: "stdout" | "stderr", source: Readable): void => {
      source.setEncoding("utf8").on("data", (text: string) => {
        output[stream] += text;
        both += text;
      });
      createInterface({ input: source, crlfDelay: Infinity }).on("line", (line) => {
        invocation.onLine(stream, line);
      });
    };
    collect("stdout", child.stdout);
    collect("stderr", child.stderr);

    const kill = (name: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // It has ended in the meantime.
      }
    };
    let killer: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      kill("SIGTERM");
      killer = setTimeout(kill, GRACE_MS, "SIGKILL");
    };
    signal.addEventListener("abort", cancel);
    const finish = (): void => {
      clearTimeout(killer);
      signal.removeEventListener("abort", cancel);
    };
    child.on("error", (error) => {
      finish();
      reject(fail(error.message));
    });
    child.on("close", (code, name) => {
      finish();
      if (signal.aborted) reject(fail("cancelled", both));
      else if (code !== 0) reject(fail(name ? `signal: ${name}` : `exit status ${code}`, both));
      else resolve({ stdout: output.stdout.replace(/\n$/, ""), stderr: output.stderr.replace(/\n$/, "") });
    });
    // A command that ends before it has read its input is judged by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(invocation.stdin ?? "");
  });
}
