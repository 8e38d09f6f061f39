import ssh2 from "ssh2";

/** The authorized_keys line of an OpenSSH private key; undefined when it is none, or has a passphrase. */
export function publicKeyOf(privateKey: string): string | undefined {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey()) return undefined;
  return `${key.type} ${key.getPublicSSH().toString("base64")} kafka-cluster`;
}
