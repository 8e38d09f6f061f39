import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { chooseCertificates } from "../../../program/clusterCertificates.ts";
import type { ClientTls } from "../../../model/reach.ts";
import { SettingsError } from "../../../model/kafka/problem.ts";
import { type PemContext, pemFiles } from "../../../components/security/pemFiles.ts";
import { splitIdentity } from "../../../model/security/pemProblems.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { makeAuthority, newAuthority } from "../../certificates/authority.ts";
import { valueOf } from "../components/deploy.ts";

const ADDRESS = "10.0.0.18";
const PLANS = [{ name: "kafka-1", address: ADDRESS, brokerId: 1 }];
const DAY_MS = 24 * 3600 * 1000;

let folder: string;
let tls: Required<ClientTls>;
let foreign: Required<ClientTls>;
let warned: string[];

/** Reads the folder; some of its files are others. */
function read(
  files: Readonly<Record<string, string | undefined>> = {},
  context: Omit<PemContext, "warn"> = {},
): ReturnType<typeof pemFiles> {
  const identity = tls.key + tls.certificate;
  const all = { "authorities.pem": tls.authorities, "deployer.pem": identity, "kafka-1-kafka.pem": identity, ...files };
  for (const [name, text] of Object.entries(all)) {
    rmSync(join(folder, name), { force: true });
    if (text !== undefined) writeFileSync(join(folder, name), text);
  }
  const settings = { kind: "given", folder, renewBeforeDays: 30 } as const;
  return pemFiles(settings, PLANS, { warn: (message) => warned.push(message), ...context });
}

function refused(
  files: Readonly<Record<string, string | undefined>>,
  context: Omit<PemContext, "warn"> = {},
): string[] {
  try {
    read(files, context);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ key, allowed }) => `${key}: ${allowed}`);
    throw error;
  }
  return [];
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "pem-"));
  [tls, foreign] = await Promise.all([
    makeAuthority("ours", "kafka-broker", ADDRESS),
    makeAuthority("somebody else's", "kafka-broker", ADDRESS),
  ]);
});
beforeEach(() => {
  warned = [];
});
after(() => {
  rmSync(folder, { recursive: true });
});

test("what stands in the files is what members and deployer get; one that ends soon is said", async () => {
  const certificates = read();
  const { authorities, deployer } = certificates;
  assert.equal(await valueOf(authorities), tls.authorities);
  assert.deepEqual(await valueOf(deployer), {
    authorities: tls.authorities,
    ...splitIdentity(tls.key + tls.certificate),
  });
  const [plan] = PLANS;
  assert.deepEqual(plan && (await valueOf(certificates.tlsOf(plan, "kafka"))), {
    identity: tls.key + tls.certificate,
    authorities: tls.authorities,
  });
  // They are valid for a day.
  assert.equal(warned.length, 3);
  assert.match(warned[1] ?? "", /deployer\.pem ends on .*: put a new one in its place and run an update/);
});

