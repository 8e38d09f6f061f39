import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
// The library below asks for it at its own start.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { TlsProvider } from "../../../standins/tlsProvider.ts";
import { isSecret, type Properties, secret, UNKNOWN, unwrap } from "../../../model/engineValues.ts";

const HOUR_MS = 3_600_000;
let now = new Date();
const provider = new TlsProvider(() => now);
const urn = (type: string): string =>
  `urn:pulumi:dev::project::tls:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}::name`;

async function create(type: string, news: Properties): Promise<{ id: string; outs: Properties }> {
  const { inputs, failures } = await provider.check(urn(type), {}, news);
  assert.deepEqual(failures, []);
  return provider.create(urn(type), inputs);
}

async function refused(type: string, news: Properties): Promise<string[]> {
  const { failures } = await provider.check(urn(type), {}, news);
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

const text = (value: unknown): string => unwrap(value) as string;
const newKey = async (inputs: Properties = { algorithm: "ECDSA", ecdsaCurve: "P256" }): Promise<string> =>
  text((await create("PrivateKey", inputs)).outs.privateKeyPem);

interface Pair {
  key: string;
  cert: string;
}

const AUTHORITY = { allowedUses: ["cert_signing", "crl_signing"], validityPeriodHours: 87_600, isCaCertificate: true };
const MEMBER = { allowedUses: ["digital_signature", "server_auth", "client_auth"], validityPeriodHours: 24 };

async function newAuthority(key?: Properties, inputs: Properties = {}): Promise<Pair> {
  const privateKeyPem = await newKey(key);
  const { outs } = await create("SelfSignedCert", {
    privateKeyPem,
    subject: { commonName: "authority" },
    ...AUTHORITY,
    ...inputs,
  });
  return { key: privateKeyPem, cert: text(outs.certPem) };
}

async function newMember(authority: Pair, key?: Properties, names: Properties = {}): Promise<Pair & { id: string }> {
  const privateKeyPem = await newKey(key);
  const request = await create("CertRequest", {
    privateKeyPem,
    subject: { commonName: "kafka-broker" },
    ipAddresses: ["127.0.0.1"],
    ...names,
  });
  const { id, outs } = await create("LocallySignedCert", {
    certRequestPem: request.outs.certRequestPem,
    caPrivateKeyPem: authority.key,
    caCertPem: authority.cert,
    ...MEMBER,
  });
  return { id, key: privateKeyPem, cert: text(outs.certPem) };
}

interface Handshake {
  /** The client's subject as the server saw it, or what it had against its certificate. */
  readonly server: string;
  /** What the client had against the server's certificate. */
  readonly client?: string | undefined;
}

/** Connects over TLS on the loopback address, each side with its certificate. */
async function shakeHands(server: Pair, serverTrusts: Pair, client: Pair, clientTrusts: Pair): Promise<Handshake> {
  // Not rejectUnauthorized: then Node.js ends the connection without a word.
  const listening = createServer({ ...server, ca: serverTrusts.cert, requestCert: true, rejectUnauthorized: false });
  listening.on("secureConnection", (connection: TLSSocket) => {
    connection.on("error", () => undefined);
    const subject = connection.getPeerX509Certificate()?.subject ?? "nobody";
    connection.end(connection.authorized ? subject : String(connection.authorizationError));
  });
  await once(listening.listen(0, "127.0.0.1"), "listening");
  const { port } = listening.address() as AddressInfo;
  const socket = connect({ host: "127.0.0.1", port, ...client, ca: clientTrusts.cert });
  let seen = "";
  let refusal: Partial<Handshake> = {};
  socket.on("data", (data: Buffer) => (seen += data.toString()));
  socket.on("error", (error: NodeJS.ErrnoException) => (refusal = { client: error.code }));
  await new Promise((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => listening.close(resolve));
  return { server: seen, ...refusal };
}

const KEYS: Readonly<Record<string, Properties>> = {
  "RSA 2048": { algorithm: "RSA" },
  "RSA 3072": { algorithm: "RSA", rsaBits: 3_072 },
  P256: { algorithm: "ECDSA", ecdsaCurve: "P256" },
  P384: { algorithm: "ECDSA", ecdsaCurve: "P384" },
  P521: { algorithm: "ECDSA", ecdsaCurve: "P521" },
  ED25519: { algorithm: "ED25519" },
};

for (const [name, inputs] of Object.entries(KEYS)) {
  test(`${name}: a key in every format, the private ones secret`, async () => {
    const { id, outs } = await create("PrivateKey", inputs);
    assert.match(id, /^[0-9a-f]{40}$/);
    assert.ok(isSecret(outs.privateKeyPem) && isSecret(outs.privateKeyPemPkcs8));
    const headers = { RSA: "RSA PRIVATE KEY", ECDSA: "EC PRIVATE KEY", ED25519: "PRIVATE KEY" };
    const own = text(outs.privateKeyPem);
    assert.ok(own.startsWith(`-----BEGIN ${headers[inputs.algorithm as "RSA"]}-----\n`));
    assert.ok(text(outs.privateKeyPemPkcs8).startsWith("-----BEGIN PRIVATE KEY-----\n"));
    const key = createPrivateKey(own);
    assert.ok(key.equals(createPrivateKey(text(outs.privateKeyPemPkcs8))));
    assert.ok(createPublicKey(key).equals(createPublicKey(outs.publicKeyPem as string)));
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    const expected = { "RSA 2048": 2_048, "RSA 3072": 3_072, P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" };
    assert.equal(modulusLength ?? namedCurve, expected[name as keyof typeof expected]);
    assert.notEqual(await newKey(inputs), own);
  });

  test(`${name}: an authority's certificates serve both sides of a TLS connection by address`, async () => {
    const authority = await newAuthority(inputs);
    const member = await newMember(authority, inputs);
    assert.deepEqual(await shakeHands(member, authority, member, authority), { server: "CN=kafka-broker" });
  });
}

test("the other authority's certificates are refused, by the client as by the server", async () => {
  const [authority, other] = [await newAuthority(), await newAuthority()];
  const [member, stranger] = [await newMember(authority), await newMember(other)];
  const chain = "SELF_SIGNED_CERT_IN_CHAIN";
  assert.deepEqual(await shakeHands(stranger, other, stranger, authority), { server: "", client: chain });
  const leaf = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  assert.deepEqual(await shakeHands(member, authority, stranger, authority), { server: leaf });
  const elsewhere = await newMember(authority, undefined, { ipAddresses: ["10.9.8.7"] });
  const address = "ERR_TLS_CERT_ALTNAME_INVALID";
  assert.deepEqual(await shakeHands(elsewhere, authority, member, authority), { server: "", client: address });
});

test("a signed certificate has what its request asks for, and points to its authority", async () => {
  now = new Date("2026-05-06T07:08:09.987Z");
  const authority = await newAuthority();
  const names = {
    dnsNames: ["kafka-1", "kafka-1.example.org"],
    ipAddresses: ["10.1.2.3", "fd00::12", "::ffff:10.1.2.4"],
    uris: ["spiffe://example.org/kafka"],
  };
  const { id, cert } = await newMember(authority, undefined, names);
  const [certificate, issuer] = [new X509Certificate(cert), new X509Certificate(authority.cert)];
  assert.ok(certificate.verify(issuer.publicKey) && certificate.checkIssued(issuer));
  assert.equal(certificate.subject, "CN=kafka-broker");
  assert.equal(certificate.issuer, "CN=authority");
  assert.equal(
    certificate.subjectAltName,
    "DNS:kafka-1, DNS:kafka-1.example.org, IP Address:10.1.2.3, IP Address:FD00:0:0:0:0:0:0:12, " +
      "IP Address:10.1.2.4, URI:spiffe://example.org/kafka",
  );
  assert.deepEqual([issuer.ca, certificate.ca], [true, false]);
  assert.equal(certificate.validFrom, "May  6 07:08:09 2026 GMT");
  assert.equal(certificate.validTo, "May  7 07:08:09 2026 GMT");
  assert.equal(BigInt(`0x${certificate.serialNumber}`).toString(), id);
  assert.match(certificate.serialNumber, /^[4-7][0-9A-F]{31}$/);

  const extensions = Array.from(new x509.X509Certificate(cert).extensions, ({ type, critical }) => [type, critical]);
  assert.deepEqual(extensions, [
    ["2.5.29.15", true], // key usage
    ["2.5.29.37", false], // extended key usage
    ["2.5.29.19", true], // basic constraints
    ["2.5.29.35", false], // authority key identifier
    ["2.5.29.17", false], // alternative names
  ]);
  assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  const own = new x509.X509Certificate(authority.cert).getExtension(x509.SubjectKeyIdentifierExtension);
  const pointer = new x509.X509Certificate(cert).getExtension(x509.AuthorityKeyIdentifierExtension);
  assert.match(own?.keyId ?? "", /^[0-9a-f]{40}$/);
  assert.equal(pointer?.keyId, own?.keyId);
});

test("serial numbers differ", async () => {
  const authority = await newAuthority();
  const ids = await Promise.all(Array.from({ length: 8 }, async () => (await newMember(authority)).id));
  assert.equal(new Set(ids).size, ids.length);
});

test("key identifiers, path length and uses are written as asked", async () => {
  const privateKeyPem = await newKey();
  const parse = async (inputs: Properties): Promise<x509.X509Certificate> => {
    const { outs } = await create("SelfSignedCert", { privateKeyPem, validityPeriodHours: 1, ...inputs });
    return new x509.X509Certificate(text(outs.certPem));
  };
  const plain = await parse({ allowedUses: [] });
  assert.deepEqual(
    Array.from(plain.extensions, ({ type, critical }) => [type, critical]),
    [["2.5.29.19", true]],
  );
  const full = await parse({
    subject: { commonName: "a" },
    allowedUses: ["cert_signing", "decipher_only", "content_commitment", "any_extended"],
    isCaCertificate: true,
    maxPathLength: 0,
    setAuthorityKeyId: true,
  });
  const subjectKey = full.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  assert.ok(subjectKey);
  assert.equal(full.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId, subjectKey);
  const constraints = full.getExtension(x509.BasicConstraintsExtension);
  assert.deepEqual([constraints?.ca, constraints?.pathLength], [true, 0]);
  const { keyCertSign, decipherOnly, nonRepudiation } = x509.KeyUsageFlags;
  assert.equal(full.getExtension(x509.KeyUsagesExtension)?.usages, keyCertSign | decipherOnly | nonRepudiation);
  assert.deepEqual(new X509Certificate(full.toString("pem")).keyUsage, ["2.5.29.37.0"]);
  const named = await parse({ allowedUses: [], dnsNames: ["a"], setSubjectKeyId: true });
  assert.equal(named.getExtension(x509.SubjectAlternativeNameExtension)?.critical, true, "there is no subject");
  assert.equal(named.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId, subjectKey);
});

test("a subject's texts are taken as they are, its parts in the official order", async () => {
  const { outs } = await create("SelfSignedCert", {
    privateKeyPem: await newKey(),
    subject: {
      emailAddress: "a@example.org",
      serialNumber: "12",
      commonName: '#41 "x\\y", Zürich+',
      postalCode: "8000",
      streetAddresses: ["One", "Two"],
      province: "ZH",
      locality: "Zürich",
      organizationalUnit: "U",
      organization: "O, Inc.",
      country: "CH",
    },
    allowedUses: [],
    validityPeriodHours: 1,
  });
  // Node.js escapes what has a meaning in a written name.
  assert.deepEqual(new X509Certificate(text(outs.certPem)).subject.split("\n"), [
    "C=CH",
    "O=O\\, Inc.",
    "OU=U",
    "L=Zürich",
    "ST=ZH",
    "street=One",
    "street=Two",
    "postalCode=8000",
    'CN=\\#41 \\"x\\\\y\\"\\, Zürich\\+',
    "serialNumber=12",
    "emailAddress=a@example.org",
  ]);
});

test("keys are read in PKCS#1, SEC1 and PKCS#8", async () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey;
  const ed = generateKeyPairSync("ed25519").privateKey;
  for (const [key, type, algorithm] of [
    [rsa, "pkcs1", "RSA"],
    [rsa, "pkcs8", "RSA"],
    [ec, "sec1", "ECDSA"],
    [ec, "pkcs8", "ECDSA"],
    [ed, "pkcs8", "ED25519"],
  ] as const) {
    const privateKeyPem = key.export({ type, format: "pem" });
    const { outs } = await create("CertRequest", { privateKeyPem, subject: { commonName: "a" } });
    assert.equal(outs.keyAlgorithm, algorithm);
    const request = new x509.Pkcs10CertificateRequest(outs.certRequestPem);
    assert.ok(await request.verify());
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    assert.deepEqual(Buffer.from(request.publicKey.rawData), spki);
  }
});

test("a request gets no more than names: what else it asks for is left out", async () => {
  const authority = await newAuthority();
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ["greedy"] }],
    keys,
    signingAlgorithm: { name: "ECDSA", hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "greedy" },
        { type: "email", value: "greedy@example.org" },
      ]),
    ],
  });
  const { outs } = await create("LocallySignedCert", {
    certRequestPem: request.toString("pem"),
    caPrivateKeyPem: authority.key,
    caCertPem: authority.cert,
    ...MEMBER,
  });
  const certificate = new X509Certificate(text(outs.certPem));
  assert.deepEqual([certificate.ca, certificate.subjectAltName], [false, "DNS:greedy"]);
  const usage = new x509.X509Certificate(text(outs.certPem)).getExtension(x509.KeyUsagesExtension);
  assert.equal(usage?.usages, x509.KeyUsageFlags.digitalSignature);
});

