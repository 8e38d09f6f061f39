import { UserError } from "./report.ts";
import { waitFor } from "./wait.ts";

/** Where cloud-init writes how it went, when all its stages have ended. */
export const CLOUD_INIT_RESULT = "/run/cloud-init/result.json";

const OUTPUT_LOG = "/var/log/cloud-init-output.log";

/** cloud-init with the installation of Java from the distributor, in milliseconds. */
const CLOUD_INIT_TIMEOUT_MS = 600_000;

/**
 * The errors of cloud-init that last.
 * A failed install script is not among them: the apply runs it again, and then succeeds or says why not.
 *
 * @param result content of {@link CLOUD_INIT_RESULT}
 */
export function lastingErrors(result: string): string[] {
  const { errors } = (JSON.parse(result) as { v1: { errors: string[] } }).v1;
  return errors.filter((error) => !/scripts[_-]user/.test(error));
}

/** How to look at a machine, and what to say when its cloud-init failed. */
export interface CloudInitLook {
  /** The machine, for messages. */
  readonly machine: string;
  /** Reads a file of the machine as root; nothing while there is none. */
  readonly read: (file: string) => Promise<string | undefined>;
  /** Where the result is read. @default {@link CLOUD_INIT_RESULT} */
  readonly resultFile?: string;
  /** A sentence without its full stop. */
  readonly remedy: string;
}

/**
 * Waits until cloud-init has ended.
 *
 * @throws UserError when it failed in a way that lasts, with the end of its log
 */
export async function waitForCloudInit(look: CloudInitLook): Promise<void> {
  const { machine, read, remedy, resultFile = CLOUD_INIT_RESULT } = look;
  const result = await waitFor(
    `cloud-init on ${machine}`,
    async () => {
      const content = await read(resultFile);
      return content ? { value: content } : { seen: `it is still running (no ${resultFile})` };
    },
    CLOUD_INIT_TIMEOUT_MS,
    200,
  );
  const errors = lastingErrors(result);
  if (errors.length === 0) return;
  const end = ((await read(OUTPUT_LOG)) ?? "").trimEnd().split("\n").slice(-15).join("\n");
  throw new UserError(
    `cloud-init failed on ${machine}: ${errors.join("; ")}. ${remedy}\nThe last lines of ${OUTPUT_LOG}:\n${end}`,
  );
}
