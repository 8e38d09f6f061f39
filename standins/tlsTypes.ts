import { createHash } from "node:crypto";
import { type CertificateRules, makeRequest, selfSign, signRequest } from "./certificateMaking.ts";
import type { AlternativeNames, Subject } from "./certificateParts.ts";
import { isGenuine, isWithoutSubject, readCertificate, readRequest } from "./certificateReading.ts";
import type { Failure, Kind } from "./inputs.ts";
import {
  type Algorithm,
  type Curve,
  CURVE_NAMES,
  makeKey,
  pkcs8Pem,
  privatePem,
  publicDer,
  publicPem,
  readPrivateKey,
  signingKey,
} from "./keys.ts";
import {
  CERT_REQUEST_KINDS,
  LOCALLY_SIGNED_KINDS,
  PRIVATE_KEY_KINDS,
  RULE_DEFAULTS,
  ruleProblems,
  SELF_SIGNED_KINDS,
} from "./tlsInputs.ts";
import { type Properties, secret } from "../model/engineValues.ts";

/** A resource type: what it takes, what is put in for what is absent, and how it is made. */
export interface TlsType {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly required: readonly string[];
  readonly defaults: Properties;
  /** The input that is secret in the state, however it was given. */
  readonly secret?: string;
  /** What is wrong with inputs that are all known, and each of its kind. */
  readonly problems: (inputs: Properties) => Failure[] | Promise<Failure[]>;
  readonly make: (inputs: Properties, now: Date) => Promise<{ id: string; outputs: Properties }>;
}

type Names = AlternativeNames & { readonly subject?: Subject };

/** Unwraps what the check has let pass. */
function checked<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("made without a check of the inputs");
  return value;
}

const sha1 = (data: string | Buffer): string => createHash("sha1").update(data).digest("hex");

const privateKey: TlsType = {
  kinds: PRIVATE_KEY_KINDS,
  required: ["algorithm"],
  defaults: { rsaBits: 2_048, ecdsaCurve: "P224" },
  problems: ({ algorithm, ecdsaCurve }) => {
    if (algorithm !== "ECDSA" || ecdsaCurve !== "P224") return [];
    const reason = `P224, the official plugin's default, is not supported by this stand-in; supported: ${CURVE_NAMES.join(", ")}`;
    return [{ property: "ecdsaCurve", reason }];
  },
  make: async ({ algorithm, rsaBits, ecdsaCurve }) => {
    const made = await makeKey(algorithm as Algorithm, rsaBits as number, ecdsaCurve as Curve);
    const key = checked(signingKey(made));
    return {
      id: sha1(publicDer(key)),
      outputs: {
        privateKeyPem: secret(privatePem(key)),
        privateKeyPemPkcs8: secret(pkcs8Pem(key)),
        publicKeyPem: publicPem(key),
      },
    };
  },
};

const certRequest: TlsType = {
  kinds: CERT_REQUEST_KINDS,
  required: ["privateKeyPem"],
  defaults: {},
  secret: "privateKeyPem",
  problems: () => [],
  make: async (inputs) => {
    const key = checked(readPrivateKey(inputs.privateKeyPem as string));
    const { subject = {}, ...names } = inputs as Names;
    const certRequestPem = await makeRequest(key, subject, names);
    return { id: sha1(certRequestPem), outputs: { certRequestPem, keyAlgorithm: key.algorithm } };
  },
};

const selfSignedCert: TlsType = {
  kinds: SELF_SIGNED_KINDS,
  required: ["privateKeyPem", "allowedUses", "validityPeriodHours"],
  defaults: { ...RULE_DEFAULTS, setAuthorityKeyId: false },
  secret: "privateKeyPem",
  problems: (inputs) => {
    const failures = ruleProblems(inputs, Object.keys((inputs as Names).subject ?? {}).length === 0);
    if (inputs.setAuthorityKeyId === true && inputs.setSubjectKeyId !== true && inputs.isCaCertificate !== true) {
      const reason = "there is no key identifier to point to: set setSubjectKeyId or isCaCertificate, too";
      failures.push({ property: "setAuthorityKeyId", reason });
    }
    return failures;
  },
  make: async (inputs, now) => {
    const key = checked(readPrivateKey(inputs.privateKeyPem as string));
    const { subject = {}, ...names } = inputs as Names;
    const rules = inputs as unknown as CertificateRules & { setAuthorityKeyId: boolean };
    const { serialNumber, ...outputs } = await selfSign(key, subject, names, rules, now);
    return { id: serialNumber, outputs: { ...outputs, keyAlgorithm: key.algorithm, readyForRenewal: false } };
  },
};

const locallySignedCert: TlsType = {
  kinds: LOCALLY_SIGNED_KINDS,
  required: ["certRequestPem", "caPrivateKeyPem", "caCertPem", "allowedUses", "validityPeriodHours"],
  defaults: RULE_DEFAULTS,
  secret: "caPrivateKeyPem",
  problems: async (inputs) => {
    const { certRequestPem, caPrivateKeyPem, caCertPem } = inputs as Record<string, string>;
    const request = checked(readRequest(checked(certRequestPem)));
    const authority = checked(readCertificate(checked(caCertPem)));
    const failures = ruleProblems(inputs, isWithoutSubject(request));
    const fail = (property: string, reason: string): number => failures.push({ property, reason });
    if (!(await isGenuine(request))) fail("certRequestPem", "is not signed with the key that it is for");
    if (!authority.ca) fail("caCertPem", "is not the certificate of an authority: make it with isCaCertificate");
    if (!authority.checkPrivateKey(checked(readPrivateKey(checked(caPrivateKeyPem))).key)) {
      fail("caPrivateKeyPem", "is not the private key of caCertPem");
    }
    return failures;
  },
  make: async (inputs, now) => {
    const key = checked(readPrivateKey(inputs.caPrivateKeyPem as string));
    const { serialNumber, ...outputs } = await signRequest(
      checked(readRequest(inputs.certRequestPem as string)),
      { key, certificate: checked(readCertificate(inputs.caCertPem as string)) },
      inputs as unknown as CertificateRules,
      now,
    );
    return { id: serialNumber, outputs: { ...outputs, caKeyAlgorithm: key.algorithm, readyForRenewal: false } };
  },
};

/** The resource types that the plugin serves, by token. */
export const TLS_TYPES: Readonly<Record<string, TlsType>> = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
  "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
};
