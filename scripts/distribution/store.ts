import { mkdir, chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileHash } from "../lib/fileHash.ts";

/** An archive in the cache. */
export interface Archive {
  /** Absolute path; readable by everybody, since an unprivileged container sees it through a mount. */
  readonly file: string;
  /** SHA-512 in lower-case hexadecimal. */
  readonly sha512: string;
}

/**
 * Looks an archive up, hashing it whole.
 *
 * @returns "absent", "corrupt" when the file is not what was stored, or the archive
 */
export async function lookUp(file: string): Promise<Archive | "absent" | "corrupt"> {
  try {
    const recorded = (await readFile(sidecar(file), "utf8")).trim();
    return (await fileHash("sha512", file)) === recorded ? { file, sha512: recorded } : "corrupt";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "absent";
    throw error;
  }
}

/**
 * Makes an archive under a temporary name and puts it in its place when it is whole.
 *
 * @param make writes the archive to the path that it is given
 * @throws what `make` throws, with nothing left behind
 */
export async function store(file: string, make: (path: string) => Promise<void>): Promise<Archive> {
  await mkdir(dirname(file), { recursive: true });
  await chmod(dirname(file), 0o755);
  const temporary = `${file}.${process.pid}.part`;
  try {
    await make(temporary);
    await chmod(temporary, 0o644);
    const hash = await fileHash("sha512", temporary);
    await writeFile(`${temporary}.sha512`, `${hash}\n`, { mode: 0o644 });
    // The archive first: between the two steps its hash is missing or an older one's, and it counts as not there.
    await rename(temporary, file);
    await rename(`${temporary}.sha512`, sidecar(file));
    return { file, sha512: hash };
  } finally {
    await rm(temporary, { force: true });
    await rm(`${temporary}.sha512`, { force: true });
  }
}

function sidecar(file: string): string {
  return `${file}.sha512`;
}
