import { createHash } from "node:crypto";
import type { NodeFile, Service } from "../../model/render/nodeFile.ts";
import type { Ssh } from "../lib/ssh.ts";

// Written beside its place and renamed, so that a reader sees the old file or the new one and never a half.
const WRITE_FILE = `set -e
mkdir -p "$(dirname "$1")"
new=$(mktemp "$1.XXXXXX")
trap 'rm -f "$new"' EXIT
cat >"$new"
chown "$3" "$new"
chmod "$2" "$new"
mv -f "$new" "$1"`;

/** How a file on the machine differs from what is wanted. */
export interface FileDifference {
  readonly file: NodeFile;
  readonly difference: "missing" | "content" | "mode or owner";
}

/** The files whose content, mode or owner on the machine differs from what is wanted. */
export async function differingFiles(ssh: Ssh, files: readonly NodeFile[]): Promise<NodeFile[]> {
  return (await fileDifferences(ssh, files)).map(({ file }) => file);
}

/** The same with what differs: the content goes before the mode and the owner. */
export async function fileDifferences(ssh: Ssh, files: readonly NodeFile[]): Promise<FileDifference[]> {
  const paths = files.map((file) => file.path);
  // Both exit with 1 when a file is missing and still print the others.
  const [hashes, attributes] = await Promise.all([
    ssh.exec(["sudo", "-n", "sha256sum", "--", ...paths]),
    ssh.exec(["sudo", "-n", "stat", "--format=0%a %U:%G %n", "--", ...paths]),
  ]);
  const hashed = hashes.stdout.split("\n");
  const seen = new Set([...hashed, ...attributes.stdout.split("\n")]);
  const differenceOf = (file: NodeFile): FileDifference["difference"] | undefined => {
    if (!hashed.some((line) => line.endsWith(`  ${file.path}`))) return "missing";
    if (!seen.has(`${contentHash(file)}  ${file.path}`)) return "content";
    return seen.has(`${file.mode} ${ownerOf(file)} ${file.path}`) ? undefined : "mode or owner";
  };
  return files.flatMap((file) => {
    const difference = differenceOf(file);
    return difference === undefined ? [] : [{ file, difference }];
  });
}

/** Writes one file on the machine, its content over standard input. */
export async function writeFile(ssh: Ssh, file: NodeFile): Promise<void> {
  await ssh.sudo(["bash", "-c", WRITE_FILE, "write-file", file.path, file.mode, ownerOf(file)], file.content);
}

/** A hash of all that a service reads when it starts: the service has to be restarted when it changes. */
export function startHash(service: Service, files: readonly NodeFile[]): string {
  const read = files.filter((file) => file.restarts.includes(service));
  // A secret stands there by its hash: the status knows no more of it.
  return sha256(JSON.stringify(read.map((file) => [file.path, file.secret ? contentHash(file) : file.content])));
}

function ownerOf({ owner = "root:root" }: NodeFile): string {
  return owner;
}

function contentHash({ content, sha256: known }: NodeFile): string {
  return known ?? sha256(content);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
