// The library below asks for it at its own start.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import ipaddr from "ipaddr.js";

/** The subject of a certificate. Every part is optional. */
export interface Subject {
  readonly country?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly locality?: string;
  readonly province?: string;
  readonly streetAddresses?: string[];
  readonly postalCode?: string;
  readonly commonName?: string;
  readonly serialNumber?: string;
  readonly emailAddress?: string;
}

/** What else a certificate is valid for, beside its subject. */
export interface AlternativeNames {
  readonly dnsNames?: string[];
  readonly ipAddresses?: string[];
  readonly uris?: string[];
}

/** Object identifiers of a subject's parts, in the order in which the official plugin writes them. */
const SUBJECT_PARTS: Readonly<Record<keyof Subject, string>> = {
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  locality: "2.5.4.7",
  province: "2.5.4.8",
  streetAddresses: "2.5.4.9",
  postalCode: "2.5.4.17",
  commonName: "2.5.4.3",
  serialNumber: "2.5.4.5",
  emailAddress: "1.2.840.113549.1.9.1",
};
export const SUBJECT_PART_NAMES = Object.keys(SUBJECT_PARTS) as (keyof Subject)[];

const KEY_USAGES: Readonly<Record<string, x509.KeyUsageFlags>> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  content_commitment: x509.KeyUsageFlags.nonRepudiation,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  data_encipherment: x509.KeyUsageFlags.dataEncipherment,
  key_agreement: x509.KeyUsageFlags.keyAgreement,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
  crl_signing: x509.KeyUsageFlags.cRLSign,
  encipher_only: x509.KeyUsageFlags.encipherOnly,
  decipher_only: x509.KeyUsageFlags.decipherOnly,
};

const EXTENDED_KEY_USAGES: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  ipsec_end_system: "1.3.6.1.5.5.7.3.5",
  ipsec_tunnel: "1.3.6.1.5.5.7.3.6",
  ipsec_user: "1.3.6.1.5.5.7.3.7",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
  microsoft_server_gated_crypto: "1.3.6.1.4.1.311.10.3.3",
  microsoft_commercial_code_signing: "1.3.6.1.4.1.311.2.1.22",
  microsoft_kernel_code_signing: "1.3.6.1.4.1.311.61.1.1",
  netscape_server_gated_crypto: "2.16.840.1.113730.4.1",
};

/** What `allowedUses` may hold. */
export const USES: readonly string[] = [...Object.keys(KEY_USAGES), ...Object.keys(EXTENDED_KEY_USAGES)].sort();

/** The distinguished name of a subject. */
export function distinguishedName(subject: Subject): x509.Name {
  return new x509.Name(
    SUBJECT_PART_NAMES.flatMap((part) => [subject[part] ?? []].flat().map((text) => [part, text] as const)).map(
      // With its type of string, a text is taken as it is. Without, the library looks for escapes in it.
      ([part, text]) => ({ [SUBJECT_PARTS[part]]: [{ [stringType(part, text)]: text }] }),
    ),
  );
}

function stringType(part: keyof Subject, text: string): "ia5String" | "printableString" | "utf8String" {
  if (part === "emailAddress") return "ia5String";
  return x509.Name.isPrintableString(text) ? "printableString" : "utf8String";
}

/** Whether a name has no part at all. */
export function isEmptyName(name: x509.Name): boolean {
  return name.toJSON().length === 0;
}

/** The extension with alternative names: critical if they are all that there is (RFC 5280, 4.2.1.6). None for none. */
export function alternativeNames(names: AlternativeNames, subject: x509.Name): x509.Extension[] {
  return alternativeNameExtension(
    [
      ...(names.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
      ...(names.ipAddresses ?? []).map((value) => ({
        type: "ip" as const,
        // One way to write it: an IPv4 address as such, also where it is mapped into IPv6.
        value: ipaddr.process(value).toNormalizedString(),
      })),
      ...(names.uris ?? []).map((value) => ({ type: "url" as const, value })),
    ],
    subject,
  );
}

/** The alternative names that a request asks for: DNS names, addresses and URIs, none of other types. */
export function requestedNames(request: x509.Pkcs10CertificateRequest): x509.Extension[] {
  const asked = request.extensions.find((extension) => extension instanceof x509.SubjectAlternativeNameExtension);
  const taken = (asked?.names.items ?? []).filter(({ type }) => ["dns", "ip", "url"].includes(type));
  return alternativeNameExtension(taken, request.subjectName);
}

function alternativeNameExtension(names: x509.JsonGeneralNames, subject: x509.Name): x509.Extension[] {
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names, isEmptyName(subject))];
}

/** The extensions for what a key may be used for: key usage is critical, extended key usage is not. */
export function usages(uses: readonly string[]): x509.Extension[] {
  const flags = uses.reduce((all, use) => all | (KEY_USAGES[use] ?? 0), 0);
  const extended = [...new Set(uses)].flatMap((use) => EXTENDED_KEY_USAGES[use] ?? []);
  return [
    ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ];
}
