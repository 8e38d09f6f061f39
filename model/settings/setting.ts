/** Settings by their keys, in the order in which messages and documentation name them. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** What is known of a setting. Reader, Pulumi.yaml, docs/settings.md and the library's arguments come from it. */
export type Setting =
  | IntegerSetting
  | WordSetting
  | TextSetting
  | FlagSetting
  | ListSetting
  | IntegerOrListSetting
  | PropertiesSetting
  | MapSetting
  | MapsSetting;

interface Described {
  /** What it is, in plain text. */
  readonly description: string;
  /** What a change of it does to a cluster that lives, in Markdown. @default what the map above it says */
  readonly change?: string | readonly Change[];
  /** What holds without a value, in Markdown, where that is not `default` alone. */
  readonly unset?: string;
  /** The platform that has it. @default that of the map above it, or every one */
  readonly platform?: PlatformName;
  /** What is asked for when there is none. @default nothing: the setting is optional */
  readonly required?: string;
  /** What docs/settings.md says beyond the description, in Markdown. */
  readonly more?: string;
}

/** What a change of one kind does. */
export interface Change {
  /** The kind of change, in Markdown: `up`. */
  readonly of: string;
  /** In Markdown: `**refused**`. */
  readonly does: string;
}

/** A platform, as the setting `platform` calls it. */
export type PlatformName = "local" | "aws";

/** A form that a text has to have, and how to say so. */
export interface Form {
  /** @default none: code of its reader checks it */
  readonly pattern?: RegExp;
  readonly allowed: string;
}

/** A whole number between bounds, both included. */
export interface IntegerSetting extends Described {
  readonly type: "integer";
  readonly min: number;
  readonly max: number;
  readonly default?: number;
}

/** One of some words, or of some numbers. */
export interface WordSetting extends Described {
  readonly type: "word";
  readonly words: readonly (string | number)[];
  readonly default?: string | number;
}

/** A text of some form. */
export interface TextSetting extends Described, Form {
  readonly type: "text";
  readonly default?: string;
  /** Whether it has to be a secret; any other setting must be none. @default false */
  readonly secret?: true;
}

/** True or false. */
export interface FlagSetting extends Described {
  readonly type: "flag";
  readonly default: boolean;
}

/** A list of texts. */
export interface ListSetting extends Described {
  readonly type: "list";
  readonly items: Form;
  /** A list as it may stand in the configuration: `[10.0.0.0/16]`. */
  readonly example: string;
  readonly default?: readonly string[];
}

/** A number of things, or a list of their names. */
export interface IntegerOrListSetting extends Described {
  readonly type: "integerOrList";
  readonly min: number;
  readonly max: number;
  readonly items: Form;
  readonly example: string;
  readonly allowed: string;
  readonly default: number;
}

/** A free map of texts, numbers and flags. */
export interface PropertiesSetting extends Described {
  readonly type: "properties";
  /** What the entries have to be; code of its reader checks them. */
  readonly entries: string;
}

/** A map of settings. */
export interface MapSetting extends Described {
  readonly type: "map";
  readonly keys: SettingTable;
}

/** A list of such maps. */
export interface MapsSetting extends Described {
  readonly type: "maps";
  readonly keys: SettingTable;
}

/** What is asked for where a setting has no default. */
export const NO_DEFAULT = "a value: it has no default";

/** What a map has to be. */
export const A_MAP = "a map of keys and values";

/** What is allowed for a setting, in the words of the messages that refuse another value. */
export function allowedFor(setting: Setting): string {
  switch (setting.type) {
    case "integer":
      return `a whole number from ${setting.min} to ${setting.max}`;
    case "word":
      return `one of ${setting.words.join(", ")}`;
    case "text":
    case "integerOrList":
      return setting.allowed;
    case "flag":
      return "true or false";
    case "list":
      return `a list, for example ${setting.example}`;
    case "properties":
    case "map":
      return A_MAP;
    case "maps":
      return "a list of maps";
    default:
      return setting satisfies never;
  }
}
