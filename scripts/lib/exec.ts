import { spawn } from "node:child_process";

/** What a finished program left: its exit code (128 when killed) and output as UTF-8 text. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link exec}. */
export interface ExecOptions {
  /** Text for standard input; empty when absent. */
  readonly input?: string;
  /** Variables added to this process's environment. */
  readonly env?: Record<string, string>;
  /** Working directory. @default the current one */
  readonly cwd?: string;
  /** Called with each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs a program without a shell and waits for its end.
 *
 * @throws when the program can't be started; a non-zero exit code is not an error here
 */
export function exec(file: string, args: readonly string[], options: ExecOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onOutput?.(text);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code: code ?? (signal ? 128 : 1), stdout, stderr });
    });
    // A program that ends before it has read its input is judged by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/**
 * Like {@link exec}, but gives standard output and throws on a non-zero exit code.
 *
 * @throws Error with the command, its exit code and the end of its output
 */
export async function run(file: string, args: readonly string[], options: ExecOptions = {}): Promise<string> {
  const finished = await exec(file, args, options);
  if (finished.code !== 0) {
    const shown = (finished.stderr.trim() || finished.stdout.trim()).split("\n").slice(-15).join("\n");
    throw new Error(`${file} ${args.join(" ")} ended with exit code ${finished.code}: ${shown}`);
  }
  return finished.stdout;
}
