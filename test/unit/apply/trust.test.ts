import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:net";
import { after, before, test } from "node:test";
import { createServer } from "node:tls";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import type { ClientTls } from "../../../model/reach.ts";
import { assertTrusted } from "../../../scripts/apply/trust.ts";
import { plainSocket } from "../../../scripts/lib/sockets.ts";
import { secureSockets } from "../../../scripts/lib/tlsSockets.ts";
import { makeAuthority } from "../../certificates/authority.ts";
import { applySpec } from "../plan/recorded.ts";

/** The brokers: the member's own, one with a certificate of the new authority, one with the old one's, one that is down. */
const ADDRESSES = ["127.0.0.81", "127.0.0.82", "127.0.0.83", "127.0.0.84"];
const servers: Server[] = [];
let next: Required<ClientTls>;
let former: Required<ClientTls>;

async function broker(host: string, { key, certificate, authorities: ca }: Required<ClientTls>): Promise<void> {
  const server = createServer({ key, cert: certificate, ca, requestCert: true }, (socket) =>
    socket.on("error", () => undefined),
  ).listen(9093, host);
  servers.push(server);
  await once(server, "listening");
}

before(async () => {
  const [, second = "", third = ""] = ADDRESSES;
  [next, former] = await Promise.all([
    makeAuthority("next", "kafka-broker", second),
    makeAuthority("former", "kafka-broker", third),
  ]);
  await broker(second, next);
  await broker(third, former);
});
after(() => {
  for (const server of servers) server.close();
});

const spec = (security: ApplySpec["security"]): ApplySpec =>
  applySpec({}, { security, brokers: ADDRESSES.map((address, index) => ({ id: index + 1, address })) });

function trusting(...authorities: string[]): ReturnType<typeof secureSockets> {
  return secureSockets(plainSocket, { ...next, authorities: authorities.join("") });
}

test("a broker that would not trust another one any more is not restarted; one that is down says nothing", async () => {
  await assert.rejects(assertTrusted(spec("secured"), trusting(next.authorities), "kafka"), {
    name: "UserError",
    message: /^kafka-1: with the authorities .* would not trust broker 3 \(.*\)\. Let the update that brought/,
  });
  await assertTrusted(spec("switched"), trusting(next.authorities, former.authorities), "kafka");
});

test("as long as brokers talk without TLS nothing is asked", async () => {
  await assertTrusted(
    spec("opened"),
    () => {
      throw new Error("a connection was opened");
    },
    "kafka",
  );
});
