import * as pulumi from "@pulumi/pulumi";
import type { KafkaArgs } from "../model/settings/kafkaArgs.ts";
import { DEPLOYER_KEY } from "../model/settings/settings.ts";
import { unknownSetting } from "../model/settings/settingsReader.ts";
import { SETTING_KEYS } from "../model/settings/settingsTable.ts";
import { formatProblems } from "../model/kafka/problem.ts";
import { refusedKey } from "./checkedArgs.ts";

/**
 * Reads the stack's settings as a cluster's arguments. This file is the only place that reads its configuration.
 *
 * @returns what stands there; it is not checked but for what is to be a secret
 * @throws pulumi.RunError, which Pulumi shows without a stack, when what has to be a secret is none, or the other way round
 */
export function stackArgs(): KafkaArgs {
  const namespace = `${pulumi.getProject()}:`;
  refuseSecrets(namespace);
  const { [DEPLOYER_KEY]: key = "", ...others } = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
  if (key !== "" && !secretKeys().includes(namespace + DEPLOYER_KEY)) {
    throw refusedKey(
      `a secret: npm run pulumi -- config set --secret ${namespace}${DEPLOYER_KEY} < FILE (with plain Pulumi, pulumi ` +
        "config set …); and make a new key pair, since this one lay open",
    );
  }
  const parsed = Object.entries(others).map(([key, value]) => [key, parse(value)] as const);
  return { ...(Object.fromEntries(parsed) as KafkaArgs), ...(key !== "" && { [DEPLOYER_KEY]: key }) };
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
