import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createPlainServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { createServer, type TlsOptions } from "node:tls";
import type { ClientTls } from "../../../model/reach.ts";
import { accepts, type ClientSocket, plainSocket } from "../../../scripts/lib/sockets.ts";
import { secureSockets } from "../../../scripts/lib/tlsSockets.ts";
import { makeAuthority, newAuthority } from "../../certificates/authority.ts";

const HOST = "127.0.0.93";
const BROKER = { host: HOST, port: 9093 };
const CLIENT = { host: HOST, port: 9094 };
const servers: Server[] = [];
let tls: Required<ClientTls>;
let foreign: Required<ClientTls>;

/** Sends back what comes. */
async function echo(port: number, options: TlsOptions, host = HOST): Promise<void> {
  const server = createServer({ key: tls.key, cert: tls.certificate, ca: tls.authorities, ...options }, (socket) => {
    socket.on("error", () => undefined).pipe(socket);
  });
  servers.push(server.listen(port, host));
  await once(server, "listening");
}

before(async () => {
  [tls, foreign] = await Promise.all([
    makeAuthority("ours", "kafka-broker", HOST),
    makeAuthority("somebody else's", "kafka-broker", HOST),
  ]);
  await echo(BROKER.port, { requestCert: true, rejectUnauthorized: true });
  await echo(CLIENT.port, {});
});
after(() => {
  for (const server of servers) server.close();
});

/** What becomes of a connection: what came back, or the error. */
async function outcome(socket: ClientSocket, sent = "hello"): Promise<string> {
  try {
    socket.end(sent);
    return await text(socket);
  } catch (error) {
    return (error as Error).message;
  }
}

test("with a certificate of the authority both sides understand each other, whatever the size", async () => {
  const open = secureSockets(plainSocket, tls);
  assert.equal(await outcome(open(BROKER)), "hello");
  const large = "0123456789".repeat(100_000);
  assert.equal(await outcome(open(BROKER), large), large);
  assert.equal(await accepts(open, BROKER, 2_000), true);
});

test("a client that trusts and shows nothing is let in where nobody asks for a certificate", async () => {
  assert.equal(await outcome(secureSockets(plainSocket, { authorities: tls.authorities })(CLIENT)), "hello");
});

test("the other side has to be of the authority, and the one that was asked for", async () => {
  const wrongAuthority = secureSockets(plainSocket, { authorities: foreign.authorities });
  assert.match(await outcome(wrongAuthority(CLIENT)), /unable to get local issuer certificate|self.signed/);
  const elsewhere = secureSockets((to) => plainSocket({ ...to, host: HOST }), tls);
  assert.match(await outcome(elsewhere({ ...CLIENT, host: "127.0.0.94" })), /127\.0\.0\.94 is not in the cert's list/);
});

test("an authority that another one has signed can be trusted by itself", async () => {
  const above = await newAuthority("above");
  const ours = await above.subordinate("below");
  const identity = await ours.issue("kafka-broker", "127.0.0.96");
  const there = { host: "127.0.0.96", port: 9094 };
  await echo(there.port, { key: identity.key, cert: identity.certificate, ca: ours.authorities }, there.host);
  const open = (authorities: string): Promise<string> => outcome(secureSockets(plainSocket, { authorities })(there));
  assert.equal(await open(ours.authorities), "hello");
  const sibling = await above.subordinate("sibling");
  assert.match(await open(sibling.authorities), /unable to get local issuer certificate|self.signed/);
});

test("a client without a certificate, or with somebody else's, is refused where one is asked for", async () => {
  for (const client of [{ authorities: tls.authorities }, { ...foreign, authorities: tls.authorities }]) {
    const told = await outcome(secureSockets(plainSocket, client)(BROKER));
    // With TLS 1.3 the refusal comes after the client's side of the handshake; Node.js just closes then.
    assert.match(told, /^$|certificate|alert|ECONNRESET|ended/i);
  }
});

test("what ends within the handshake is an error, and what is not there is one", async () => {
  const rude = createPlainServer((socket) => socket.destroy()).listen(2182, HOST);
  servers.push(rude);
  await once(rude, "listening");
  const open = secureSockets(plainSocket, tls);
  assert.match(await outcome(open({ host: HOST, port: 2182 })), /ended|disconnected|ECONNRESET|EPIPE/);
  assert.match(await outcome(open({ host: "127.0.0.95", port: 9093 })), /ECONNREFUSED/);
  assert.equal(await accepts(open, { host: HOST, port: 2182 }, 2_000), false);
});

test("ports without TLS, and clients without it, are left alone", () => {
  const opened: number[] = [];
  const open: typeof plainSocket = (to) => {
    opened.push(to.port);
    return plainSocket({ ...to, port: CLIENT.port });
  };
  const plain = secureSockets(open, tls)({ host: HOST, port: 9092 });
  assert.equal("encrypted" in plain, false);
  plain.destroy();
  assert.equal(secureSockets(open, undefined), open);
  assert.deepEqual(opened, [9092]);
});
