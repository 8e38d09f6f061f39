import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { FIRST_SECURITY } from "../../../model/livingCluster.ts";
import type { Reach } from "../../../model/reach.ts";
import type { Phase } from "../../../model/security/phase.ts";
import { assertForwarded } from "../../../program/bastionPorts.ts";
import type { Deployment } from "../../../program/lastDeployment.ts";
import { DEPLOYER, SshServer } from "../reach/sshServer.ts";

let bastion: SshServer;
let sshPort: number;

before(async () => {
  bastion = new SshServer("127.0.0.41");
  sshPort = await bastion.listen();
});
afterEach(() => {
  Object.assign(bastion, { forwards: true, accepts: true });
  bastion.forwarded.splice(0);
});
after(() => {
  bastion.die();
});

function last(phase: Phase, reach: Reach = bastion.reach()): Deployment {
  return {
    members: [],
    kafkaVersion: "3.9.2",
    interBrokerProtocolVersion: "3.9",
    subnet: "127.0.0.0/24",
    infrastructure: { fixed: {}, growing: {}, pinned: {} },
    security: { ...FIRST_SECURITY, phase },
    reach,
    privateKey: DEPLOYER.privateKey,
  };
}

test("a bastion that forwards is asked for both ports that come with TLS, at itself", async () => {
  await assertForwarded(last("plaintext"), "opened", sshPort);
  assert.deepEqual(bastion.forwarded.sort(), ["127.0.0.1:9093", "127.0.0.1:9094"]);
});

test("one that does not ends the change before anything is made, with the remedy", async () => {
  bastion.forwards = false;
  for (const [from, to] of [
    ["plaintext", "opened"],
    ["opened", "switched"],
  ] as const) {
    const error = await assertForwarded(last(from), to, sshPort).catch((reason: unknown) => reason);
    assert.ok(error instanceof pulumi.RunError, String(error));
    assert.equal(
      error.message,
      `1 setting can't be used:\n  security = "${to}": ${from}, until this is mended: the bastion 127.0.0.41 does not ` +
        "forward to port 9093. It was made by an older version of the program: with all settings as they are deployed, " +
        "let the program make it anew: npm run up -- --replace '**-bastion-machine'",
    );
  }
});

test("without a change to TLS, or without a bastion, nothing is asked", async () => {
  bastion.forwards = false;
  const before = bastion.connections.length;
  await assertForwarded(undefined, "secured", sshPort);
  await assertForwarded(last("plaintext"), "plaintext", sshPort);
  await assertForwarded(last("secured"), "secured", sshPort);
  await assertForwarded(last("opened"), "plaintext", sshPort);
  await assertForwarded(last("plaintext", { via: "direct" }), "opened", sshPort);
  assert.equal(bastion.connections.length, before);
});

test("a bastion that lets nobody in tells nothing of its ports", async () => {
  bastion.accepts = false;
  await assertForwarded(last("plaintext"), "opened", sshPort);
  bastion.forwards = false;
  await assertForwarded(last("plaintext"), "opened", sshPort);
});
