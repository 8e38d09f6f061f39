import type { Ssh } from "../lib/ssh.ts";

/** Where a machine keeps the files that the last apply has replaced. Only root may look: some are secret. */
const FORMER = "/var/lib/kafka-cluster/former";

const KEEP = `set -e
rm -rf ${FORMER}
install -d -m 0700 ${FORMER} ${FORMER}/files
# With --parents cp wants paths that are relative to where it runs.
cd /
for path; do
  if [ -e "$path" ]; then cp -a --parents "\${path#/}" ${FORMER}/files; else echo "$path" >>${FORMER}/absent; fi
done`;

// File by file: a copy of the folders would take their attributes along.
const RESTORE = `set -e
cd ${FORMER}/files
wanted() { [ $# -eq 1 ] || printf '%s\\n' "\${@:2}" | grep -qxF -- "$1"; }
find . -type f -printf '%P\\0' | while IFS= read -r -d '' path; do
  wanted "/$path" "$@" || continue
  cp -a "$path" "/$path.former"
  mv -f "/$path.former" "/$path"
done
if [ -e ${FORMER}/absent ]; then
  while IFS= read -r path; do
    if wanted "$path" "$@"; then rm -f -- "$path"; fi
  done <${FORMER}/absent
fi`;

/** Keeps the files as they are on the machine, before they are replaced. */
export async function keepFiles(ssh: Ssh, paths: readonly string[]): Promise<void> {
  await ssh.sudo(["bash", "-c", KEEP, "keep", ...paths]);
}

/**
 * Puts the kept files back, and takes away those that there were not.
 *
 * @param only paths of the files that this is done to; empty for all
 */
export async function restoreFiles(ssh: Ssh, only: readonly string[] = []): Promise<void> {
  await ssh.sudo(["bash", "-c", RESTORE, "restore", ...only]);
}
