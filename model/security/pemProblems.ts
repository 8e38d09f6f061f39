import { createPrivateKey, X509Certificate } from "node:crypto";

/** Whom a certificate has to be for. */
export interface ExpectedHolder {
  /** The subject, nothing but this common name. */
  readonly commonName: string;
  /** IPv4 address of the member that shows it; absent for a client. */
  readonly address?: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/g;

/** The certificates in a PEM text, in their order. @throws Error when one can't be read */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text));
}

/** The key of a PEM text and its certificates, each with a line break at its end. */
export function splitIdentity(pem: string): { key: string; certificate: string } {
  const lines = (texts: readonly string[] | null): string => (texts ?? []).map((text) => `${text}\n`).join("");
  return { key: lines(pem.match(KEY)), certificate: lines(pem.match(CERTIFICATE)) };
}

/** What is wrong with a text of authorities' certificates; undefined when nothing is. */
export function authoritiesProblem(pem: string, now: number): string | undefined {
  if (pem.includes("PRIVATE KEY"))
    return "certificates alone: a key in it would lie open, and every client would get it";
  const found = attempt(() => certificatesIn(pem));
  if (!found || found.length === 0) return "certificates of authorities as PEM text";
  const wrong = found.find((certificate) => !certificate.ca);
  if (wrong) return `certificates of authorities only; ${nameOf(wrong)} may not sign others`;
  return validityProblem(found, now);
}

/**
 * What is wrong with a key and its certificate; undefined when nothing is.
 *
 * @param authorities whom everybody is about to trust
 */
export function identityProblem(
  pem: string,
  authorities: string,
  { commonName, address }: ExpectedHolder,
  now: number,
): string | undefined {
  const keys = pem.match(KEY) ?? [];
  const key = keys.length === 1 ? attempt(() => createPrivateKey(keys[0] ?? "")) : undefined;
  if (!key) return "one private key (PKCS #8, BEGIN PRIVATE KEY, without a passphrase) before the certificate";
  const [leaf, ...chain] = attempt(() => certificatesIn(pem)) ?? [];
  if (!leaf) return "a certificate as PEM text after the key";
  if (!leaf.checkPrivateKey(key)) return "the certificate of the key in this file";
  if (leaf.subject !== `CN=${commonName}`)
    return `a certificate with the subject CN=${commonName}; this one has ${nameOf(leaf)}`;
  if (address !== undefined && leaf.checkIP(address) === undefined) {
    return `a certificate with the IP address ${address} as a subject alternative name; this one has ${leaf.subjectAltName ?? "none"}`;
  }
  const missing = usesOf(address).filter(({ oid }) => leaf.keyUsage?.includes(oid) === false);
  if (missing.length > 0) {
    return `a certificate whose extended key usage allows ${missing.map(({ name }) => name).join(" and ")}, or that has none`;
  }
  const invalid = validityProblem([leaf, ...chain], now);
  if (invalid !== undefined) return invalid;
  return isTrusted([leaf, ...chain], authorities)
    ? undefined
    : "a certificate that an authority in authorities.pem has signed, with all between";
}

/** Whether one of the authorities in a PEM text has signed the first certificate, with all between. */
export function isTrusted([leaf, ...chain]: readonly X509Certificate[], authorities: string): boolean {
  return leaf !== undefined && isSigned(leaf, chain, attempt(() => certificatesIn(authorities)) ?? []);
}

/** Whether all certificates of a PEM text are valid. */
export function isValid(pem: string, now: number): boolean {
  return validityProblem(certificatesIn(pem), now) === undefined;
}

/** What a certificate has to be usable for: members are each other's clients. Source of the ids: RFC 5280, 4.2.1.12. */
function usesOf(address: string | undefined): { name: string; oid: string }[] {
  const client = { name: "clientAuth", oid: "1.3.6.1.5.5.7.3.2" };
  return address === undefined ? [client] : [{ name: "serverAuth", oid: "1.3.6.1.5.5.7.3.1" }, client];
}

function validityProblem(certificates: readonly X509Certificate[], now: number): string | undefined {
  const ended = certificates.find(({ validTo }) => Date.parse(validTo) <= now);
  if (ended) return `certificates that are valid; ${nameOf(ended)} ended on ${ended.validTo}`;
  const early = certificates.find(({ validFrom }) => Date.parse(validFrom) > now);
  return early && `certificates that are valid; ${nameOf(early)} begins on ${early.validFrom}`;
}

function isSigned(
  leaf: X509Certificate,
  chain: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
): boolean {
  const by = (issuer: X509Certificate): boolean => leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
  if (trusted.some(by)) return true;
  const [next, ...rest] = chain;
  return next !== undefined && next.ca && by(next) && isSigned(next, rest, trusted);
}

function nameOf({ subject }: X509Certificate): string {
  return subject.replaceAll("\n", ", ");
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
