import { readdir, readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";

/** File name of each jar to its SHA-256 in lower-case hexadecimal. */
export type JarLock = ReadonlyMap<string, string>;

/**
 * Reads a lock file: a line per jar as `sha256sum *.jar` writes it.
 *
 * @throws Error for a line of another form or a jar that stands twice: the file is the project's own
 */
export function parseJarLock(text: string): JarLock {
  const lock = new Map<string, string>();
  for (const line of text.trimEnd().split("\n")) {
    const [, hash, jar] = /^([0-9a-f]{64}) {2}([\w.-]+\.jar)$/.exec(line) ?? [];
    if (!hash || !jar) throw new Error(`not a line of sha256sum about a jar: ${JSON.stringify(line)}`);
    if (lock.has(jar)) throw new Error(`${jar} stands twice in the lock file`);
    lock.set(jar, hash);
  }
  return lock;
}

/** Compares a folder of jars with the lock: a sentence for each that is missing, altered or not in the lock. */
export async function checkJars(folder: string, lock: JarLock): Promise<string[]> {
  const present = new Set(await readdir(folder));
  const found: string[] = [];
  for (const [jar, expected] of lock) {
    if (!present.delete(jar)) {
      found.push(`${jar} is missing`);
      continue;
    }
    const actual = createHash("sha256")
      .update(await readFile(join(folder, jar)))
      .digest("hex");
    if (actual !== expected) found.push(`${jar} has SHA-256 ${actual}, expected ${expected}`);
  }
  return [...found, ...[...present].sort().map((file) => `${file} is not in the lock file`)];
}
