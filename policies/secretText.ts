import { constants, gunzipSync } from "node:zlib";

/** What a secret looks like; the first group is what a message may show of it. */
const SECRETS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a private key", /(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)/],
  ["an AWS access key", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["an AWS secret key", /\b(aws_secret_access_key["']?\s*[=:])\s*["']?[\w/+]/i],
  ["a JAAS user", /(\w+LoginModule\s+\w+[^;]*\buser_\w+\s*=)/],
  // Kafka's ${file:…} and ${env:…} only say where a password is.
  // Quotes of JSON within JSON are escaped.
  ["a password", /\b([\w.-]*(?:password|(?:plain_text|hashed)_passwd)\\*["']?\s*[=:])\s*\\*["']?(?!\$\{)[^\s"'\\]/i],
];

/** Base64 on one line or on several, as in YAML and MIME; below 24 characters it could be any word of a text. */
const BASE64 = /[A-Za-z0-9+/]{24,}(?:\s+[A-Za-z0-9+/]{4,})*={0,2}/g;
const ALL_BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
/** A part in a file in user data that is packed itself: more layers don't occur. */
const MOST_LAYERS = 4;
const MOST_BYTES = 16 * 1024 * 1024;

/** What a piece of base64 holds, unzipped if it is that. */
function decode(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString();
  try {
    // What follows the packed part may have been taken for base64, too.
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_BYTES }).toString();
  } catch {
    return "";
  }
}

/**
 * Finds secrets in a text and in what is packed in it as base64 or gzip.
 *
 * @returns what each is and what may be shown of it: `a password ("ssl.key.password=")`
 */
export function secretsIn(text: string, layers = MOST_LAYERS): readonly string[] {
  const here = SECRETS.flatMap(([what, pattern]) => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? [] : [`${what} (${JSON.stringify(found)})`];
  });
  if (layers === 0) return here;
  const pieces = ALL_BASE64.test(text) ? [text] : (text.match(BASE64) ?? []);
  return [...new Set([...here, ...pieces.flatMap((piece) => secretsIn(decode(piece), layers - 1))])];
}
