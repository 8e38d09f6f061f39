/** An authority that nobody trusts, and a certificate of its own. */
import type { ClientTls } from "../../components/reach.ts";
import { readRequest } from "../../scripts/plugins/certificateReading.ts";
import { makeRequest, selfSign, signRequest } from "../../scripts/plugins/certificates.ts";
import { makeKey, pkcs8Pem, type SigningKey, signingKey } from "../../scripts/plugins/keys.ts";
import { X509Certificate } from "node:crypto";

const RULES = {
  validityPeriodHours: 24,
  isCaCertificate: false,
  maxPathLength: -1,
  setSubjectKeyId: false,
  setAuthorityKeyId: false,
};

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

/**
 * Makes an authority and a certificate that it has signed.
 *
 * @param commonName the whole subject of the certificate
 * @param address IPv4 address that it is for
 */
export async function makeAuthority(
  name: string,
  commonName: string,
  address: string,
  { from = new Date(), uses = ["server_auth", "client_auth"] }: Terms = {},
): Promise<Required<ClientTls>> {
  const [authorityKey, key] = await Promise.all([newKey(), newKey()]);
  const authority = await selfSign(
    authorityKey,
    { commonName: name },
    {},
    { ...RULES, isCaCertificate: true, allowedUses: ["cert_signing"] },
    from,
  );
  const request = readRequest(await makeRequest(key, { commonName }, { ipAddresses: [address] }));
  if (!request) throw new Error("a new request can't be read");
  const { certPem } = await signRequest(
    request,
    { key: authorityKey, certificate: new X509Certificate(authority.certPem) },
    { ...RULES, allowedUses: ["digital_signature", ...uses] },
    from,
  );
  return { authorities: authority.certPem, certificate: certPem, key: pkcs8Pem(key) };
}