test("a file that can't be used is named, with what it has to be", async () => {
  const other = await makeAuthority("ours as well", "CN is another", "10.0.0.99");
  const deployer = (text: string | undefined): string[] =>
    refused({ "deployer.pem": text }).map((problem) => problem.replace(/^certificates\.folder, deployer\.pem: /, ""));
  assert.match(deployer(undefined)[0] ?? "", /^a file that can be read \(ENOENT/);
  assert.match(deployer(tls.certificate)[0] ?? "", /^one private key \(PKCS #8/);
  assert.match(deployer(tls.key)[0] ?? "", /^a certificate as PEM text after the key$/);
  assert.match(deployer(foreign.key + tls.certificate)[0] ?? "", /^the certificate of the key in this file$/);
  assert.match(
    deployer(other.key + other.certificate)[0] ?? "",
    /subject CN=kafka-broker; this one has CN=CN is another$/,
  );
  assert.match(
    deployer(foreign.key + foreign.certificate)[0] ?? "",
    /^a certificate that an authority in authorities\.pem/,
  );
  const elsewhere = await makeAuthority("ours", "kafka-broker", "10.0.0.99");
  assert.match(
    refused({
      "authorities.pem": tls.authorities + elsewhere.authorities,
      "kafka-1-kafka.pem": elsewhere.key + elsewhere.certificate,
    })[0] ?? "",
    /kafka-1-kafka\.pem: a certificate with the IP address 10\.0\.0\.18 as a subject alternative name; this one has IP Address:10\.0\.0\.99$/,
  );
  const clientOnly = await makeAuthority("ours", "kafka-broker", ADDRESS, { uses: ["client_auth"] });
  const client = clientOnly.key + clientOnly.certificate;
  assert.deepEqual(
    refused({
      "authorities.pem": tls.authorities + clientOnly.authorities,
      "deployer.pem": client,
      "kafka-1-kafka.pem": client,
    }),
    [
      "certificates.folder, kafka-1-kafka.pem: a certificate whose extended key usage allows serverAuth, or that has none",
    ],
  );
  const serverOnly = await makeAuthority("ours", "kafka-broker", ADDRESS, { uses: ["server_auth"] });
  assert.deepEqual(
    refused(filesOf(serverOnly, serverOnly.authorities)),
    ["deployer.pem", "kafka-1-kafka.pem"].map(
      (file) =>
        `certificates.folder, ${file}: a certificate whose extended key usage allows clientAuth, or that has none`,
    ),
  );
  const any = await makeAuthority("ours", "kafka-broker", ADDRESS, { uses: [] });
  assert.deepEqual(refused(filesOf(any, any.authorities)), []);
  assert.match(
    refused({ "authorities.pem": "nothing" })[0] ?? "",
    /authorities\.pem: certificates of authorities as PEM text$/,
  );
  assert.match(refused({ "authorities.pem": tls.key + tls.authorities })[0] ?? "", /certificates alone: a key in it/);
  assert.match(
    refused({ "authorities.pem": tls.certificate })[0] ?? "",
    /certificates of authorities only; CN=kafka-broker may/,
  );
});

/** Files that are all of one authority's, with those in authorities.pem that everybody is to trust. */
function filesOf({ key, certificate }: Required<ClientTls>, ...authorities: string[]): Record<string, string> {
  const identity = key + certificate;
  return { "authorities.pem": authorities.join(""), "deployer.pem": identity, "kafka-1-kafka.pem": identity };
}

test("a cluster that lives goes to another authority in three updates, forth and back, and no other way", () => {
  const both = tls.authorities + foreign.authorities;
  const updates = [
    { files: filesOf(tls, tls.authorities), deployed: tls },
    { files: filesOf(tls, both), deployed: { ...tls, authorities: both } },
    { files: filesOf(foreign, both), deployed: { ...foreign, authorities: both } },
    { files: filesOf(foreign, foreign.authorities), deployed: foreign },
  ];
  const early = ["deployer.pem", "kafka-1-kafka.pem"].map(
    (file) => `certificates.folder, ${file}: a certificate that an authority of the last successful update has signed`,
  );
  const gone = "certificates.folder, authorities.pem: the former authority as well";
  const expected: Record<string, string[]> = {
    "0 to 2": early,
    "0 to 3": [gone, ...early],
    "1 to 3": [gone],
    "2 to 0": [gone],
    "3 to 0": [gone, ...early],
    "3 to 1": early,
  };
  updates.forEach(({ deployed }, from) => {
    updates.forEach(({ files }, to) => {
      const problems = refused(files, { deployed }).map((problem) => problem.split(": ").slice(0, 2).join(": "));
      assert.deepEqual(problems, expected[`${from} to ${to}`] ?? [], `${from} to ${to}`);
      assert.deepEqual(refused(files), []);
    });
  });
});

test("where the certificates of before have ended, nobody trusts them: all may be others at once", async () => {
  const ended = await makeAuthority("ended", "kafka-broker", ADDRESS, { from: new Date(Date.now() - 2 * DAY_MS) });
  const files = filesOf(foreign, foreign.authorities);
  assert.deepEqual(refused(files, { deployed: ended }), []);
  assert.equal(refused(files, { deployed: tls }).length, 3);
});

test("an authority below another one signs for the cluster, with or without what is between", async () => {
  const above = await newAuthority("above");
  const below = await above.subordinate("below");
  const identity = await below.issue("kafka-broker", ADDRESS);
  const chain = { ...identity, certificate: identity.certificate + below.authorities };
  assert.deepEqual(refused(filesOf(identity, below.authorities)), []);
  assert.deepEqual(refused(filesOf(chain, above.authorities)), []);
  assert.equal(refused(filesOf(identity, above.authorities)).length, 2, "what is between is missing");
  // The next certificates have another one between.
  const next = await above.subordinate("below as well");
  const other = await next.issue("kafka-broker", ADDRESS);
  const otherChain = { ...other, certificate: other.certificate + next.authorities };
  const deployed = { ...chain, authorities: above.authorities };
  assert.deepEqual(refused(filesOf(otherChain, above.authorities), { deployed }), []);
  assert.equal(refused(filesOf(other, next.authorities), { deployed }).length, 3);
});

test("the program compares the files with what its last successful update has left", () => {
  read(filesOf(foreign, foreign.authorities));
  const settings = checkSettings({ security: "secured", certificates: { folder } });
  const choose = (last?: { tls?: ClientTls }): boolean => chooseCertificates(settings, PLANS, last) !== undefined;
  for (const last of [undefined, {}, { tls: foreign }]) assert.ok(choose(last));
  assert.throws(() => choose({ tls }), /authorities\.pem .*the former authority as well/);
});

test("all files that can't be used come in one message, and so does one whose time is over", () => {
  assert.equal(refused({ "deployer.pem": undefined, "kafka-1-kafka.pem": undefined }).length, 2);
  const problems = refused({}, { now: Date.now() + 2 * DAY_MS });
  assert.match(problems[0] ?? "", /certificates that are valid; CN=ours ended on/);
  assert.match(refused({}, { now: Date.now() - DAY_MS })[0] ?? "", /certificates that are valid; CN=ours begins on/);
});
