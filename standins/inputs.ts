import { isDeepStrictEqual } from "node:util";
import { isObject, plainProperties, type Properties, UNKNOWN } from "../model/engineValues.ts";

/** Why an input is refused; the engine shows it before anything is made. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** A test of a value and the words for what it accepts. */
export interface Kind {
  readonly accepts: (value: unknown) => boolean;
  readonly description: string;
}

const isText = (value: unknown): boolean => typeof value === "string";

export const TEXT: Kind = { accepts: isText, description: "a string" };
export const FLAG: Kind = { accepts: (value) => typeof value === "boolean", description: "true or false" };
export const TEXTS: Kind = {
  accepts: (value) => Array.isArray(value) && value.every(isText),
  description: "an array of strings",
};
export const TEXT_MAP: Kind = {
  accepts: (value) => isObject(value) && Object.values(value).every(isText),
  description: "an object of strings",
};
export const ANY_ARRAY: Kind = { accepts: Array.isArray, description: "an array" };

/** A whole number not below `least`. */
export function count(least: number): Kind {
  return {
    accepts: (value) => Number.isInteger(value) && (value as number) >= least,
    description: `a whole number of ${least} or more`,
  };
}

/** Checks inputs against the kinds of a resource: a property without a kind is not supported. Unknown values pass. */
export function checkKinds(inputs: Properties, kinds: Readonly<Record<string, Kind>>): Failure[] {
  return Object.entries(plainProperties(inputs)).flatMap(([property, value]): Failure[] => {
    // What the SDKs add for themselves, such as `__defaults`.
    if (property.startsWith("__")) return [];
    const kind = kinds[property];
    if (!kind) {
      const reason = `not supported by this stand-in for the provider plugin; supported: ${Object.keys(kinds).join(", ")}`;
      return [{ property, reason }];
    }
    if (value === UNKNOWN || kind.accepts(value)) return [];
    // Not the value: it may be a secret.
    return [{ property, reason: `has to be ${kind.description}` }];
  });
}

/** The inputs that differ between a resource's state and its new inputs, secrets compared by value. */
export function changedInputs(state: Properties, inputs: Properties, names: readonly string[]): string[] {
  const olds = plainProperties(state);
  const news = plainProperties(inputs);
  return names.filter((name) => !isDeepStrictEqual(olds[name], news[name]));
}
