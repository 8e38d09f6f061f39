/** The plugin stand-ins and the recovery after a killed run, on the real engine with a program of a few resources. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { UserError } from "../../scripts/lib/report.ts";
import { exec } from "../../scripts/lib/exec.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import { pulumiExecutable, pulumiSteps } from "../../scripts/setup/pulumi.ts";
import { runSteps } from "../../scripts/setup/runSteps.ts";
import { pulumi, pulumiEnvironment } from "../../scripts/stack/engine.ts";
import { prepareStack, readCheckpoint, stateFile } from "../../scripts/stack/prepare.ts";
import { recover } from "../../scripts/stack/recovery.ts";
import { TYPESCRIPT_ENTRY } from "./support/typescriptEntry.ts";

const PROGRAM = `
import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

const settings = JSON.parse(readFileSync("settings.json", "utf8"));
const password = new random.RandomPassword("password", { length: 24, special: false });
const first = new command.local.Command("first", {
  create: "echo create first $V >> trace; cat | wc -c",
  update: "echo update first $V >> trace; echo $PULUMI_COMMAND_STDOUT",
  delete: "echo delete first $V >> trace",
  environment: { V: settings.value },
  stdin: password.result,
  triggers: [settings.trigger],
}, { deleteBeforeReplace: true });
if (settings.slow) {
  new command.local.Command("slow", {
    create: "echo create slow >> trace; trap 'echo cancelled >> trace; exit 1' TERM; sleep $S & wait; echo created slow >> trace",
    delete: "echo delete slow >> trace",
    environment: { S: settings.slow },
  }, { dependsOn: first, deleteBeforeReplace: true });
}
if (settings.fails) {
  new command.local.Command("failing", { create: "echo seen; echo no space left >&2; exit 7" }, { dependsOn: first });
}
let authority, member;
if (settings.earlyRenewalHours !== undefined) {
  const authorityKey = new tls.PrivateKey("authority-key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  authority = new tls.SelfSignedCert("authority", {
    privateKeyPem: authorityKey.privateKeyPem,
    subject: { commonName: "authority" },
    isCaCertificate: true,
    allowedUses: ["cert_signing"],
    validityPeriodHours: 240,
  });
  const memberKey = new tls.PrivateKey("member-key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const request = new tls.CertRequest("member-request", {
    privateKeyPem: memberKey.privateKeyPemPkcs8,
    subject: { commonName: "member" },
    ipAddresses: ["10.0.0.1"],
  });
  member = new tls.LocallySignedCert("member", {
    certRequestPem: request.certRequestPem,
    caPrivateKeyPem: authorityKey.privateKeyPem,
    caCertPem: authority.certPem,
    allowedUses: ["digital_signature", "server_auth"],
    validityPeriodHours: 24,
    earlyRenewalHours: settings.earlyRenewalHours,
  });
  new command.local.Command("deliver", {
    create: "echo create deliver >> trace",
    update: "echo update deliver >> trace",
    environment: { CERTIFICATE: member.certPem },
  });
}
export const length = first.stdout;
export const secretValue = password.result;
export const authorityPem = authority?.certPem;
export const memberPem = member?.certPem;
`;

let folder: string;
const settings = (values: Record<string, unknown>): Promise<void> =>
  writeFile(join(folder, "program", "settings.json"), JSON.stringify({ value: "one", trigger: "a", ...values }));
/** Runs the CLI on the program. */
const cli = (...args: string[]): Promise<string> => pulumi([...args, "--cwd", join(folder, "program")]);
const up = (): Promise<string> => cli("up", "--yes", "--skip-preview");
const traceFile = (): string => join(folder, "program", "trace");
const trace = async (): Promise<string[]> =>
  (await readFile(traceFile(), "utf8").catch(() => "")).split("\n").filter((line) => line !== "");

