import type { SettingsReader } from "./settingsReader.ts";

/** Where the certificates of members and deployer come from. */
export type CertificateSettings = MadeCertificates | GivenCertificates;

/** The program makes them. */
export interface MadeCertificates {
  readonly kind: "made";
  /** Names of the authorities that everybody trusts; the first one signs. @default authority-1 */
  readonly authorities: readonly string[];
  /** How long a certificate is valid, in days. @default 365 */
  readonly validityDays: number;
  /** How long before its end the next update renews it, in days. @default 30 */
  readonly renewBeforeDays: number;
  /** Another number makes all keys and certificates anew, but for those of the authorities. @default 1 */
  readonly generation: number;
}

/** They are the user's own, PEM files of which {@link pemFiles} says what they hold. */
export interface GivenCertificates {
  readonly kind: "given";
  /** Path of their folder, from the program's. */
  readonly folder: string;
  /** How long before its end a warning is given, in days. @default 30 */
  readonly renewBeforeDays: number;
}

/** How long an authority's own certificate is valid, in days: ten years, within which another one takes over. */
export const AUTHORITY_DAYS = 3650;

const MADE_KEYS = ["authorities", "validityDays", "generation"];
const AUTHORITY_NAME = /^[a-z][a-z\d-]{0,30}$/;

/** Reads the setting `certificates`. */
export function readCertificates(top: SettingsReader): CertificateSettings {
  const reader = top.object("certificates", [...MADE_KEYS, "renewBeforeDays", "folder"]);
  const folder = reader.checked("folder", "", () => undefined);
  if (folder !== "") {
    for (const key of MADE_KEYS)
      reader.refuse(key, "nothing: the certificates in certificates.folder are the user's own");
    return { kind: "given", folder, renewBeforeDays: reader.integer("renewBeforeDays", 1, AUTHORITY_DAYS, 30) };
  }
  const authorities = reader.list("authorities", "[authority-1]", (name) =>
    AUTHORITY_NAME.test(name) ? undefined : "a name of lower-case letters, digits and -, at most 31, a letter first",
  );
  if (authorities.length > 3) reader.report("authorities", "at most 3: the one that signs and those that come or go");
  const validityDays = reader.integer("validityDays", 2, 825, 365);
  return {
    kind: "made",
    authorities: authorities.length === 0 ? ["authority-1"] : authorities,
    validityDays,
    renewBeforeDays: reader.integer("renewBeforeDays", 1, validityDays - 1, Math.min(30, validityDays - 1)),
    generation: reader.integer("generation", 1, 1_000_000, 1),
  };
}