test("outputs: times, algorithms, defaults; keys stay secret, also where they were given as plain text", async () => {
  now = new Date("2026-01-02T03:04:05.678Z");
  const privateKeyPem = await newKey();
  const subject = { commonName: "authority" };
  const { outs } = await create("SelfSignedCert", {
    privateKeyPem,
    subject,
    ...AUTHORITY,
    validityPeriodHours: 262_800,
  });
  assert.deepEqual(outs, {
    privateKeyPem: secret(privateKeyPem),
    subject,
    ...AUTHORITY,
    validityPeriodHours: 262_800,
    earlyRenewalHours: 0,
    maxPathLength: -1,
    setSubjectKeyId: false,
    setAuthorityKeyId: false,
    certPem: outs.certPem,
    validityStartTime: "2026-01-02T03:04:05Z",
    validityEndTime: "2055-12-26T03:04:05Z",
    keyAlgorithm: "ECDSA",
    readyForRenewal: false,
  });
  assert.match(text(outs.certPem), /^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n$/);
  // Beyond 2049, certificates write times in another way.
  assert.equal(new X509Certificate(text(outs.certPem)).validTo, "Dec 26 03:04:05 2055 GMT");

  const request = await create("CertRequest", { privateKeyPem, subject });
  assert.deepEqual(Object.keys(request.outs).sort(), ["certRequestPem", "keyAlgorithm", "privateKeyPem", "subject"]);
  assert.ok(isSecret(request.outs.privateKeyPem));
  const signed = await create("LocallySignedCert", {
    certRequestPem: request.outs.certRequestPem,
    caPrivateKeyPem: privateKeyPem,
    caCertPem: outs.certPem,
    ...MEMBER,
  });
  assert.deepEqual(signed.outs.caPrivateKeyPem, secret(privateKeyPem));
  assert.equal(signed.outs.caKeyAlgorithm, "ECDSA");
});

