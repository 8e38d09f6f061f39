import * as pulumi from "@pulumi/pulumi";
import { checkSettings, type Settings } from "./components/settings.ts";
import { SettingsError } from "./components/kafka/problem.ts";

/**
 * Reads the stack's configuration: the only place that does.
 *
 * @throws pulumi.RunError, which Pulumi shows without a stack, with every problem of the settings
 */
export function readSettings(): Settings {
  const namespace = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(namespace))
    .map(([key, value]): [string, unknown] => [key.slice(namespace.length), parse(value)]);
  try {
    return checkSettings(Object.fromEntries(raw));
  } catch (error) {
    throw error instanceof SettingsError ? new pulumi.RunError(error.message) : error;
  }
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
