import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { run } from "../lib/exec.ts";
import { projectDirectory } from "../lib/projectPaths.ts";
import { UserError } from "../lib/report.ts";
import { pulumiExecutable, pulumiHome } from "../setup/pulumi.ts";

/**
 * The stack that the commands work on. `$KAFKA_CLUSTER_STACK`, else `dev`.
 *
 * @throws UserError when it is no name of a stack
 */
export function stackName(): string {
  const name = process.env.KAFKA_CLUSTER_STACK ?? "dev";
  if (/^[A-Za-z0-9_.-]{1,100}$/.test(name)) return name;
  throw new UserError(
    `KAFKA_CLUSTER_STACK = ${JSON.stringify(name)}: the name of a stack has 1 to 100 letters, digits, '.', '_' or '-'`,
  );
}

/** Environment of the project's own Pulumi: home, state and passphrase in the project's folder, the user's untouched. */
export function pulumiEnvironment(): Record<string, string> {
  return {
    PULUMI_HOME: pulumiHome(),
    // Without the files of attributes beside the state's: a Pulumi that is killed between making and filling one leaves a
    // state that the next one can't load ("EOF", Pulumi 3.259.0).
    PULUMI_BACKEND_URL: `file://${projectDirectory("state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: projectDirectory("passphrase"),
    PULUMI_STACK: stackName(),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Plugins that happen to be on the user's PATH are not the ones that the set-up chose.
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    // The set-up installs what the stack's platform needs. The CLI would fetch a plugin for every SDK in package.json.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

/**
 * Runs the Pulumi CLI without a terminal and gives what it prints.
 *
 * @throws Error with the end of its output when it fails
 */
export function pulumi(args: readonly string[], input?: string): Promise<string> {
  const env = pulumiEnvironment();
  return run(pulumiExecutable(), [...args, "--non-interactive"], input === undefined ? { env } : { env, input });
}

/**
 * Whether a key such as Ctrl-C reaches the programs that this one starts, too: the terminal sends its signal to the
 * process group in the foreground. The fields of /proc/self/stat are described in proc(5).
 */
function terminalReachesChildren(): boolean {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const [group, foreground] = [fields[2], fields[5]];
  return group !== undefined && group === foreground;
}

/** Options of {@link pulumiAttached}. */
export interface AttachedOptions {
  /** Variables added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Takes what it prints. @default this process's terminal */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs the Pulumi CLI with this process's terminal and its live display.
 * An interruption is passed on once, and Pulumi ends in good order: it cancels what runs and writes its state.
 *
 * @returns its exit code
 */
export function pulumiAttached(args: readonly string[], { env, onOutput }: AttachedOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(pulumiExecutable(), args, {
      stdio: onOutput ? ["inherit", "pipe", "pipe"] : "inherit",
      env: { ...process.env, ...pulumiEnvironment(), ...env },
    });
    if (onOutput) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", onOutput);
    let interrupted = false;
    const interrupt = (name: NodeJS.Signals): void => {
      // Pulumi takes a second interruption as the order to stop at once, whatever becomes of the state.
      if (interrupted || (name === "SIGINT" && terminalReachesChildren())) return;
      interrupted = true;
      child.kill("SIGINT");
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const name of signals) process.on(name, interrupt);
    const settle = (): void => {
      for (const name of signals) process.off(name, interrupt);
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code, name) => {
      settle();
      resolve(code ?? 128 + (name ? constants.signals[name] : 0));
    });
  });
}