test("a certificate is replaced when it is due, by the new inputs' early renewal", async () => {
  now = new Date("2026-01-01T00:00:00Z");
  const news = { privateKeyPem: await newKey(), allowedUses: [], validityPeriodHours: 100, earlyRenewalHours: 10 };
  const { outs } = await create("SelfSignedCert", news);
  const after = async (hours: number, changes: Properties = {}): Promise<unknown> => {
    now = new Date(Date.parse("2026-01-01T00:00:00Z") + hours * HOUR_MS);
    const { inputs } = await provider.check(urn("SelfSignedCert"), {}, { ...news, ...changes });
    return provider.diff("id", urn("SelfSignedCert"), outs, inputs);
  };
  const none = { changes: false, replaces: [] };
  const renewal = { changes: true, replaces: ["readyForRenewal"] };
  assert.deepEqual(await after(0), none);
  assert.deepEqual(await after(89.99), none);
  assert.deepEqual(await after(90), renewal);
  assert.deepEqual(await after(1_000), renewal);
  // In place, for as long as it is not due.
  assert.deepEqual(await after(89, { earlyRenewalHours: 5 }), { changes: true, replaces: [] });
  assert.deepEqual(await after(94, { earlyRenewalHours: 5 }), { changes: true, replaces: [] });
  assert.deepEqual(await after(50, { earlyRenewalHours: 50 }), renewal);
  // Keys and requests don't age.
  const key = await create("PrivateKey", KEYS.P256 ?? {});
  assert.deepEqual(await provider.diff("id", urn("PrivateKey"), key.outs, key.outs), none);
});

