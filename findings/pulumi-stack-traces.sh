#!/usr/bin/env bash
# @pulumi/pulumi 3.248.0 (Node.js 20): each resource costs 14 stack traces, all mapped to sources though none is shown.
#
# Pulumi's runtime takes `new Error().stack` with each promise that it watches (runtime/debuggable.js) and each resource
# (resource.js, callsites). Its runner of programs (cmd/run) registers source-map-support 0.5.21, which maps each frame,
# and for that reads and parses the source maps of Pulumi's own compiled files, anew in each run. Without its hook,
# Error.prepareStackTrace, V8 writes the same traces unmapped for next to nothing.
#
# Makes 100 resources against Pulumi's mocks, without an engine, with the hook and with the hook deleted; counts calls
# of the hook and source maps read. Needs Node.js 20 and npm. Seen: 1401 traces and 5 source maps with the hook, 0 and 0
# without it; CPU time some 320 ms and 90 ms. Fails with fewer than 1000 traces or no source map with the hook, or any
# without; the times are for information.
set -euo pipefail

PULUMI=3.248.0 SOURCE_MAP_SUPPORT=0.5.21
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --prefix "$work" "@pulumi/pulumi@$PULUMI" "source-map-support@$SOURCE_MAP_SUPPORT"

cat >"$work/resources.cjs" <<'RESOURCES'
const fs = require("node:fs");
require("source-map-support/register");

let traces = 0;
let maps = 0;
const { readFileSync } = fs;
fs.readFileSync = (file, ...rest) => {
  if (String(file).endsWith(".map")) maps += 1;
  return readFileSync(file, ...rest);
};
const hook = Error.prepareStackTrace;
if (process.argv[2] === "deleted") {
  delete Error.prepareStackTrace;
} else {
  Error.prepareStackTrace = (...args) => {
    traces += 1;
    return hook(...args);
  };
}

const pulumi = require("@pulumi/pulumi");
class Thing extends pulumi.CustomResource {
  constructor(name) {
    super("finding:index:Thing", name, { name });
  }
}

async function main() {
  const mocks = { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs };
  await pulumi.runtime.setMocks(mocks);
  const before = process.cpuUsage();
  const things = Array.from({ length: 100 }, (_, index) => new Thing(`thing${index}`));
  const urns = await Promise.all(things.map(({ urn }) => new Promise((resolve) => urn.apply(resolve))));
  await pulumi.runtime.disconnect();
  const { user, system } = process.cpuUsage(before);
  const cpu = Math.round((user + system) / 1000);
  console.log(`${new Set(urns).size} resources, ${traces} traces, ${maps} source maps, CPU ${cpu} ms`);
}
void main();
RESOURCES

with=$(node "$work/resources.cjs" kept)
without=$(node "$work/resources.cjs" deleted)
echo "@pulumi/pulumi $PULUMI, source-map-support $SOURCE_MAP_SUPPORT, Node.js $(node --version)"
echo "with the hook: $with"
echo "hook deleted:  $without"

pattern='^100 resources, ([0-9]+) traces, ([0-9]+) source maps,'
[[ $with =~ $pattern ]] || { echo "CHANGED: not all resources were made"; exit 1; }
((BASH_REMATCH[1] >= 1000)) || { echo "CHANGED: fewer than 10 traces a resource"; exit 1; }
((BASH_REMATCH[2] > 0)) || { echo "CHANGED: no source map is read"; exit 1; }
[[ $without == "100 resources, 0 traces, 0 source maps,"* ]] ||
  { echo "CHANGED: something maps without the hook"; exit 1; }
echo "as described: over 10 traces a resource are mapped, by source maps read in the run; without the hook none is"