/** Starts an update and waits until the slow Command runs in it. */
async function startSlowUp(): Promise<ReturnType<typeof spawn>> {
  const child = spawn(pulumiExecutable(), ["up", "--yes", "--skip-preview", "--cwd", join(folder, "program")], {
    env: { ...process.env, ...pulumiEnvironment() },
    stdio: "ignore",
  });
  await waitFor("the slow Command to start", seen("create slow"), 30_000);
  return child;
}

const seen = (line: string) => async () => {
  const lines = await trace();
  return lines.includes(line) ? { value: true } : { seen: lines.join(", ") };
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "plugins-"));
  process.env.KAFKA_CLUSTER_HOME = join(folder, "home");
  process.env.KAFKA_CLUSTER_STACK = "plugins";
  process.env.KAFKA_CLUSTER_CONFIG = join(folder, "config.yaml");
  await writeFile(process.env.KAFKA_CLUSTER_CONFIG, "config: {}\n");
  const program = join(folder, "program");
  await mkdir(program);
  await symlink(resolve("node_modules"), join(program, "node_modules"));
  await writeFile(join(program, "index.ts"), PROGRAM);
  await writeFile(join(program, "index.mjs"), TYPESCRIPT_ENTRY);
  await writeFile(join(program, "package.json"), JSON.stringify({ type: "module", main: "index.mjs" }));
  // The project's own name: the recovery looks for the state of this project.
  const yaml = "name: kafka-cluster\nmain: index.mjs\nruntime: { name: nodejs, options: { typescript: false } }\n";
  await writeFile(join(program, "Pulumi.yaml"), yaml);
  await runSteps(pulumiSteps());
  await prepareStack();
});
beforeEach(() => rm(traceFile(), { force: true }));
after(() => rm(folder, { recursive: true, force: true }));

test("create: a secret reaches the Command and stands encrypted in the state", async () => {
  await settings({});
  await up();
  assert.deepEqual(await trace(), ["create first one"]);
  const outputs = JSON.parse(await cli("stack", "output", "--json", "--show-secrets")) as Record<string, string>;
  assert.equal(outputs.length?.trim(), "24");
  const state = await cli("stack", "export");
  assert.ok(!state.includes(outputs.secretValue ?? ""), "the password stands in the state as plain text");
  assert.match(state, /ciphertext/);
});

test("the same program again changes nothing", async () => {
  await cli("up", "--yes", "--skip-preview", "--expect-no-changes");
  await cli("preview", "--expect-no-changes");
  assert.deepEqual(await trace(), []);
});

/** The certificates of the last update: the authority's, and the one that it signed. */
async function certificates(): Promise<Record<"authority" | "member", X509Certificate>> {
  const outputs = JSON.parse(await cli("stack", "output", "--json")) as { authorityPem: string; memberPem: string };
  return { authority: new X509Certificate(outputs.authorityPem), member: new X509Certificate(outputs.memberPem) };
}

test("an authority signs a certificate, no key stands in the state, and nothing changes until it is due", async () => {
  await settings({ earlyRenewalHours: 0 });
  await up();
  assert.deepEqual(await trace(), ["create deliver"]);
  const first = await certificates();
  assert.ok(first.member.verify(first.authority.publicKey));
  assert.equal(first.member.checkIP("10.0.0.1"), "10.0.0.1");
  assert.doesNotMatch(await cli("stack", "export"), /PRIVATE KEY/);
  await cli("preview", "--expect-no-changes");

  // Another time of renewal, not yet due: in place, with the same certificate.
  await settings({ earlyRenewalHours: 1 });
  await up();
  await cli("preview", "--expect-no-changes");
  assert.equal((await certificates()).member.serialNumber, first.member.serialNumber);
  assert.deepEqual(await trace(), ["create deliver"]);
});