test("an update of the early renewal keeps the certificate and its secrets", async () => {
  const news = { privateKeyPem: await newKey(), allowedUses: [], validityPeriodHours: 100 };
  const { outs } = await create("SelfSignedCert", news);
  const { inputs } = await provider.check(urn("SelfSignedCert"), {}, { ...news, earlyRenewalHours: 5 });
  const updated = await provider.update("id", urn("SelfSignedCert"), outs, inputs);
  assert.deepEqual(updated.outs, { ...outs, earlyRenewalHours: 5 });
  const diff = await provider.diff("id", urn("SelfSignedCert"), updated.outs, inputs);
  assert.deepEqual(diff, { changes: false, replaces: [] });
});

test("every other changed input replaces, an absent default does not", async () => {
  const authority = await newAuthority();
  const news = { privateKeyPem: authority.key, subject: { commonName: "a" }, ipAddresses: ["10.0.0.1"] };
  const request = await create("CertRequest", news);
  const signing = {
    certRequestPem: request.outs.certRequestPem,
    caPrivateKeyPem: secret(authority.key),
    caCertPem: authority.cert,
    ...MEMBER,
  };
  const signed = await create("LocallySignedCert", signing);
  const replaces = async (type: string, olds: Properties, inputs: Properties): Promise<string[]> => {
    const checked = await provider.check(urn(type), {}, inputs);
    return (await provider.diff("id", urn(type), olds, checked.inputs)).replaces;
  };
  assert.deepEqual(await replaces("CertRequest", request.outs, news), []);
  assert.deepEqual(await replaces("CertRequest", request.outs, { ...news, ipAddresses: ["10.0.0.2"] }), [
    "ipAddresses",
  ]);
  assert.deepEqual(await replaces("CertRequest", request.outs, { ...news, privateKeyPem: UNKNOWN }), ["privateKeyPem"]);
  assert.deepEqual(
    await replaces("LocallySignedCert", signed.outs, { ...signing, caPrivateKeyPem: authority.key }),
    [],
  );
  const changed = { ...signing, caCertPem: UNKNOWN, validityPeriodHours: 25, isCaCertificate: true };
  assert.deepEqual(await replaces("LocallySignedCert", signed.outs, changed), [
    "caCertPem",
    "validityPeriodHours",
    "isCaCertificate",
  ]);
  const key = await create("PrivateKey", { algorithm: "RSA" });
  assert.deepEqual(await replaces("PrivateKey", key.outs, { algorithm: "RSA", rsaBits: 2_048 }), []);
  assert.deepEqual(await replaces("PrivateKey", key.outs, { algorithm: "RSA", rsaBits: 3_072 }), ["rsaBits"]);
});

