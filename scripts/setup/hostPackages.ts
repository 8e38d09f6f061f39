import { access } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../lib/report.ts";

/** Programs that build the machine image. */
const IMAGE_TOOLS = ["mmdebstrap", "mksquashfs"];

/** Programs that LXD and Incus start. */
const DAEMON_TOOLS = ["dnsmasq", "iptables", "unsquashfs", "mkfs.btrfs"];

/** Packages beside the hypervisor: btrfs is for data volumes with a size; the keyring lets Ubuntu verify Debian's packages. */
const COMMON_PACKAGES: string[] = [
  "dnsmasq-base",
  "iptables",
  "nftables",
  "iproute2",
  "uidmap",
  "mmdebstrap",
  "squashfs-tools",
  "btrfs-progs",
  "debian-archive-keyring",
];

/** What is there already: a daemon that answers (a snap brings its own tools), the built image. */
export interface Present {
  readonly daemon: boolean;
  readonly image: boolean;
}

/** Whether a program that is still needed is missing. */
export async function toolsAreMissing(present: Present, osRelease: string): Promise<boolean> {
  const needed = [
    ...(present.image ? [] : IMAGE_TOOLS),
    ...(present.daemon ? [] : [...DAEMON_TOOLS, hypervisor(osRelease)]),
  ];
  return (await Promise.all(needed.map(hasProgram))).includes(false);
}

/**
 * The packages to install; none of a hypervisor where a daemon answers already. (The package `incus` itself would bring
 * QEMU for virtual machines.)
 */
export function hostPackages(present: Present, osRelease: string): string[] {
  if (present.daemon) return COMMON_PACKAGES;
  return [...(hypervisor(osRelease) === "lxd" ? ["lxd", "lxd-client"] : ["incus-base"]), ...COMMON_PACKAGES];
}

/**
 * The hypervisor that a system's own packages hold; also the name of its service.
 *
 * @param osRelease content of /etc/os-release
 * @throws UserError on a system whose packages are not known
 */
export function hypervisor(osRelease: string): "lxd" | "incus" {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)`, "m").exec(osRelease)?.[1] ?? "";
  const id = field("ID");
  const version = Number.parseFloat(field("VERSION_ID"));
  if (id === "debian" && version === 12) return "lxd";
  if ((id === "debian" && version >= 13) || (id === "ubuntu" && version >= 24.04)) return "incus";
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
