import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Hash of what files hold, one after the other, in lower-case hexadecimal. */
export async function fileHash(algorithm: "sha256" | "sha512", ...files: readonly string[]): Promise<string> {
  const hash = createHash(algorithm);
  for (const file of files) {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  }
  return hash.digest("hex");
}
