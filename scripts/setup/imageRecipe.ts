import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** Release of Debian that the image holds. */
export const SUITE = "bookworm";

/**
 * What the image holds besides a minimal Debian: what every Debian cloud image has, and what the install script would
 * otherwise have to install, since local machines reach no package registry.
 */
export const PACKAGES: readonly string[] = [
  "systemd-sysv",
  "dbus",
  // Without it an unprivileged container never takes an address.
  "udev",
  "cloud-init",
  "openssh-server",
  "iproute2",
  "sudo",
  "curl",
  "ca-certificates",
  "procps",
  "openjdk-17-jre-headless",
  // For a data volume that is a block device.
  "xfsprogs",
];

/** What people read and machines don't. (The folders of man stay: Java's installation links into them.) */
export const EXCLUDED_PATHS: readonly string[] = [
  "/usr/share/doc/*",
  "/usr/share/info/*",
  "/usr/share/man/*/*",
  "/usr/share/locale/*",
  "/usr/share/i18n/*",
];

/** The image's own files: what is copied into it, and cloud-init's seed as templates that the daemon fills in. */
export function recipeDirectory(...segments: string[]): string {
  return join(process.cwd(), "scripts", "setup", "image", ...segments);
}

/** This computer's architecture as the daemon names it. */
export function machineArchitecture(): string {
  return process.arch === "arm64" ? "aarch64" : "x86_64";
}

/**
 * The image's `metadata.yaml`: each file of cloud-init's NoCloud seed is rendered when a machine is made, and never
 * again.
 */
export function renderMetadata(architecture: string): string {
  const seed = (name: string, properties?: Record<string, string>): object => ({
    when: ["create"],
    template: `${name}.tpl`,
    ...(properties ? { properties } : {}),
  });
  return stringify({
    architecture,
    // The daemon demands a date other than 0; a fixed one keeps the fingerprint a function of the content.
    creation_date: 1,
    properties: { description: "Debian 12 with cloud-init and Java 17", os: "debian", release: SUITE },
    templates: {
      "/etc/hostname": seed("hostname"),
      "/var/lib/cloud/seed/nocloud-net/meta-data": seed("meta-data"),
      "/var/lib/cloud/seed/nocloud-net/user-data": seed("user-data", { default: "#cloud-config\n{}\n" }),
      "/var/lib/cloud/seed/nocloud-net/vendor-data": seed("vendor-data"),
    },
  });
}

/**
 * Hash of all that decides the image's content, 16 hexadecimal digits: the image is built anew when it changes.
 *
 * @param folder the image's own files
 */
export function imageKey(folder = recipeDirectory()): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  const recipe = [SUITE, PACKAGES, EXCLUDED_PATHS, renderMetadata(machineArchitecture()), files];
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
}
