/** Commands of Pulumi that read the stack's configuration from a file that can be named. */
const TAKES_CONFIG_FILE = ["up", "update", "preview", "pre", "refresh", "destroy", "down", "import", "watch"];

/** The files of a stack's configuration. */
export interface ConfigFiles {
  /** The copy that runs of Pulumi get. */
  readonly copy: string;
  /** The user's own: what `pulumi config` reads and writes. */
  readonly own: string;
}

/**
 * What the project's own Pulumi gets for what the user has typed: the options are put in before the user's, of which
 * some may come after `--`.
 */
export function commandLine(args: readonly string[], files: ConfigFiles): string[] {
  const [command = "", ...rest] = args;
  const namesFile = args.some((arg) => /^--config-file(=|$)/.test(arg));
  if (command === "config" && !namesFile) return [command, "--config-file", files.own, ...rest];
  if (TAKES_CONFIG_FILE.includes(command) && !namesFile) return [command, "--config-file", files.copy, ...rest];
  // Pulumi would delete the user's Pulumi.STACK.yaml along with the stack.
  if (command === "stack" && ["rm", "remove", "delete"].includes(rest[0] ?? "")) {
    return [command, "rm", "--preserve-config", ...rest.slice(1)];
  }
  return [...args];
}
