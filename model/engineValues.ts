/**
 * Property values as Pulumi's engine sends them to a provider: plain JSON, in which a secret is an object with a
 * signature and an unknown value (of a preview) is a fixed string. Both are part of the plugin protocol.
 */
export type Properties = Record<string, unknown>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Stands for a value that is not known before the deployment. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether it is an object with members, neither an array nor null. */
export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Marks a value as secret. */
export function secret(value: unknown): Properties {
  return { [SIGNATURE]: SECRET, value };
}

/** Whether it is marked as secret. So it stands in an exported state, too. */
export function isSecret(value: unknown): value is Properties {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

/** The value without the marks of secrets in it. */
export function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
  return value;
}

/** Whether there is a secret in it, at any depth. */
export function containsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isObject(value) && Object.values(value).some(containsSecret);
}

/** Unwraps the properties that have a value: JSON's null counts as absent. */
export function plainProperties(properties: Properties): Properties {
  const entries = Object.entries(unwrap(properties) as Properties);
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}
