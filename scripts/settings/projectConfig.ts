import { stringify } from "yaml";
import { allowedFor, type Setting, type SettingTable, type WordSetting } from "../../model/settings/setting.ts";
import { asText, below, plain } from "./words.ts";

/**
 * The section `config` of Pulumi.yaml. A default is there where the engine can hand it over as it stands; an empty value
 * stands for the one that the description gives.
 */
export function projectConfig(table: SettingTable): string {
  const declared = Object.entries(table).map(([key, setting]) => [key, declaration(setting)] as const);
  return stringify({ config: Object.fromEntries(declared) }, { lineWidth: 116 });
}

function declaration(setting: Setting): Record<string, unknown> {
  const description = describe(setting);
  switch (setting.type) {
    case "integer":
      return { type: "integer", default: setting.default, description };
    case "flag":
      return { type: "boolean", default: setting.default, description };
    case "word":
    case "text":
      return { type: "string", default: String(setting.default ?? ""), description };
    case "map":
    case "properties":
      return { type: "object", default: {}, description };
    case "maps":
      return { type: "array", items: { type: "object" }, default: [], description };
    case "list":
      return { type: "array", items: { type: "string" }, default: [], description };
    case "integerOrList":
      throw new Error("Pulumi.yaml has no type for a number or a list");
    default:
      return setting satisfies never;
  }
}

function describe(setting: Setting): string {
  const { description, unset } = setting;
  if (setting.type === "map") return `${description} Keys and defaults: ${keysOf(setting)}.`;
  if (setting.type === "maps") return `${description} Each has ${keysOf(setting)}; default none.`;
  if (setting.type === "properties") return description;
  const otherwise = unset === undefined ? "" : ` Default: ${plain(unset)}.`;
  return `${description} Allowed: ${allowedFor(setting)}.${otherwise}`;
}

/** The words of a setting, its default first. */
function defaultFirst({ words, default: first }: WordSetting): Set<string | number> {
  return new Set(first === undefined ? words : [first, ...words]);
}

/** `{placement: colocated | dedicated, …}`, defaults first; what has no fixed default and no words stands as its key alone. */
function keysOf(setting: Setting): string {
  const keys = Object.entries(below(setting)).map(([key, inner]) => {
    if (inner.type === "map") return `${key}: ${keysOf(inner)}`;
    if (inner.type === "maps") return `${key}: [${keysOf(inner)}]`;
    if (inner.type === "word") return `${key}: ${[...defaultFirst(inner)].join(" | ")}`;
    return "default" in inner ? `${key}: ${asText(inner.default)}` : key;
  });
  return `{${keys.join(", ")}}`;
}
