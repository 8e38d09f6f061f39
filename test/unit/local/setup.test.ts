import assert from "node:assert/strict";
import { appendFile, cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { UserError } from "../../../scripts/lib/report.ts";
import { renderSources } from "../../../scripts/setup/debianSources.ts";
import { hostPackages, hypervisor } from "../../../scripts/setup/hostPackages.ts";
import { imageKey, recipeDirectory, renderMetadata } from "../../../scripts/setup/imageRecipe.ts";

test("the image's metadata has cloud-init's seed rendered once, when a machine is made", () => {
  assert.deepEqual(parse(renderMetadata("aarch64")), {
    architecture: "aarch64",
    creation_date: 1,
    properties: { description: "Debian 12 with cloud-init and Java 17", os: "debian", release: "bookworm" },
    templates: {
      "/etc/hostname": { when: ["create"], template: "hostname.tpl" },
      "/var/lib/cloud/seed/nocloud-net/meta-data": { when: ["create"], template: "meta-data.tpl" },
      "/var/lib/cloud/seed/nocloud-net/user-data": {
        when: ["create"],
        template: "user-data.tpl",
        properties: { default: "#cloud-config\n{}\n" },
      },
      "/var/lib/cloud/seed/nocloud-net/vendor-data": { when: ["create"], template: "vendor-data.tpl" },
    },
  });
});

test("the image's key is a function of its recipe", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kafka-cluster-"));
  try {
    await cp(recipeDirectory(), folder, { recursive: true });
    assert.match(imageKey(), /^[0-9a-f]{16}$/);
    assert.equal(imageKey(folder), imageKey(), "the place of the files is no part of it");
    await appendFile(join(folder, "customize.sh"), "# Another line.\n");
    const changed = imageKey(folder);
    assert.notEqual(changed, imageKey());
    await rename(join(folder, "customize.sh"), join(folder, "other.sh"));
    assert.notEqual(imageKey(folder), changed);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the image's packages come from where this computer's Debian packages come from, for the image's release", () => {
  const targets = [
    "Debian|Debian|https://mirror.example/debian|trixie|main",
    "Debian|Debian|https://mirror.example/debian|trixie|main",
    "Debian|Debian|https://mirror.example/debian|trixie|contrib",
    "Debian|Debian|https://mirror.example/debian|trixie-updates|main",
    "Debian|Debian-Security|https://mirror.example/security|trixie-security|main",
    "Debian|Debian|https://mirror.example/debian|sid|main",
    "Vendor|Vendor|https://vendor.example/apt|trixie|main",
    "",
  ].join("\n");
  assert.equal(
    renderSources(targets, "trixie"),
    [
      "deb https://mirror.example/debian bookworm main",
      "deb https://mirror.example/debian bookworm-updates main",
      "deb https://mirror.example/security bookworm-security main",
    ].join("\n"),
  );
  assert.equal(renderSources("Ubuntu|Ubuntu|https://mirror.example/ubuntu|noble|main", "noble"), "");
});

test("Debian 12 gets LXD, newer systems get Incus, others an error that says what to install", () => {
  const release = (id: string, version: string): string =>
    `PRETTY_NAME="${id} ${version}"\nID=${id}\nVERSION_ID="${version}"\n`;
  assert.equal(hypervisor(release("debian", "12")), "lxd");
  assert.equal(hypervisor(release("debian", "13")), "incus");
  assert.equal(hypervisor(release("ubuntu", "24.04")), "incus");
  assert.throws(
    () => hypervisor(release("fedora", "41")),
    (error: unknown) => error instanceof UserError && error.message.startsWith("this system is fedora 41;"),
  );
});

test("no second hypervisor is installed where one answers", () => {
  const debian = 'ID=debian\nVERSION_ID="12"\n';
  assert.deepEqual(hostPackages({ daemon: false, image: false }, debian).slice(0, 2), ["lxd", "lxd-client"]);
  assert.equal(hostPackages({ daemon: true, image: false }, debian).includes("lxd"), false);
});
