/** Where cloud-init writes how it went, when all its stages have ended. */
export const CLOUD_INIT_RESULT = "/run/cloud-init/result.json";

/** cloud-init with the installation of Java from the distributor, in milliseconds. */
export const CLOUD_INIT_TIMEOUT_MS = 600_000;

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
