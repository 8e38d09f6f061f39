import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The folder of everything that can be made again and is shared by all clones: tools, image, distributions.
 * `$XDG_CACHE_HOME/kafka-cluster`, else `~/.cache/kafka-cluster`.
 */
export function cacheDirectory(...segments: string[]): string {
  const base = process.env.XDG_CACHE_HOME ? process.env.XDG_CACHE_HOME : join(homedir(), ".cache");
  return join(base, "kafka-cluster", ...segments);
}

/** The ignored folder of this clone: Pulumi's home, the dev stack's state and passphrase, the bundled scripts. */
export function projectDirectory(...segments: string[]): string {
  return join(process.cwd(), ".kafka-cluster", ...segments);
}
