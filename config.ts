import * as pulumi from "@pulumi/pulumi";
import { checkSettings, type Settings } from "./components/settings.ts";
import { formatProblems, SettingsError } from "./components/kafka/problem.ts";

/**
 * Reads the stack's configuration: the only place that does.
 *
 * @throws pulumi.RunError, which Pulumi shows without a stack, with every problem of the settings
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  refuseSecrets(namespace);
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]): [string, unknown] => [key.slice(namespace.length), parse(value)]);
  try {
    return checkSettings(Object.fromEntries(raw));
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
}

/** A setting stands in user data and, as plain text, in the state: what is secret must not get there by mistake. */
function refuseSecrets(namespace: string): void {
  // The language host's list of the keys whose values it has decrypted.
  const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
  const problems = secretKeys
    .filter((key) => key.startsWith(namespace))
    .map((key) => ({ key: key.slice(namespace.length), value: "[secret]", allowed: "a plain value, no secret" }));
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
