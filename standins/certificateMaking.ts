import { randomBytes, type X509Certificate } from "node:crypto";
// The library below asks for it at its own start.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import {
  alternativeNames,
  type AlternativeNames,
  distinguishedName,
  requestedNames,
  type Subject,
  usages,
} from "./certificateParts.ts";
import { publicDer, type SigningKey, webCryptoKeys } from "./keys.ts";

/** Length of a serial number in bytes, as in the official plugin. RFC 5280 allows 20. */
const SERIAL_BYTES = 16;
const MS_PER_HOUR = 3_600_000;
const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";

/** How a certificate is made, whoever signs it. */
export interface CertificateRules {
  readonly allowedUses: string[];
  readonly validityPeriodHours: number;
  readonly isCaCertificate: boolean;
  /** How many authorities may follow below this one; -1 for any number. */
  readonly maxPathLength: number;
  readonly setSubjectKeyId: boolean;
}

/** A new certificate, and what the plugin gives of it. Times are RFC 3339, in UTC and whole seconds. */
export interface Certificate {
  /** In decimal. */
  readonly serialNumber: string;
  readonly certPem: string;
  readonly validityStartTime: string;
  readonly validityEndTime: string;
}

/** Makes a certificate request in PEM. */
export async function makeRequest(key: SigningKey, subject: Subject, names: AlternativeNames): Promise<string> {
  const name = distinguishedName(subject);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys: await webCryptoKeys(key),
    signingAlgorithm: key.webCrypto,
    extensions: alternativeNames(names, name),
  });
  return `${request.toString("pem")}\n`;
}

/** Makes a certificate that is signed with its own key. */
export function selfSign(
  key: SigningKey,
  subject: Subject,
  names: AlternativeNames,
  rules: CertificateRules & { readonly setAuthorityKeyId: boolean },
  now: Date,
): Promise<Certificate> {
  const name = distinguishedName(subject);
  const publicKey = new x509.PublicKey(publicDer(key));
  const issue = { name, key, keyId: rules.setAuthorityKeyId ? publicKey : undefined };
  return sign(issue, { name, publicKey, names: alternativeNames(names, name) }, rules, now);
}

/**
 * Makes the certificate that a request asks for, signed by an authority. It takes subject, DNS names, addresses and URIs
 * from the request, and nothing else.
 */
export function signRequest(
  request: x509.Pkcs10CertificateRequest,
  authority: { readonly key: SigningKey; readonly certificate: X509Certificate },
  rules: CertificateRules,
  now: Date,
): Promise<Certificate> {
  const certificate = new x509.X509Certificate(authority.certificate.raw);
  const own = certificate.getExtension(SUBJECT_KEY_IDENTIFIER);
  const keyId = own instanceof x509.SubjectKeyIdentifierExtension ? own.keyId : undefined;
  const subject = { name: request.subjectName, publicKey: request.publicKey, names: requestedNames(request) };
  return sign({ name: certificate.subjectName, key: authority.key, keyId }, subject, rules, now);
}

async function sign(
  issuer: { name: x509.Name; key: SigningKey; keyId: string | x509.PublicKey | undefined },
  subject: { name: x509.Name; publicKey: x509.PublicKey; names: x509.Extension[] },
  rules: CertificateRules,
  now: Date,
): Promise<Certificate> {
  // Certificates tell times in whole seconds. Not rounded up: it would not be valid yet.
  const start = new Date(Math.floor(now.getTime() / 1_000) * 1_000);
  const end = new Date(start.getTime() + rules.validityPeriodHours * MS_PER_HOUR);
  const serialNumber = positiveSerial();
  const pathLength = rules.maxPathLength < 0 ? undefined : rules.maxPathLength;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber,
    subject: subject.name,
    issuer: issuer.name,
    notBefore: start,
    notAfter: end,
    publicKey: subject.publicKey,
    signingKey: (await webCryptoKeys(issuer.key)).privateKey,
    signingAlgorithm: issuer.key.webCrypto,
    extensions: [
      ...usages(rules.allowedUses),
      new x509.BasicConstraintsExtension(rules.isCaCertificate, pathLength, true),
      // An authority has to have one, for its certificates to point to (RFC 5280, 4.2.1.2).
      ...(rules.setSubjectKeyId || rules.isCaCertificate
        ? [await x509.SubjectKeyIdentifierExtension.create(subject.publicKey)]
        : []),
      ...(await authorityKeyId(issuer.keyId)),
      ...subject.names,
    ],
  });
  return {
    serialNumber: BigInt(`0x${serialNumber}`).toString(),
    certPem: `${certificate.toString("pem")}\n`,
    validityStartTime: rfc3339(start),
    validityEndTime: rfc3339(end),
  };
}

async function authorityKeyId(keyId: string | x509.PublicKey | undefined): Promise<x509.Extension[]> {
  if (keyId === undefined) return [];
  if (typeof keyId === "string") return [new x509.AuthorityKeyIdentifierExtension(keyId)];
  return [await x509.AuthorityKeyIdentifierExtension.create(keyId)];
}

/** A random serial number in hexadecimal, whose first bits are 01: positive, and never shorter. */
function positiveSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString("hex");
}

function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
