#!/usr/bin/env bash
# Pulumi CLI 3.259.0: an update with --target fails with "Duplicate resource URN ...; try giving it a unique name",
# though the program has each name once, when the chain of dependsOn was turned round since the last update.
#
# The state has r1 <- r2 <- r3 (r2 depends on r1, r3 on r2), the program now r3 <- r1 <- r2, the only target is r1. The
# program registers r3 first: no target, so the engine takes it as it is in the state, together with all that it
# depended on there and that is not registered yet, the target r1, too. When the program then registers r1, it counts as
# a second one. An update of all resources takes the same program, and so does the target once that is done. The makers
# know of it for a dependency that was removed (pulumi/pulumi issue 24303).
#
# Builds the CLI from Go modules: some 5 minutes with an empty build cache, half a minute with a full one. Runs programs
# of @pulumi/pulumi 3.248.0 with the engine's own resource Stash, so without plugins, with state in a local folder.
# Needs Go 1.25.11 or newer, Node.js 20 and npm. Seen: `expected` below. Fails when that changes.
set -euo pipefail

CLI=3.259.0 PULUMI=3.248.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --prefix "$work" "@pulumi/pulumi@$PULUMI"

mkdir "$work/cli" "$work/bin" "$work/state"
cat >"$work/cli/go.mod" <<MOD
module finding

go 1.25.11

require (
	github.com/pulumi/pulumi/pkg/v3 v$CLI
	github.com/pulumi/pulumi/sdk/v3 v$CLI
)

replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e
MOD
go build -C "$work/cli" -mod=mod -buildvcs=false -o "$work/bin/pulumi" \
  -ldflags="-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$CLI" \
  github.com/pulumi/pulumi/pkg/v3/cmd/pulumi >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }

cat >"$work/updates.mjs" <<'UPDATES'
import pulumi from "@pulumi/pulumi";
import automation from "@pulumi/pulumi/automation/index.js";

// Inline programs: the engine asks this process for its resources, no language plugin takes part.
const names = { projectName: "finding", stackName: "order" };
const stack = await automation.LocalWorkspace.createStack({ ...names, program: async () => {} });

async function update(input, order, target) {
  const program = async () => {
    let before = [];
    for (const name of order) before = [new pulumi.Stash(name, { input }, { dependsOn: before })];
  };
  const what = `${order.join(" <- ")}, ${target ? `target ${target}` : "all"}`;
  try {
    const { summary } = await stack.up({ program, ...(target && { target: [target] }) });
    console.log(`${what}: ${summary.result}`);
  } catch (error) {
    const [reason] = /Duplicate resource URN .*/.exec(error.message) ?? [error.message];
    console.log(`${what}: ${reason}`);
  }
}

const first = ["r1", "r2", "r3"];
const turned = ["r3", "r1", "r2"];
await update("a", first);
await update("b", first, "**r1");
await update("c", turned, "**r1");
await update("c", turned);
await update("d", turned, "**r1");
UPDATES
export PULUMI_HOME=$work/home PULUMI_BACKEND_URL=file://$work/state
export PULUMI_CONFIG_PASSPHRASE='' PULUMI_SKIP_UPDATE_CHECK=true
seen=$(TMPDIR=$work PATH=$work/bin:$PATH timeout 300 node "$work/updates.mjs")
echo "Pulumi CLI $("$work/bin/pulumi" version), @pulumi/pulumi $PULUMI"
echo "$seen"
expected="r1 <- r2 <- r3, all: succeeded
r1 <- r2 <- r3, target **r1: succeeded
r3 <- r1 <- r2, target **r1: Duplicate resource URN 'urn:pulumi:order::finding::pulumi:index:Stash::r1'; try giving it a unique name
r3 <- r1 <- r2, all: succeeded
r3 <- r1 <- r2, target **r1: succeeded"
[ "$seen" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "as described: the target fails right after the chain was turned round, an update of all resources does not"
