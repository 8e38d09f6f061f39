import { CERTIFICATES } from "./securityTable.ts";
import type { SettingsReader } from "./settingsReader.ts";
import type { SettingsTable } from "./settingsTable.ts";

/** Where the certificates of members and deployer come from. */
export type CertificateSettings = MadeCertificates | GivenCertificates;

/** The program makes them. */
export interface MadeCertificates {
  readonly kind: "made";
  /** Names of the authorities that everybody trusts; the first one signs. */
  readonly authorities: readonly string[];
  /** How long a certificate is valid, in days. */
  readonly validityDays: number;
  /** How long before its end the next update renews it, in days. */
  readonly renewBeforeDays: number;
  /** Another number makes all keys and certificates anew, but for those of the authorities. */
  readonly generation: number;
}

/** They are the user's own, PEM files of which {@link pemFiles} says what they hold. */
export interface GivenCertificates {
  readonly kind: "given";
  /** Path of their folder, from the program's. */
  readonly folder: string;
  /** How long before its end a warning is given, in days. */
  readonly renewBeforeDays: number;
}

/** What is told of certificates that the program makes alone. */
const MADE_KEYS = ["authorities", "validityDays", "generation"] as const;

/** Reads the setting `certificates`. */
export function readCertificates(top: SettingsReader<SettingsTable>): CertificateSettings {
  const reader = top.object("certificates");
  const folder = reader.text("folder");
  if (folder !== "") {
    for (const key of MADE_KEYS)
      reader.refuse(key, "nothing: the certificates in certificates.folder are the user's own");
    return { kind: "given", folder, renewBeforeDays: reader.integer("renewBeforeDays") };
  }
  const authorities = reader.list("authorities");
  if (authorities.length > 3) reader.report("authorities", "at most 3: the one that signs and those that come or go");
  const validityDays = reader.integer("validityDays");
  const { renewBeforeDays, authorities: names } = CERTIFICATES.keys;
  return {
    kind: "made",
    authorities: authorities.length === 0 ? names.default : authorities,
    validityDays,
    renewBeforeDays: reader.integer("renewBeforeDays", {
      max: validityDays - 1,
      fallback: Math.min(renewBeforeDays.default, validityDays - 1),
    }),
    generation: reader.integer("generation"),
  };
}
