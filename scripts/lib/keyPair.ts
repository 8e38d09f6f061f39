import ssh2 from "ssh2";

/** An SSH key pair. */
export interface KeyPair {
  /** OpenSSH private key without a passphrase; a secret. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment` */
  readonly publicKey: string;
}

/** Makes an ed25519 key pair that can be read back: of 256 pairs ssh2 writes one that can't (mscdex/ssh2 issue 1513). */
export function makeKeyPair(comment = ""): KeyPair {
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync("ed25519", { comment });
    const halves = [ssh2.utils.parseKey(made.private), ssh2.utils.parseKey(made.public)];
    if (!halves.some((half) => half instanceof Error)) return { privateKey: made.private, publicKey: made.public };
  }
}

/** The authorized_keys line of an OpenSSH private key; undefined when it is none, or has a passphrase. */
export function publicKeyOf(privateKey: string): string | undefined {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey()) return undefined;
  return `${key.type} ${key.getPublicSSH().toString("base64")} kafka-cluster`;
}
