#!/usr/bin/env bash
# ssh2 1.17.0 (npm): a command over an open connection takes 40 ms and more besides its work, on loopback as well, until the
# caller says client.setNoDelay(true); with ssh2's own server twice that, until the server's side says it, too.
#
# Neither side switches Nagle's algorithm off, as OpenSSH does. An exec is several small packets in a row (open, request,
# end of input; output, exit status, close): each side holds its last one back until the other has acknowledged the one
# before, which Linux puts off by 40 ms at least. Forwarded connections pay it for each small answer. The README names setNoDelay
# without the price.
#
# Runs ssh2's client against ssh2's server in one process. Needs Node.js 20 and npm; bound to loopback. Medians of 30
# commands; seen: 88, 44, 44 and 0.5 ms, and 264, 132, 132 and 0.6 ms. Fails when what is said at the end is no longer so.
set -euo pipefail

VERSION=1.17.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-optional --ignore-scripts --prefix "$work" "ssh2@$VERSION"

cat >"$work/commands.mjs" <<'PROGRAM'
import ssh2 from "ssh2";

const host = ssh2.utils.generateKeyPairSync("ed25519").private;

/** Median time of a command that does nothing, in milliseconds. */
async function median(noDelay) {
  const server = new ssh2.Server({ hostKeys: [host] }, (peer) => {
    if (noDelay.server) peer.setNoDelay(true);
    peer
      .on("error", () => undefined)
      .on("authentication", (attempt) => attempt.accept())
      .on("session", (accept) =>
        accept().on("exec", (acceptExec) => {
          const channel = acceptExec();
          channel.resume().on("end", () => {
            channel.exit(0);
            channel.end();
          });
        }),
      );
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const client = new ssh2.Client();
  const login = { host: "127.0.0.1", port: server.address().port, username: "any", password: "any" };
  await new Promise((ready) => client.on("ready", ready).connect(login));
  if (noDelay.client) client.setNoDelay(true);
  const times = [];
  for (let round = 0; round < 30; round += 1) {
    const started = performance.now();
    await new Promise((ended, failed) =>
      client.exec("true", (error, channel) => (error ? failed(error) : channel.on("close", ended).resume().end())),
    );
    times.push(performance.now() - started);
  }
  client.end();
  server.close();
  return times.sort((a, b) => a - b)[15];
}

const both = await median({ client: false, server: false });
const clientOnly = await median({ client: true, server: false });
const serverOnly = await median({ client: false, server: true });
const neither = await median({ client: true, server: true });
const show = (ms) => `${ms.toFixed(1)} ms`;
console.log(`Nagle's algorithm on both sides: ${show(both)}; off at the client: ${show(clientOnly)}`);
console.log(`off at the server: ${show(serverOnly)}; off at both: ${show(neither)}`);
process.exitCode = both > 60 && clientOnly > 30 && serverOnly > 30 && neither < 20 ? 0 : 1;
PROGRAM
echo "ssh2 $VERSION, Node.js $(node --version)"
timeout 60 node "$work/commands.mjs" || { echo "CHANGED"; exit 1; }
echo "as described: 40 ms and more for each side that leaves Nagle's algorithm on"
