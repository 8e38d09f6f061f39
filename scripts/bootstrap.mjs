// Entry of `npm run up` and its like on a fresh clone: nothing that it imports has to be installed first.
// `node scripts/bootstrap.mjs install` only sees to the packages.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const OLDEST_NODE = 20;

/**
 * Whether node_modules holds the packages of package-lock.json: npm writes down what it has installed.
 *
 * @returns {boolean}
 */
function isInstalled() {
  const record = "node_modules/.package-lock.json";
  if (!existsSync(record)) return false;
  /** @param {string} file @returns {Record<string, { version?: string, optional?: boolean }>} */
  const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const installed = packages(record);
  return Object.entries(packages("package-lock.json")).every(
    // The project itself stands under the empty name; what is for another system is optional.
    ([path, { version, optional }]) =>
      path === "" || installed[path]?.version === version || (optional && !installed[path]),
  );
}

/** @returns {boolean} whether all packages are there */
function install() {
  const started = performance.now();
  // It takes half a minute without a word.
  process.stderr.write("...    npm packages: installing\n");
  const { status, error } = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const line = `npm packages (${((performance.now() - started) / 1000).toFixed(1)} s)\n`;
  if (status === 0) {
    process.stderr.write(`done   ${line}`);
    return true;
  }
  const reason = error ? error.message : `npm ci ended with exit code ${status}`;
  process.stderr.write(`failed ${line}error: ${reason}; see above, put it right and run the same command again\n`);
  return false;
}

const major = Number(process.versions.node.split(".")[0]);
if (major < OLDEST_NODE) {
  process.stderr.write(`error: this is Node.js ${process.versions.node}, Node.js ${OLDEST_NODE} or newer is needed\n`);
  process.exitCode = 1;
} else if (!isInstalled() && !install()) {
  process.exitCode = 1;
} else if (process.argv[2] !== "install") {
  process.argv.splice(2, 0, "main");
  await import("./run.mjs");
}
