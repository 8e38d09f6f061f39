import { access } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../lib/report.ts";

/** Programs that build the machine image. */
const IMAGE_TOOLS = ["mmdebstrap", "mksquashfs"];

/** Programs that LXD and Incus start. */
const DAEMON_TOOLS = ["dnsmasq", "iptables", "unsquashfs"];

/** Packages beside the hypervisor; the keyring lets Ubuntu verify Debian's packages. */
const COMMON_PACKAGES = [
  "dnsmasq-base",
  "iptables",
  "nftables",
  "iproute2",
  "uidmap",
  "mmdebstrap",
  "squashfs-tools",
  "debian-archive-keyring",
];

/**
 * The programs that are not there of those that are still needed.
 *
 * @param present whether a daemon answers already (a snap brings its own tools) and whether the image is built
 */
export async function missingTools(present: { daemon: boolean; image: boolean }): Promise<string[]> {
  const needed = [...(present.image ? [] : IMAGE_TOOLS), ...(present.daemon ? [] : DAEMON_TOOLS)];
  const found = await Promise.all(needed.map(hasProgram));
  const missing = needed.filter((_, index) => !found[index]);
  if (present.daemon) return missing;
  const daemons = await Promise.all(["lxd", "incus"].map(hasProgram));
  return daemons.includes(true) ? missing : [...missing, "lxd or incus"];
}

/**
 * The packages to install.
 *
 * @param osRelease content of /etc/os-release
 * @throws UserError on a system whose packages are not known
 */
export function hypervisorPackages(osRelease: string): string[] {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  const id = field("ID");
  const version = Number.parseFloat(field("VERSION_ID"));
  if (id === "debian" && version === 12) return ["lxd", "lxd-client", ...COMMON_PACKAGES];
  if ((id === "debian" && version >= 13) || (id === "ubuntu" && version >= 24.04)) return ["incus", ...COMMON_PACKAGES];
  throw new UserError(
    `this system is ${field("PRETTY_NAME") || "unknown"}; the set-up knows the packages of Debian 12 and 13 and of ` +
      `Ubuntu 24.04. Install and start LXD or Incus yourself, with ${COMMON_PACKAGES.join(", ")}, and run it again.`,
  );
}

async function hasProgram(name: string): Promise<boolean> {
  // Not every user's search path has the folders of the system's own programs.
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
