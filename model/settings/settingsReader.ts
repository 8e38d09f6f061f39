import type { Problem } from "../kafka/problem.ts";
import { nearest } from "../kafka/suggestion.ts";
import { A_MAP, allowedFor, type Form, type Setting, type SettingTable } from "./setting.ts";

/** The keys of a table whose settings have some type. */
type KeyOf<T extends SettingTable, Type extends Setting["type"]> = {
  [K in keyof T]: T[K]["type"] extends Type ? K : never;
}[keyof T] &
  string;

/** The settings below one. */
type Below<S extends Setting> = S extends { readonly keys: infer Keys extends SettingTable } ? Keys : never;

/** The words of a setting. */
type Word<S extends Setting> = S extends { readonly words: readonly (infer W)[] } ? W : never;

/** What a check of a text gives: what is allowed instead, or undefined when the text is right. */
export type Check = (text: string, allowed: string) => string | undefined;

/**
 * Reads one level of settings, as their table says, and collects problems instead of stopping at the first: a reader of a
 * bad value gives its default, so that the rest can be checked too. An empty string counts as absent.
 */
export class SettingsReader<T extends SettingTable> {
  readonly #prefix: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #table: T;
  readonly #problems: Problem[];

  /**
   * @param prefix what stands before each key in a problem: `zookeeper.`
   * @param table the settings there are; any other key is a problem, with the nearest known one as a suggestion
   */
  constructor(prefix: string, values: Readonly<Record<string, unknown>>, table: T, problems: Problem[]) {
    this.#prefix = prefix;
    this.#values = values;
    this.#table = table;
    this.#problems = problems;
    const known = Object.keys(table);
    for (const key of Object.keys(values).filter((key) => !known.includes(key))) {
      this.#problem(key, unknownSetting(prefix, key, known));
    }
  }

