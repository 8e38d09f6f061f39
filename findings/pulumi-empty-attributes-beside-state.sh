#!/usr/bin/env bash
# Pulumi CLI 3.259.0, state in a local folder: a stack whose state is whole can't be loaded, "error: failed to load
# checkpoint: EOF", when the file of attributes beside it (STACK.json.attrs) is empty. The message names neither file.
#
# gocloud.dev writes the state by a temporary file and a rename, but makes the file of attributes in its place and then
# fills it: who is killed in between (kill -9, power) leaves an empty one. Nothing that Pulumi needs stands in it: without
# the file all is well, and with `?metadata=skip` in the backend's URL it isn't written; one that is there is still read.
#
# Builds the CLI from Go modules: some 5 minutes with an empty build cache, half a minute with a full one. No program is
# run. Needs Go 1.25.11 or newer. Seen: `expected` below. Fails when that changes.
set -euo pipefail

CLI=3.259.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/cli" "$work/bin" "$work/state" "$work/skip" "$work/project"
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

printf 'name: finding\nruntime: nodejs\n' >"$work/project/Pulumi.yaml"
export PULUMI_HOME=$work/home PULUMI_CONFIG_PASSPHRASE='' PULUMI_SKIP_UPDATE_CHECK=true TMPDIR=$work

cli() { (cd "$work/project" && timeout 60 "$work/bin/pulumi" "$@" --non-interactive 2>&1); }
loads() {
  local said
  if said=$(cli stack export --stack attributes); then echo "$1: loaded"; else echo "$1: ${said##*error: }"; fi
}

seen=$(
  for url in "file://$work/state" "file://$work/skip?metadata=skip"; do
    export PULUMI_BACKEND_URL=$url
    folder=${url#file://} && state=${folder%\?*}/.pulumi/stacks/finding/attributes.json
    cli stack init attributes >"$work/log" || { cat "$work/log" >&2; exit 1; }
    rm -f "$work/project/Pulumi.attributes.yaml"
    if [ -e "$state.attrs" ]; then echo "attributes written"; else echo "attributes not written"; fi
    loads "as it is"
    : >"$state.attrs"
    loads "with an empty file of attributes"
    rm "$state.attrs"
    loads "without the file"
  done
)
echo "Pulumi CLI $("$work/bin/pulumi" version)"
echo "$seen"
expected="attributes written
as it is: loaded
with an empty file of attributes: failed to load checkpoint: EOF
without the file: loaded
attributes not written
as it is: loaded
with an empty file of attributes: failed to load checkpoint: EOF
without the file: loaded"
[ "$seen" = "$expected" ] || { echo "CHANGED"; exit 1; }
echo "as described: an empty file of attributes makes a whole state unreadable"
