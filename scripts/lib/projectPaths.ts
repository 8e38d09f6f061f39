import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * The folder of everything that can be made again and is shared by all clones: tools, image, distributions.
 * `$XDG_CACHE_HOME/kafka-cluster`, else `~/.cache/kafka-cluster`.
 */
export function cacheDirectory(...segments: string[]): string {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(base, "kafka-cluster", ...segments);
}

/**
 * The ignored folder of this clone: Pulumi's home, the dev stack's state and passphrase.
 * `$KAFKA_CLUSTER_HOME`, else `.kafka-cluster`; tests run with one of their own.
 */
export function projectDirectory(...segments: string[]): string {
  return resolve(process.env.KAFKA_CLUSTER_HOME ?? ".kafka-cluster", ...segments);
}
