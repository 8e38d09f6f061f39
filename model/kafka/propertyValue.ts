import type { ValueDefinition } from "./definitions.ts";

/** Bounds of Java's integer types. */
const INTEGERS: Readonly<Record<"int" | "long" | "short", readonly [bigint, bigint]>> = {
  short: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  long: [-(2n ** 63n), 2n ** 63n - 1n],
};

/**
 * Checks the value of a property as Kafka's parser and validator would.
 *
 * @returns what is allowed when the value is not, undefined when it is
 */
export function refusal(definition: ValueDefinition, value: string | number | boolean): string | undefined {
  const text = String(value).trim();
  if (/\p{Cc}/u.test(text)) return "text of one line without control characters";
  switch (definition.type) {
    case "boolean":
      return /^(true|false)$/i.test(text) ? undefined : "true or false";
    case "short":
    case "int":
    case "long":
      return refusedInteger(definition, definition.type, value, text);
    case "double":
      return refusedDouble(definition, text);
    case "class":
      return /^[\p{L}_$][\w$]*(\.[\p{L}_$][\w$]*)*$/u.test(text) ? undefined : "the full name of a Java class";
    case "list":
      return refusedChoice(definition, text === "" ? [] : text.split(",").map((element) => element.trim()));
    case "password":
      // User data is no place for a secret: everything that runs on the machine can read it.
      return /^\$\{[^:}]+:[^}]+\}$/.test(text)
        ? undefined
        : "a reference to a configuration provider such as ${file:/path:key}, since this value stands in plain text on the machine";
    case "string":
      if (definition.nonEmpty && text === "") return "text that is not empty";
      return refusedChoice(definition, [text]);
    default:
      return definition.type satisfies never;
  }
}

function refusedInteger(
  definition: ValueDefinition,
  type: keyof typeof INTEGERS,
  value: string | number | boolean,
  text: string,
): string | undefined {
  const [smallest, largest] = INTEGERS[type];
  const min = definition.min === undefined ? smallest : BigInt(definition.min);
  const max = definition.max === undefined ? largest : BigInt(definition.max);
  const wanted = `a whole number (${type}) from ${min} to ${max}`;
  if (!/^[+-]?\d+$/.test(text)) return wanted;
  if (typeof value === "number" && !Number.isSafeInteger(value))
    return `${wanted}, in quotes when it has 16 digits or more`;
  const number = BigInt(text.replace("+", ""));
  return number < min || number > max ? wanted : refusedChoice(definition, [String(number)]);
}

function refusedDouble({ min, max }: ValueDefinition, text: string): string | undefined {
  const number = Number(text);
  const inside = number >= Number(min ?? -Infinity) && number <= Number(max ?? Infinity);
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(number) && inside) return undefined;
  const bounds = [min === undefined ? "" : ` from ${min}`, max === undefined ? "" : ` up to ${max}`].join("");
  return `a number${bounds}`;
}

function refusedChoice(
  { allowed, ignoreCase, versions, type }: ValueDefinition,
  values: readonly string[],
): string | undefined {
  if (versions && !values.every((value) => versions.some((version) => isRelease(value, version)))) {
    return `a release of Kafka: ${versions.join(", ")}`;
  }
  const same = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  if (!allowed || values.every((value) => allowed.some((choice) => same(choice) === same(value)))) return undefined;
  return `${type === "list" ? "a comma-separated list of" : "one of"} ${allowed.join(", ")}`;
}

function isRelease(value: string, version: string): boolean {
  return value === version || value.startsWith(`${version}.`) || value.startsWith(`${version}-IV`);
}
