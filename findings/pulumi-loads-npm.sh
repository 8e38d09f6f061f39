#!/usr/bin/env bash
# @pulumi/pulumi 3.248.0 (Node.js 20): require("@pulumi/pulumi") loads npm's dependency resolver and TypeScript.
#
# Its runtime takes three functions from runtime/closure, which turn a JavaScript function into a program of its own
# (for dynamic providers and functions as a service). With them come @npmcli/arborist (pacote, sigstore ...) and the
# compiler, at each start of each program, used or not: more than half of all modules and of the CPU time.
#
# Requires the package in new processes, once plainly and once with stand-ins for these two modules in require.cache.
# Needs Node.js 20 and npm. Seen with arborist 9.9.3: plainly 769 modules, of them 48 of arborist itself and
# Pulumi's own copy of TypeScript 3.8.3; with the stand-ins 288 and none of either; CPU time of the require 0.6 s and
# 0.2 s. Fails when either stops being loaded, or the stand-ins leave half of the modules. Times are for information.
set -euo pipefail

PULUMI=3.248.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --prefix "$work" "@pulumi/pulumi@$PULUMI"

cat >"$work/start.cjs" <<'START'
// Loads Pulumi and prints every module's file. `stand-ins`: the two modules count as loaded.
const functions = {
  serializeClosure: ["serializeFunction", "serializeFunctionAsync"],
  codePaths: ["computeCodePaths"],
};
if (process.argv[2] === "stand-ins") {
  for (const [name, names] of Object.entries(functions)) {
    const id = require.resolve(`@pulumi/pulumi/runtime/closure/${name}.js`);
    const exports = Object.fromEntries(names.map((name) => [name, () => undefined]));
    require.cache[id] = { id, filename: id, loaded: true, children: [], paths: [], exports };
  }
}
const before = process.cpuUsage();
require("@pulumi/pulumi");
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ ms: (user + system) / 1000, files: Object.keys(require.cache) }));
START

cat >"$work/compare.cjs" <<'COMPARE'
const { execFileSync } = require("node:child_process");
const { join } = require("node:path");

const script = join(__dirname, "start.cjs");
const start = (how) => JSON.parse(execFileSync(process.execPath, [script, how], { maxBuffer: 1e8 }));
const runs = { plain: [], "stand-ins": [] };
for (let round = 0; round < 5; round += 1) for (const how of Object.keys(runs)) runs[how].push(start(how));

const seen = {};
for (const [how, starts] of Object.entries(runs)) {
  const { files } = starts[0];
  seen[how] = {
    modules: files.length,
    arborist: files.filter((file) => file.includes("/@npmcli/arborist/")).length,
    typescript: files.filter((file) => /\/typescript(@[^/]*)?\//.test(file)).length,
  };
  const { modules, arborist, typescript } = seen[how];
  const ms = starts.map((one) => one.ms).sort((a, b) => a - b)[2];
  const counts = `${modules} modules, of @npmcli/arborist ${arborist}, of TypeScript ${typescript}`;
  console.log(`${how}: ${counts}, CPU ${ms.toFixed(0)} ms`);
}
const kept = new Set(runs["stand-ins"][0].files);
console.log(`only for functions as programs: ${runs.plain[0].files.filter((file) => !kept.has(file)).length} modules`);

const { plain, "stand-ins": without } = seen;
const loads = plain.arborist > 0 && plain.typescript > 0;
const spared = without.arborist === 0 && without.typescript === 0 && without.modules * 2 < plain.modules;
process.exitCode = loads && spared ? 0 : 1;
COMPARE

echo "@pulumi/pulumi $PULUMI, Node.js $(node --version)"
node "$work/compare.cjs" || { echo "CHANGED"; exit 1; }
echo "as described: plainly both are loaded, with the stand-ins neither is, nor half of the modules"
