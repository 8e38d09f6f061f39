import { exec } from "../lib/exec.ts";
import { SUITE } from "./imageRecipe.ts";

/** Fields of apt's index targets that are read, in this order. */
const FORMAT = "$(ORIGIN)|$(LABEL)|$(SITE)|$(RELEASE)|$(COMPONENT)";

/**
 * The apt sources of the image, from where this computer gets Debian's own packages: one line each, for the image's
 * release. Nothing when this computer is no Debian.
 *
 * @param targets lines of `apt-get indextargets --format` in {@link FORMAT}
 * @param release this computer's own release, for example `trixie`
 */
export function renderSources(targets: string, release: string): string {
  const lines = targets
    .split("\n")
    .map((line) => line.split("|"))
    .filter(([origin, label = "", , , component]) => {
      return origin === "Debian" && /^Debian(-Security)?$/.test(label) && component === "main";
    })
    .filter(([, , , suite = ""]) => [release, `${release}-updates`, `${release}-security`].includes(suite))
    .map(([, , site = "", suite = ""]) => `deb ${site} ${suite.replace(release, SUITE)} main`);
  return [...new Set(lines)].join("\n");
}

/**
 * The apt sources for the image, so that a mirror that the operator has chosen serves it too.
 *
 * @returns `undefined` where apt has none to give: mmdebstrap then uses its own default
 */
export async function debianSources(): Promise<string | undefined> {
  const targets = await exec("apt-get", ["indextargets", "--format", FORMAT, "Created-By: Packages"]).catch(
    () => undefined,
  );
  const release = await exec("sh", ["-c", ". /etc/os-release && echo $VERSION_CODENAME"]);
  const sources = targets?.code === 0 ? renderSources(targets.stdout, release.stdout.trim()) : "";
  return sources === "" ? undefined : `${sources}\n`;
}