  /**
   * A whole number.
   *
   * @param narrower bounds and default where other settings decide them
   */
  integer(key: KeyOf<T, "integer" | "integerOrList">, narrower: { max?: number; fallback?: number } = {}): number {
    const setting = this.#setting<"integer">(key);
    const { min } = setting;
    const max = narrower.max ?? setting.max;
    const fallback = narrower.fallback ?? setting.default ?? 0;
    const value = this.#values[key];
    if (absent(value)) return fallback;
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isInteger(number) && number >= min && number <= max) return number;
    return this.#problem(key, allowedFor({ ...setting, type: "integer", max }), fallback);
  }

  /**
   * One of some words; undefined without a value and a default.
   *
   * @param words those that other settings leave. @default all of the setting
   */
  oneOf<K extends KeyOf<T, "word">>(
    key: K,
    words?: readonly Word<T[K]>[],
  ): Word<T[K]> | (T[K] extends { readonly default: unknown } ? never : undefined) {
    const setting = this.#setting<"word">(key);
    const left = words ?? setting.words;
    const value = this.#values[key];
    const fallback = setting.default as Word<T[K]>;
    if (absent(value)) return fallback;
    const text = typeof value === "number" ? String(value) : value;
    const word = left.find((candidate) => String(candidate) === text) as Word<T[K]> | undefined;
    return word ?? this.#problem(key, allowedFor({ ...setting, words: left }), fallback);
  }

  /**
   * A text; empty without a value and a default.
   *
   * @param check @default the pattern of the setting
   * @param otherwise the default where other settings decide it. @default that of the setting
   */
  text(key: KeyOf<T, "text" | "word">, check?: Check, otherwise?: string): string {
    const setting = this.#table[key] as Setting & { readonly default?: string };
    const form = { allowed: allowedFor(setting), ...("pattern" in setting && { pattern: setting.pattern }) };
    const fallback = otherwise ?? setting.default ?? "";
    const value = this.#values[key];
    if (absent(value)) return fallback;
    const allowed = (check ?? patternOf(form))(typeof value === "string" ? value : JSON.stringify(value), form.allowed);
    return allowed === undefined && typeof value === "string"
      ? value
      : this.#problem(key, allowed ?? "a text", fallback);
  }

  /** True or false. */
  flag(key: KeyOf<T, "flag">): boolean {
    const setting = this.#setting<"flag">(key);
    const value = this.#values[key];
    if (absent(value)) return setting.default;
    if (value === true || value === "true") return true;
    if (value === false || value === "false") return false;
    return this.#problem(key, allowedFor(setting), setting.default);
  }

  /**
   * A list of texts, empty without a value. An entry that is wrong is left out.
   *
   * @param check of each entry. @default the pattern of the setting's entries
   */
  list(key: KeyOf<T, "list" | "integerOrList">, check?: Check): string[] {
    const setting = this.#setting<"list">(key);
    const value = this.#values[key];
    if (absent(value)) return [];
    if (!Array.isArray(value)) return this.#problem(key, allowedFor(setting), []);
    return value.flatMap((item: unknown, index) => {
      const text = typeof item === "string" ? item : JSON.stringify(item);
      const problem = (check ?? patternOf(setting.items))(text, setting.items.allowed);
      const allowed = problem ?? (value.indexOf(item) < index ? "each entry once" : undefined);
      if (allowed === undefined) return [text];
      this.#problems.push({ key: `${this.#prefix}${key}[${index}]`, value: item, allowed });
      return [];
    });
  }

  /** Whether the value of a key is a list. */
  isList(key: keyof T & string): boolean {
    return Array.isArray(this.#values[key]);
  }

  /** Whether a key has a value, whatever it is. */
  has(key: keyof T & string): boolean {
    const value = this.#values[key];
    return !absent(value) && !(typeof value === "object" && Object.keys(value).length === 0);
  }

  /** Refuses a key that has a value. */
  refuse(key: keyof T & string, allowed: string): void {
    if (this.has(key)) this.#problem(key, allowed);
  }

  /** Asks for a key that has none, or one that is wrong in a way that only its reader knows. */
  report(key: keyof T & string, allowed: string): void {
    this.#problem(key, allowed);
  }

  /** Asks for the keys that have to be given and are not. */
  demand(): void {
    for (const [key, { required }] of Object.entries(this.#table)) {
      if (required !== undefined && !this.has(key)) this.#problem(key, required);
    }
  }

  /**
   * The settings below a key.
   *
   * @param keys those that other settings leave. @default all of the setting
   */
  object<K extends KeyOf<T, "map">, Keys extends SettingTable = Below<T[K]>>(
    key: K,
    keys?: Keys,
  ): SettingsReader<Keys> {
    const table = keys ?? (this.#setting<"map">(key).keys as Keys);
    return new SettingsReader(`${this.#prefix}${key}.`, this.#record(key), table, this.#problems);
  }

  /** A list of maps: the key of each, such as `topics[0]`, and the settings below it. */
  objects<K extends KeyOf<T, "maps">>(key: K): [key: string, settings: SettingsReader<Below<T[K]>>][] {
    const setting = this.#setting<"maps">(key);
    const value = this.#values[key];
    if (absent(value)) return [];
    if (!Array.isArray(value)) return this.#problem(key, allowedFor(setting), []);
    return value.flatMap((item: unknown, index) => {
      const place = `${this.#prefix}${key}[${index}]`;
      if (isMap(item))
        return [[place, new SettingsReader(`${place}.`, item, setting.keys as Below<T[K]>, this.#problems)]];
      this.#problems.push({ key: place, value: item, allowed: A_MAP });
      return [];
    });
  }

  /** A free map of scalars. */
  map(key: KeyOf<T, "properties">): Record<string, string | number | boolean> {
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

  #record(key: string): Readonly<Record<string, unknown>> {
    const value = this.#values[key];
    if (absent(value)) return {};
    return isMap(value) ? value : this.#problem(key, A_MAP, {});
  }

  /** The setting of a key, whose type the compiler has checked where it was named. */
  #setting<Type extends Setting["type"]>(key: string): Extract<Setting, { readonly type: Type }> {
    const setting: Setting | undefined = this.#table[key];
    return setting as Extract<Setting, { readonly type: Type }>;
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

function patternOf({ pattern }: Pick<Form, "pattern">): Check {
  return (text, allowed) => (pattern === undefined || pattern.test(text) ? undefined : allowed);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function absent(value: unknown): value is null | undefined | "" {
  return value === undefined || value === null || value === "";
}
