import type { Problem } from "../kafka/problem.ts";
import { nearest } from "../kafka/suggestion.ts";

/** A form that a text has to have, and how to say so. */
export interface Form {
  readonly pattern: RegExp;
  readonly allowed: string;
}

/**
 * Reads one level of settings and collects problems instead of stopping at the first: a reader of a bad value gives its
 * default, so that the rest can be checked too. An empty string counts as absent.
 */
export class SettingsReader {
  readonly #prefix: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #problems: Problem[];

  /**
   * @param prefix what stands before each key in a problem: `zookeeper.`
   * @param known the keys there are; any other is a problem, with the nearest known one as a suggestion
   */
  constructor(
    prefix: string,
    values: Readonly<Record<string, unknown>>,
    known: readonly string[],
    problems: Problem[],
  ) {
    this.#prefix = prefix;
    this.#values = values;
    this.#problems = problems;
    for (const key of Object.keys(values).filter((key) => !known.includes(key))) {
      this.#problem(key, unknownSetting(prefix, key, known));
    }
  }

  /** A whole number between bounds, both included. */
  integer(key: string, min: number, max: number, fallback: number): number {
    const value = this.#values[key];
    if (absent(value)) return fallback;
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
    return this.#problem(key, `a whole number from ${min} to ${max}`, fallback);
  }

  /** One of some words. */
  oneOf<T extends string>(key: string, words: readonly T[], fallback: T): T {
    const value = this.#values[key];
    if (absent(value)) return fallback;
    const text = typeof value === "number" ? String(value) : value;
    const word = words.find((candidate) => candidate === text);
    return word ?? this.#problem(key, `one of ${words.join(", ")}`, fallback);
  }

  /** A text of some form. */
  matching(key: string, form: Form, fallback: string): string {
    return this.checked(key, fallback, (text) => (form.pattern.test(text) ? undefined : form.allowed));
  }

  /** A text that a function checks: it gives what is allowed instead, or undefined when the text is right. */
  checked(key: string, fallback: string, check: (text: string) => string | undefined): string {
    const value = this.#values[key];
    if (absent(value)) return fallback;
    const allowed = check(typeof value === "string" ? value : JSON.stringify(value));
    return allowed === undefined && typeof value === "string"
      ? value
      : this.#problem(key, allowed ?? "a text", fallback);
  }

  /** True or false. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.#values[key];
    if (absent(value)) return fallback;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    return this.#problem(key, "true or false", fallback);
  }

  /**
   * A list of texts, each checked as {@link checked} does. One that is wrong is left out.
   *
   * @param example a list as it may stand in the configuration: `[10.0.0.0/16]`
   */
  list(key: string, example: string, check: (text: string) => string | undefined): string[] {
    const value = this.#values[key];
    if (absent(value)) return [];
    if (!Array.isArray(value)) return this.#problem(key, `a list, for example ${example}`, []);
    return value.flatMap((item: unknown, index) => {
      const text = typeof item === "string" ? item : JSON.stringify(item);
      const allowed = check(text) ?? (value.indexOf(item) < index ? "each entry once" : undefined);
      if (allowed === undefined) return [text];
      this.#problems.push({ key: `${this.#prefix}${key}[${index}]`, value: item, allowed });
      return [];
    });
  }

  /** Whether the value of a key is a list. */
  isList(key: string): boolean {
    return Array.isArray(this.#values[key]);
  }

  /** Whether a key has a value, whatever it is. */
  has(key: string): boolean {
    const value = this.#values[key];
    return !absent(value) && !(typeof value === "object" && Object.keys(value).length === 0);
  }

  /** Refuses a key that has a value. */
  refuse(key: string, allowed: string): void {
    if (this.has(key)) this.#problem(key, allowed);
  }

  /** Asks for a key that has none, or one that is wrong in a way that only its reader knows. */
  report(key: string, allowed: string): void {
    this.#problem(key, allowed);
  }

  /** The settings below a key. */
  object(key: string, known: readonly string[]): SettingsReader {
    return new SettingsReader(`${this.#prefix}${key}.`, this.#record(key), known, this.#problems);
  }

  /** A list of maps: the key of each, such as `topics[0]`, and the settings below it. */
  objects(key: string, known: readonly string[]): [key: string, settings: SettingsReader][] {
    const value = this.#values[key];
    if (absent(value)) return [];
    if (!Array.isArray(value)) return this.#problem(key, "a list of maps", []);
    return value.flatMap((item: unknown, index) => {
      const place = `${this.#prefix}${key}[${index}]`;
      const list = new SettingsReader("", { [place]: item }, [place], this.#problems);
      return typeof item === "object" && item !== null && !Array.isArray(item)
        ? [[place, list.object(place, known)]]
        : list.#problem(place, "a map of keys and values", []);
    });
  }

  /** A free map of scalars. */
  map(key: string): Record<string, string | number | boolean> {
    const scalars: [name: string, value: string | number | boolean][] = [];
    for (const [name, value] of Object.entries(this.#record(key))) {
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
        scalars.push([name, value]);
      } else {
        this.#problems.push({
          key: `${this.#prefix}${key}.${name}`,
          value,
          allowed: "a text, a number, true or false",
        });
      }
    }
    // An assignment would lose one that is called __proto__.
    return Object.fromEntries(scalars);
  }

  #record(key: string): Record<string, unknown> {
    const value = this.#values[key];
    if (absent(value)) return {};
    if (typeof value === "object" && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.#problem(key, "a map of keys and values", {});
  }

  #problem<T>(key: string, allowed: string, fallback?: T): T {
    this.#problems.push({ key: `${this.#prefix}${key}`, value: this.#values[key], allowed });
    return fallback as T;
  }
}

/** What is said of a key that is none, with the nearest known one as a suggestion. */
export function unknownSetting(prefix: string, key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return `no such setting; ${near ? `did you mean ${prefix}${near}?` : `known: ${known.join(", ")}`}`;
}

function absent(value: unknown): value is null | undefined | "" {
  return value === undefined || value === null || value === "";
}
