// Bundles TypeScript once, into .kafka-cluster/dist, and again when a source is newer: what is started often, such as the
// program and a script for every resource, then costs what bare Node.js costs.

import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";

export const project = dirname(dirname(fileURLToPath(import.meta.url)));

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
 * Writes a file for whoever may be reading it, or writing the same one.
 *
 * @param {string} file
 * @param {Uint8Array} content
 * @param {Date} time when it counts as changed
 */
function replaceFile(file, content, time) {
  const partial = `${file}.${process.pid}`;
  try {
    writeFileSync(partial, content);
    utimesSync(partial, time, time);
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * Gives the path of a bundle, made anew when a source is newer. Safe when several do so at once.
 *
 * @param {string} entry the source to begin with, below the project's folder
 * @param {string} name of the bundle, with its ending
 * @param {readonly string[]} sources files and folders of which it may be made, below the project's folder
 * @param {import("esbuild").BuildOptions} options
 * @returns {Promise<string>}
 */
export async function bundled(entry, name, sources, options) {
  const folder = join(project, ".kafka-cluster", "dist");
  const bundle = join(folder, name);
  const newest = Math.max(...[...sources, "package-lock.json"].map((path) => lastChange(join(project, path))));
  if (newest <= lastChange(bundle)) return bundle;
  // The time of the start, so that a source saved during the build counts as newer.
  const started = new Date();
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [{ in: join(project, entry), out: name.slice(0, -parse(name).ext.length) }],
    outdir: folder,
    outExtension: { ".js": parse(name).ext },
    bundle: true,
    platform: "node",
    target: "node20",
    logLevel: "warning",
    ...options,
    write: false,
  });
  mkdirSync(folder, { recursive: true });
  // The entry last: by then all that it imports is there. What else there is has a hash of its content in its name.
  const isEntry = (/** @type {string} */ path) => path === bundle;
  for (const { path, contents } of [...outputFiles].sort((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)))) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, contents, started);
  }
  return bundle;
}