test("a certificate that is due is replaced and delivered, its key and its authority stay", async () => {
  const before = await certificates();
  // All of its time: due at once.
  await settings({ earlyRenewalHours: 24 });
  const plan = JSON.parse(await cli("preview", "--json")) as { steps: { op: string; urn: string }[] };
  const replaced = plan.steps.filter(({ op }) => op === "replace").map(({ urn }) => urn.split("::").at(-1));
  assert.deepEqual(replaced, ["member"]);
  await up();
  assert.deepEqual(await trace(), ["update deliver"]);
  const after = await certificates();
  assert.notEqual(after.member.serialNumber, before.member.serialNumber);
  assert.ok(after.member.publicKey.equals(before.member.publicKey));
  assert.equal(after.authority.serialNumber, before.authority.serialNumber);
  assert.ok(after.member.verify(after.authority.publicKey));
});

test("a changed input updates in place, with the old output at hand", async () => {
  await settings({ value: "two" });
  await up();
  assert.deepEqual(await trace(), ["update first two"]);
  const outputs = JSON.parse(await cli("stack", "output", "--json", "--show-secrets")) as Record<string, string>;
  assert.equal(outputs.length?.trim(), "24");
});

test("a changed trigger deletes with the old settings and creates with the new ones", async () => {
  await settings({ value: "three", trigger: "b" });
  await up();
  assert.deepEqual(await trace(), ["delete first two", "create first three"]);
});

test("a failing Command ends the update with its exit status and output", async () => {
  await settings({ value: "three", trigger: "b", fails: true });
  const directory = join(folder, "program");
  const { code, stdout } = await exec(pulumiExecutable(), ["up", "--yes", "--skip-preview", "--cwd", directory], {
    env: pulumiEnvironment(),
  });
  assert.notEqual(code, 0);
  assert.match(stdout, /exit status 7: running "echo seen; echo no space left >&2; exit 7":\s+seen\s+no space left/);
});

test("an interrupted update ends in good order, and the next one goes on", async () => {
  await settings({ value: "three", trigger: "b", slow: "60" });
  const child = await startSlowUp();
  const ended = once(child, "close");
  child.kill("SIGINT");
  await ended;
  assert.deepEqual(await trace(), ["create slow", "cancelled"]);
  await recover();
  await settings({ value: "three", trigger: "b", slow: "0" });
  await up();
  assert.deepEqual((await trace()).slice(2), ["create slow", "created slow"]);
});

test("a killed update is recovered: what it half made is deleted and made again", async () => {
  await settings({ value: "three", trigger: "b" });
  await up();
  await rm(traceFile(), { force: true });
  await settings({ value: "three", trigger: "b", slow: "60" });
  const child = await startSlowUp();
  await assert.rejects(
    recover(),
    (error) => error instanceof UserError && error.message.includes("being changed by another Pulumi"),
  );
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  await waitFor("the plugin to end the Command of the killed engine", seen("cancelled"), 15_000);
  // An engine of a release before could be killed between making this file and filling it.
  const attributes = `${await stateFile()}.attrs`;
  await assert.rejects(readFile(attributes), { code: "ENOENT" });
  await writeFile(attributes, "");

  await prepareStack();
  await recover();
  assert.deepEqual((await readCheckpoint())?.checkpoint?.latest?.pending_operations ?? [], []);
  await settings({ value: "three", trigger: "b", slow: "0" });
  assert.doesNotMatch(await up(), /pending operations/);
  assert.deepEqual((await trace()).slice(2), ["delete slow", "create slow", "created slow"]);
});

test("destroy deletes everything, also what a killed update left", async () => {
  await settings({ value: "three", trigger: "b" });
  await up();
  await rm(traceFile(), { force: true });
  await settings({ value: "three", trigger: "b", slow: "60" });
  const child = await startSlowUp();
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  await recover();
  await cli("destroy", "--yes", "--skip-preview");
  const lines = (await trace()).filter((line) => line.startsWith("delete"));
  assert.deepEqual(lines, ["delete slow", "delete first three"]);
  assert.deepEqual((await readCheckpoint())?.checkpoint?.latest?.resources ?? [], []);
});
