import { isIP } from "node:net";
import { SUBJECT_PART_NAMES, USES } from "./certificateParts.ts";
import { readCertificate, readRequest } from "./certificateReading.ts";
import { ALGORITHMS, CURVE_NAMES, readPrivateKey } from "./keys.ts";
import { count, type Failure, FLAG, type Kind } from "./inputs.ts";
import { isObject, type Properties, UNKNOWN } from "../model/engineValues.ts";

/** A hundred years. */
const MOST_HOURS = 876_000;

/** A whole number from `least` to `most`. */
function between(least: number, most: number): Kind {
  return {
    accepts: (value) => count(least).accepts(value) && (value as number) <= most,
    description: `a whole number from ${least} to ${most}`,
  };
}

function oneOf(texts: readonly string[]): Kind {
  return { accepts: (value) => texts.includes(value as string), description: `one of ${texts.join(", ")}` };
}

/** An array, of which single elements may be unknown. */
function arrayOf(accepts: (element: string) => boolean, elements: string): Kind {
  return {
    accepts: (value) =>
      Array.isArray(value) &&
      value.every((element) => element === UNKNOWN || (typeof element === "string" && accepts(element))),
    description: `an array of ${elements}`,
  };
}

function pem(reads: (text: string) => unknown, description: string): Kind {
  return { accepts: (value) => typeof value === "string" && reads(value) !== undefined, description };
}

const isAscii = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
const isFilled = (text: unknown): boolean => typeof text === "string" && text !== "";

function acceptsSubject(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([part, text]) => {
    if (part.startsWith("__") || text === UNKNOWN) return true;
    if (part === "streetAddresses") return Array.isArray(text) && text.every(isFilled);
    if (part === "emailAddress") return isFilled(text) && isAscii(text as string);
    return SUBJECT_PART_NAMES.some((name) => name === part) && isFilled(text);
  });
}

/** A private key, as `readPrivateKey` reads it. */
const PRIVATE_KEY = pem(
  readPrivateKey,
  `a private key in PEM (PKCS#1, SEC1 or PKCS#8, not encrypted): RSA, ED25519, or ECDSA on ${CURVE_NAMES.join(", ")}`,
);

const NAMES: Readonly<Record<string, Kind>> = {
  subject: {
    accepts: acceptsSubject,
    description:
      `an object with texts that are not empty (streetAddresses: an array of such, emailAddress: ASCII); ` +
      `supported: ${SUBJECT_PART_NAMES.join(", ")}`,
  },
  dnsNames: arrayOf(isAscii, "DNS names"),
  // Node.js also takes IPv6 zones for part of an address.
  ipAddresses: arrayOf((text) => isIP(text) !== 0 && !text.includes("%"), "IPv4 and IPv6 addresses"),
  uris: arrayOf((text) => isAscii(text) && URL.canParse(text), "URIs"),
};

const RULES: Readonly<Record<string, Kind>> = {
  allowedUses: arrayOf((use) => USES.includes(use), `key usages (${USES.join(", ")})`),
  validityPeriodHours: between(1, MOST_HOURS),
  earlyRenewalHours: between(0, MOST_HOURS),
  isCaCertificate: FLAG,
  maxPathLength: between(-1, 255),
  setSubjectKeyId: FLAG,
};

/** What is put in for inputs that are absent from a certificate. */
export const RULE_DEFAULTS = {
  earlyRenewalHours: 0,
  isCaCertificate: false,
  maxPathLength: -1,
  setSubjectKeyId: false,
};

export const PRIVATE_KEY_KINDS: Readonly<Record<string, Kind>> = {
  algorithm: oneOf(ALGORITHMS),
  // OpenSSL's own limits for TLS. P224 is let through: the official default, which counts for ECDSA alone.
  rsaBits: between(2_048, 16_384),
  ecdsaCurve: oneOf(["P224", ...CURVE_NAMES]),
};

export const CERT_REQUEST_KINDS: Readonly<Record<string, Kind>> = { privateKeyPem: PRIVATE_KEY, ...NAMES };

export const SELF_SIGNED_KINDS: Readonly<Record<string, Kind>> = {
  privateKeyPem: PRIVATE_KEY,
  ...NAMES,
  ...RULES,
  setAuthorityKeyId: FLAG,
};

export const LOCALLY_SIGNED_KINDS: Readonly<Record<string, Kind>> = {
  certRequestPem: pem(readRequest, "a certificate request in PEM"),
  caPrivateKeyPem: PRIVATE_KEY,
  caCertPem: pem(readCertificate, "a certificate in PEM"),
  ...RULES,
};

/** What is wrong with the rules of a certificate, taken together. */
export function ruleProblems(inputs: Properties, withoutSubject: boolean): Failure[] {
  const failures: Failure[] = [];
  if (inputs.isCaCertificate === true && withoutSubject) {
    failures.push({ property: "isCaCertificate", reason: "an authority has to have a subject" });
  }
  if (inputs.isCaCertificate !== true && (inputs.maxPathLength as number) >= 0) {
    failures.push({ property: "maxPathLength", reason: "is for authorities: set isCaCertificate, too" });
  }
  return failures;
}
