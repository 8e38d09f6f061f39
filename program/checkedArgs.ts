import * as pulumi from "@pulumi/pulumi";
import type { OwnKey } from "../components/deployerKey.ts";
import { formatProblems, SettingsError } from "../model/kafka/problem.ts";
import type { KafkaArgs } from "../model/settings/kafkaArgs.ts";
import { SETTINGS } from "../model/settings/settingsTable.ts";
import { checkSettings, DEPLOYER_KEY, type Settings } from "../model/settings/settings.ts";

/**
 * Checks a cluster's arguments, but for the deployer's key.
 *
 * @throws pulumi.RunError, which Pulumi shows without a stack, with every problem of them
 */
export function checkedSettings(args: KafkaArgs): Settings {
  const { [DEPLOYER_KEY]: _, ...others } = args;
  try {
    return checkSettings(others);
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/**
 * The user's own key pair for the deployer; undefined where none is given.
 *
 * @throws pulumi.RunError when it is no private key without a passphrase; the key is not shown
 */
export async function ownKey({ deployerPrivateKey: privateKey = "" }: KafkaArgs): Promise<OwnKey | undefined> {
  if (privateKey === "") return undefined;
  const { publicKeyOf } = await import("../scripts/lib/keyPair.ts");
  const publicKey = publicKeyOf(privateKey);
  if (publicKey !== undefined) return { privateKey: pulumi.secret(privateKey), publicKey };
  throw refusedKey(SETTINGS.deployerPrivateKey.allowed);
}

/** The error for a key that can't be used. */
export function refusedKey(allowed: string): pulumi.RunError {
  return new pulumi.RunError(formatProblems([{ key: DEPLOYER_KEY, value: "[hidden]", allowed }]));
}
