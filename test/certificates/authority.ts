/** Authorities that are not the program's, and certificates of theirs. */
import type { ClientTls } from "../../model/reach.ts";
import { readRequest } from "../../standins/certificateReading.ts";
import { makeRequest, selfSign, signRequest } from "../../standins/certificateMaking.ts";
import { makeKey, pkcs8Pem, type SigningKey, signingKey } from "../../standins/keys.ts";
import { X509Certificate } from "node:crypto";

const RULES = {
  validityPeriodHours: 24,
  isCaCertificate: false,
  maxPathLength: -1,
  setSubjectKeyId: false,
  setAuthorityKeyId: false,
};

const SIGNS_OTHERS = { ...RULES, isCaCertificate: true, allowedUses: ["cert_signing"] };

/** What differs from a certificate for a day from now on. */
export interface Terms {
  /** When it begins. @default now */
  readonly from?: Date;
  /** What the certificate may be used for. @default both ends of a connection */
  readonly uses?: readonly string[];
}

async function newKey(): Promise<SigningKey> {
  const key = signingKey(await makeKey("ECDSA", 0, "P256"));
  if (!key) throw new Error("a new key can't sign");
  return key;
}

/** An authority that the tests have made. */
export interface Authority {
  /** Its certificate, PEM. */
  readonly authorities: string;
  /**
   * Makes a key and signs its certificate.
   *
   * @param commonName the whole subject of the certificate
   * @param address IPv4 address that it is for
   */
  readonly issue: (commonName: string, address: string, terms?: Terms) => Promise<Required<ClientTls>>;
  /** Makes another authority, which this one has signed. */
  readonly subordinate: (name: string) => Promise<Authority>;
}

/** Makes an authority that has signed itself. */
export async function newAuthority(name: string, { from = new Date() }: Pick<Terms, "from"> = {}): Promise<Authority> {
  const key = await newKey();
  const { certPem } = await selfSign(key, { commonName: name }, {}, SIGNS_OTHERS, from);
  return authorityOf(key, certPem, from);
}

function authorityOf(authorityKey: SigningKey, authorities: string, from: Date): Authority {
  const issuer = { key: authorityKey, certificate: new X509Certificate(authorities) };
  const sign = async (
    key: SigningKey,
    commonName: string,
    addresses: string[],
    rules: typeof SIGNS_OTHERS,
    begin: Date,
  ) => {
    const request = readRequest(await makeRequest(key, { commonName }, { ipAddresses: addresses }));
    if (!request) throw new Error("a new request can't be read");
    return (await signRequest(request, issuer, rules, begin)).certPem;
  };
  return {
    authorities,
    issue: async (commonName, address, { from: begin = from, uses = ["server_auth", "client_auth"] } = {}) => {
      const key = await newKey();
      const rules = { ...RULES, allowedUses: ["digital_signature", ...uses] };
      return { authorities, certificate: await sign(key, commonName, [address], rules, begin), key: pkcs8Pem(key) };
    },
    subordinate: async (name) => {
      const key = await newKey();
      return authorityOf(key, await sign(key, name, [], SIGNS_OTHERS, from), from);
    },
  };
}

/** Makes an authority and a certificate that it has signed. */
export async function makeAuthority(
  name: string,
  commonName: string,
  address: string,
  terms: Terms = {},
): Promise<Required<ClientTls>> {
  return (await newAuthority(name, terms)).issue(commonName, address, terms);
}
