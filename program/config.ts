import * as pulumi from "@pulumi/pulumi";
import type { OwnKey } from "../components/deployerKey.ts";
import { checkSettings, DEPLOYER_KEY, type Settings } from "../model/settings/settings.ts";
import { unknownSetting } from "../model/settings/settingsReader.ts";
import { SETTING_KEYS, SETTINGS } from "../model/settings/settingsTable.ts";
import { formatProblems, SettingsError } from "../model/kafka/problem.ts";

/**
 * Reads the stack's settings. This file is the only place that reads its configuration.
 *
 * @throws pulumi.RunError, which Pulumi shows without a stack, with every problem of the settings
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  refuseSecrets(namespace);
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]): [string, unknown] => [key.slice(namespace.length), parse(value)])
    .filter(([key]) => key !== DEPLOYER_KEY);
  try {
    return checkSettings(Object.fromEntries(raw));
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/**
 * Reads the user's own key pair for the deployer, if there is one.
 *
 * @throws pulumi.RunError when it is no private key without a passphrase, or not a secret
 */
export async function readDeployerKey(): Promise<OwnKey | undefined> {
  const key = `${pulumi.getProject()}:${DEPLOYER_KEY}`;
  const privateKey = pulumi.runtime.allConfig()[key] ?? "";
  if (privateKey === "") return undefined;
  const refuse = (allowed: string): never => {
    throw new pulumi.RunError(formatProblems([{ key: DEPLOYER_KEY, value: "[hidden]", allowed }]));
  };
  if (!secretKeys().includes(key)) {
    refuse(
      `a secret: npm run pulumi -- config set --secret ${key} < FILE (with plain Pulumi, pulumi config set …); ` +
        "and make a new key pair, since this one lay open",
    );
  }
  const { publicKeyOf } = await import("../scripts/lib/keyPair.ts");
  const publicKey = publicKeyOf(privateKey) ?? refuse(SETTINGS[DEPLOYER_KEY].allowed);
  return { privateKey: pulumi.secret(privateKey), publicKey };
}

/** The language host's list of the keys whose values it has decrypted. */
function secretKeys(): string[] {
  return JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
}

/** A setting stands in user data and, as plain text, in the state: what is secret must not get there by mistake. */
function refuseSecrets(namespace: string): void {
  const problems = secretKeys()
    .filter((key) => key.startsWith(namespace))
    .map((key) => key.slice(namespace.length))
    .filter((key) => key !== DEPLOYER_KEY)
    .map((key) => ({
      key,
      value: "[secret]",
      allowed: SETTING_KEYS.includes(key) ? "a plain value, no secret" : unknownSetting("", key, SETTING_KEYS),
    }));
  if (problems.length > 0) throw new pulumi.RunError(formatProblems(problems));
}

/** Pulumi hands maps and lists over as JSON, scalars as they stand. */
function parse(value: string): unknown {
  if (!/^\s*[{[]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
