import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { CLASS_DATA_UNIT } from "../../model/render/classData.ts";
import { CLASS_DATA_SCRIPT, INSTALL_SETTINGS } from "../../model/render/machinePaths.ts";
import { progress } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";

/**
 * Has a healthy member make the archives of its services' classes, so that the next restart has them. It is not waited for:
 * the member does it when it has nothing else to do, and only where there are none that fit. Why there are none says the unit's
 * journal.
 *
 * @param written paths of the files that the apply has written
 */
export async function startClassData(
  { name, files }: Pick<ApplySpec, "name" | "files">,
  ssh: Pick<Ssh, "exec">,
  written: readonly string[],
): Promise<void> {
  if (!files.some(({ path }) => path === CLASS_DATA_SCRIPT)) return;
  // What is made just now is of the former program or distribution.
  const verb = [CLASS_DATA_SCRIPT, INSTALL_SETTINGS].some((path) => written.includes(path)) ? "restart" : "start";
  try {
    const { code, stderr } = await ssh.exec(["sudo", "-n", "systemctl", "--no-block", verb, CLASS_DATA_UNIT]);
    if (code !== 0) throw new Error(stderr.trim());
  } catch (error) {
    progress(`${name}: its class data are not made, and its services start without: ${(error as Error).message}`);
  }
}
