import { allowedFor, type Setting, type SettingTable } from "../../model/settings/setting.ts";
import { plain, withoutValue } from "./words.ts";

/** The text of model/settings/kafkaArgs.ts: an interface for all settings, and one for each map below. */
export function kafkaArgs(table: SettingTable): string {
  const head =
    "// Written by `npm run settings` from settingsTable.ts: a change is made there.\n\n" +
    "/**\n * The settings of a cluster, as the library takes them: plain data, with the program's defaults where an argument is\n" +
    " * left out. What an argument may be beyond its type, the program checks.\n */\n";
  const [first = "", ...others] = interfaces("KafkaArgs", "", table);
  return [head + first, ...others].join("\n\n");
}

/** An interface with the settings of a table, then those for the maps among them. */
function interfaces(name: string, prefix: string, table: SettingTable): string[] {
  const members = Object.entries(table).map(([key, setting]) => {
    const optional = setting.required === undefined ? "?" : "";
    return `${comment(setting)}\nreadonly ${key}${optional}: ${typeOf(setting, `${stem(prefix, key, setting)}Args`)};`;
  });
  return [
    `export interface ${name} {\n${members.join("\n")}\n}`,
    ...Object.entries(table).flatMap(([key, setting]) => {
      if (!("keys" in setting)) return [];
      const inner = stem(prefix, key, setting);
      const [first = "", ...others] = interfaces(`${inner}Args`, inner, setting.keys);
      return [`/** ${setting.description} */\n${first}`, ...others];
    }),
  ];
}

function typeOf(setting: Setting, name: string): string {
  switch (setting.type) {
    case "integer":
      return "number";
    case "word":
      return setting.words.map((word) => JSON.stringify(word)).join(" | ");
    case "text":
      return "string";
    case "flag":
      return "boolean";
    case "list":
      return "readonly string[]";
    case "integerOrList":
      return "number | readonly string[]";
    case "properties":
      return "Readonly<Record<string, string | number | boolean>>";
    case "map":
      return name;
    case "maps":
      return `readonly ${name}[]`;
    default:
      return setting satisfies never;
  }
}

function comment(setting: Setting): string {
  const { description, platform } = setting;
  const alone = platform === undefined ? "" : ` Platform ${platform} alone.`;
  // The type says the rest of what is allowed.
  const allowed = setting.type === "integer" || setting.type === "text" || setting.type === "integerOrList";
  const none = withoutValue(setting);
  const text = [
    `${description}${alone}`,
    ...(allowed ? [`Allowed: ${allowedFor(setting)}.`] : []),
    ...("items" in setting ? [`Each entry: ${setting.items.allowed}.`] : []),
  ];
  const lines = [...wrapped(text.join(" ")), ...(none === undefined ? [] : ["", `@default ${plain(none)}`])];
  if (lines.length === 1) return `/** ${lines.join("")} */`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */`;
}

/** `UserPermission` for `permissions` of `users`: what one of them is. */
function stem(prefix: string, key: string, { type }: Setting): string {
  const one = type === "maps" ? key.replace(/s$/, "") : key;
  return prefix + one.charAt(0).toUpperCase() + one.slice(1);
}

/** Lines of at most 110 characters. */
function wrapped(text: string): string[] {
  return text.match(/.{1,110}(?= |$)/g)?.map((line) => line.trim()) ?? [];
}
