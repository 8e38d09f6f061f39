// Launcher of the scripts: `node scripts/run.mjs NAME [arguments…]` runs scripts/NAME.ts.
//
// Pulumi starts a script for every resource, so a start has to cost what bare Node.js costs. The script is therefore
// bundled once, with all that it imports, into .kafka-cluster/dist/NAME.cjs, and bundled again when a source is newer.

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * When a file, or the last of the files below a folder, was changed: milliseconds since the epoch, 0 for a missing one.
 *
 * @param {string} path
 * @returns {number}
 */
function lastChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return stats?.mtimeMs ?? 0;
  // A folder's own time counts too: it changes when a file is removed or put in with an old time.
  return readdirSync(path).reduce((last, name) => Math.max(last, lastChange(join(path, name))), stats.mtimeMs);
}

/**
 * Bundles a script. Safe when several do so at once: each writes a file of its own and renames it.
 *
 * @param {string} source
 * @param {string} bundle
 */
async function build(source, bundle) {
  const started = new Date();
  const partial = `${bundle}.${process.pid}`;
  const esbuild = await import("esbuild");
  mkdirSync(dirname(bundle), { recursive: true });
  try {
    await esbuild.build({
      entryPoints: [source],
      outfile: partial,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      // Compiled parts that ssh2 does without when they can't be loaded.
      external: ["*.node", "cpu-features"],
      logLevel: "warning",
    });
    // The time of the start, so that a source saved during the build counts as newer.
    utimesSync(partial, started, started);
    renameSync(partial, bundle);
  } finally {
    rmSync(partial, { force: true });
  }
}

const [name = "", ...args] = process.argv.slice(2);
const source = join(project, "scripts", `${name}.ts`);
if (/^[\w-]+(\/[\w-]+)*$/.test(name) && existsSync(source)) {
  const bundle = join(project, ".kafka-cluster", "dist", `${name}.cjs`);
  const sources = ["scripts", "components", "package-lock.json"];
  if (Math.max(...sources.map((path) => lastChange(join(project, path)))) > lastChange(bundle)) {
    await build(source, bundle);
  }
  process.argv = [process.argv[0] ?? "node", bundle, ...args];
  // Newer versions of Node.js can keep compiled code from one start to the next.
  /** @type {{ enableCompileCache?: () => unknown }} */ (module).enableCompileCache?.();
  createRequire(bundle)(bundle);
} else {
  process.stderr.write(`error: there is no script "${name}": expected a file scripts/NAME.ts, given as NAME\n`);
  process.exitCode = 1;
}
