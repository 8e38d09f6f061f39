import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, webcrypto } from "node:crypto";
import { promisify } from "node:util";

/** Algorithms of key pairs, by their names in the official plugin. */
export const ALGORITHMS = ["RSA", "ECDSA", "ED25519"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/**
 * Elliptic curves by their names in the official plugin, with OpenSSL's names and the hash that its certificates are
 * signed with. It also has P224, which WebCrypto and TLS 1.3 don't know.
 */
const CURVES = {
  P256: { openSsl: "prime256v1", webCrypto: "P-256", hash: "SHA-256" },
  P384: { openSsl: "secp384r1", webCrypto: "P-384", hash: "SHA-384" },
  P521: { openSsl: "secp521r1", webCrypto: "P-521", hash: "SHA-512" },
} as const;
export type Curve = keyof typeof CURVES;
export const CURVE_NAMES = Object.keys(CURVES) as Curve[];

/** A private key that certificates and requests can be signed with. */
export interface SigningKey {
  readonly key: KeyObject;
  readonly algorithm: Algorithm;
  /** What WebCrypto imports it as, and signs with. */
  readonly webCrypto: { readonly name: string; readonly hash?: string; readonly namedCurve?: string };
}

const generate = promisify(generateKeyPair);

/**
 * Makes a key pair from the system's cryptographic random numbers.
 *
 * @param bits length of an RSA key
 * @param curve curve of an ECDSA key
 */
export async function makeKey(algorithm: Algorithm, bits: number, curve: Curve): Promise<KeyObject> {
  switch (algorithm) {
    case "RSA":
      return (await generate("rsa", { modulusLength: bits })).privateKey;
    case "ECDSA":
      return (await generate("ec", { namedCurve: CURVES[curve].openSsl })).privateKey;
    case "ED25519":
      return (await generate("ed25519")).privateKey;
    default:
      return algorithm satisfies never;
  }
}

/** The key in PEM of its algorithm's own format: PKCS#1 for RSA, SEC1 for ECDSA, PKCS#8 for Ed25519. */
export function privatePem({ key, algorithm }: SigningKey): string {
  const types = { RSA: "pkcs1", ECDSA: "sec1", ED25519: "pkcs8" } as const;
  return key.export({ type: types[algorithm], format: "pem" }).toString();
}

/** The key in PEM of PKCS#8, which is the same for all algorithms. */
export function pkcs8Pem({ key }: SigningKey): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The public key in PEM (SubjectPublicKeyInfo). */
export function publicPem({ key }: SigningKey): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

/** The public key in DER (SubjectPublicKeyInfo). */
export function publicDer({ key }: SigningKey): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

/** Reads a private key from PEM: PKCS#1, SEC1 or PKCS#8, not encrypted. Nothing if it is none, or of another algorithm. */
export function readPrivateKey(pem: string): SigningKey | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return undefined;
  }
  return signingKey(key);
}

/** What a private key signs with, or nothing for an algorithm or a curve that the plugin doesn't have. */
export function signingKey(key: KeyObject): SigningKey | undefined {
  const type = key.asymmetricKeyType;
  if (type === "rsa") return { key, algorithm: "RSA", webCrypto: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } };
  if (type === "ed25519") return { key, algorithm: "ED25519", webCrypto: { name: "Ed25519" } };
  const name = key.asymmetricKeyDetails?.namedCurve;
  const curve = Object.values(CURVES).find(({ openSsl }) => type === "ec" && openSsl === name);
  if (!curve) return undefined;
  return { key, algorithm: "ECDSA", webCrypto: { name: "ECDSA", namedCurve: curve.webCrypto, hash: curve.hash } };
}

/** The key pair as WebCrypto wants it. */
export async function webCryptoKeys(signing: SigningKey): Promise<Required<webcrypto.CryptoKeyPair>> {
  const { subtle } = webcrypto;
  const pkcs8 = signing.key.export({ type: "pkcs8", format: "der" });
  return {
    privateKey: await subtle.importKey("pkcs8", pkcs8, signing.webCrypto, false, ["sign"]),
    // A request carries the public key, so it has to be extractable.
    publicKey: await subtle.importKey("spki", publicDer(signing), signing.webCrypto, true, ["verify"]),
  };
}
