import { createHash } from "node:crypto";

/** Longest name that Linux gives a network interface, in characters. */
const INTERFACE_NAME_LIMIT = 15;

/** Digits of the hash that keeps shortened names apart. */
const HASH_DIGITS = 4;

/** Name of the storage pool of a data volume: one of its own where it has a size, else the deployment's. */
export function volumePool(spec: {
  readonly space: string;
  readonly volume: string;
  readonly sizeGiB?: number;
}): string {
  return spec.sizeGiB === undefined ? spec.space : `${spec.space}-${spec.volume}`;
}

/**
 * Name of a stack's project, storage pool and bridge: `kc-` and the stack's name. A name that is too long for a bridge
 * or has other characters than a-z, 0-9 and `-` is shortened and ends in a hash of the whole.
 */
export function spaceName(stack: string): string {
  const plain = `kc-${stack}`;
  if (plain.length <= INTERFACE_NAME_LIMIT && /^[a-z0-9-]*[a-z0-9]$/.test(plain)) return plain;
  const hash = createHash("sha256").update(stack).digest("hex").slice(0, HASH_DIGITS);
  const slug = stack.toLowerCase().replace(/[^a-z0-9]+/g, "");
  return `kc-${slug.slice(0, INTERFACE_NAME_LIMIT - "kc--".length - HASH_DIGITS)}-${hash}`;
}