test("check refuses what is missing, not supported or of the wrong kind, and never repeats a key", async () => {
  const privateKeyPem = await newKey();
  const cert = { privateKeyPem, allowedUses: [], validityPeriodHours: 1 };
  const firstOf = async (type: string, inputs: Properties): Promise<string> => {
    const reasons = await refused(type, inputs);
    assert.equal(reasons.length, 1, reasons.join("; "));
    return reasons[0] ?? "";
  };
  assert.deepEqual(await refused("PrivateKey", {}), ["algorithm: is required"]);
  assert.match(await firstOf("PrivateKey", { algorithm: "DSA" }), /^algorithm: has to be one of RSA, ECDSA, ED25519$/);
  assert.match(await firstOf("PrivateKey", { algorithm: "ECDSA" }), /^ecdsaCurve: P224.*supported: P256, P384, P521$/);
  assert.match(await firstOf("PrivateKey", { algorithm: "RSA", rsaBits: 1_024 }), /^rsaBits: .* from 2048 to 16384$/);
  assert.deepEqual(await refused("SelfSignedCert", {}), [
    "privateKeyPem: is required",
    "allowedUses: is required",
    "validityPeriodHours: is required",
  ]);
  assert.equal((await refused("LocallySignedCert", {})).length, 5);
  assert.match(await firstOf("SelfSignedCert", { ...cert, allowedUses: ["all"] }), /^allowedUses: .*server_auth/);
  assert.match(
    await firstOf("SelfSignedCert", { ...cert, validityPeriodHours: 0 }),
    /^validityPeriodHours: .* from 1 /,
  );
  assert.match(await firstOf("SelfSignedCert", { ...cert, subject: { commonname: "a" } }), /^subject: .*: country, /);
  assert.match(await firstOf("SelfSignedCert", { ...cert, subject: { commonName: "" } }), /^subject: .*not empty/);
  assert.match(await firstOf("SelfSignedCert", { ...cert, isCaCertificate: true }), /^isCaCertificate: .* a subject$/);
  assert.match(await firstOf("SelfSignedCert", { ...cert, maxPathLength: 0 }), /^maxPathLength: .*isCaCertificate/);
  assert.match(
    await firstOf("SelfSignedCert", { ...cert, setAuthorityKeyId: true }),
    /^setAuthorityKeyId: .*SubjectKey/,
  );
  for (const address of ["10.0.0", "fe80::1%eth0", "10.0.0.0/8", "host"]) {
    assert.match(
      await firstOf("CertRequest", { privateKeyPem, ipAddresses: [address] }),
      /^ipAddresses: .*IPv6 addresses/,
    );
  }
  assert.match(await firstOf("CertRequest", { privateKeyPem, dnsNames: ["zürich"] }), /^dnsNames: .*DNS names$/);
  assert.match(await firstOf("CertRequest", { privateKeyPem, uris: ["no scheme"] }), /^uris: .*URIs$/);
  assert.match(
    await firstOf("CertRequest", { privateKeyPem, privateKeyPemWo: "a" }),
    /^privateKeyPemWo: not supported/,
  );
  assert.match(await firstOf("PublicKey", {}), /PublicKey is not supported by this stand-in; supported: tls:index/);

  const ec = (namedCurve: string): string =>
    generateKeyPairSync("ec", { namedCurve }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const encrypted = createPrivateKey(privateKeyPem)
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
    .toString();
  const publicKeyPem = createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }).toString();
  for (const bad of [ec("secp224r1"), ec("secp256k1"), encrypted, publicKeyPem, "", "no PEM"]) {
    const reason = await firstOf("CertRequest", { privateKeyPem: secret(bad) });
    assert.match(reason, /^privateKeyPem: has to be a private key in PEM \(PKCS#1, SEC1 or PKCS#8, not encrypted\)/);
    assert.doesNotMatch(reason, /BEGIN/);
  }
});

test("check refuses an authority that can't sign the request", async () => {
  const [authority, other] = [await newAuthority(), await newAuthority()];
  const request = await create("CertRequest", { privateKeyPem: other.key, dnsNames: ["a"] });
  const inputs = {
    certRequestPem: request.outs.certRequestPem,
    caPrivateKeyPem: authority.key,
    caCertPem: authority.cert,
    ...MEMBER,
  };
  assert.deepEqual(await refused("LocallySignedCert", inputs), []);
  assert.deepEqual(await refused("LocallySignedCert", { ...inputs, caPrivateKeyPem: other.key }), [
    "caPrivateKeyPem: is not the private key of caCertPem",
  ]);
  const member = await newMember(authority);
  const byMember = { ...inputs, caPrivateKeyPem: member.key, caCertPem: member.cert };
  assert.match(
    (await refused("LocallySignedCert", byMember)).join(),
    /^caCertPem: is not the certificate of an authority/,
  );
  assert.match(
    (await refused("LocallySignedCert", { ...inputs, isCaCertificate: true })).join(),
    /^isCaCertificate: an authority has to have a subject$/,
  );
  for (const [property, value] of [
    ["certRequestPem", authority.cert],
    ["certRequestPem", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"],
    ["caCertPem", inputs.certRequestPem],
  ] as const) {
    const reasons = await refused("LocallySignedCert", { ...inputs, [property]: value });
    assert.match(reasons.join(), new RegExp(`^${property}: has to be a certificate( request)? in PEM$`));
  }
  // The last bytes are of the signature.
  const der = Buffer.from(new x509.Pkcs10CertificateRequest(inputs.certRequestPem as string).rawData);
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
  const forged = x509.PemConverter.encode(der, "CERTIFICATE REQUEST");
  assert.deepEqual(await refused("LocallySignedCert", { ...inputs, certRequestPem: forged }), [
    "certRequestPem: is not signed with the key that it is for",
  ]);
});

test("values that are not known yet pass, alone and inside of others", async () => {
  assert.deepEqual(
    await refused("SelfSignedCert", {
      privateKeyPem: secret(UNKNOWN),
      subject: { commonName: UNKNOWN, streetAddresses: [UNKNOWN] },
      ipAddresses: [UNKNOWN, "10.0.0.1"],
      dnsNames: UNKNOWN,
      uris: [UNKNOWN],
      allowedUses: [UNKNOWN],
      validityPeriodHours: UNKNOWN,
      isCaCertificate: true,
      __defaults: [],
    }),
    [],
  );
  const authority = await newAuthority();
  const signing = { caPrivateKeyPem: UNKNOWN, caCertPem: authority.cert, certRequestPem: UNKNOWN, ...MEMBER };
  assert.deepEqual(await refused("LocallySignedCert", signing), []);
});
