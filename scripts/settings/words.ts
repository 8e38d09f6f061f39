import type { Setting, SettingTable } from "../../model/settings/setting.ts";

/** The settings below one, none for a scalar. */
export function below(setting: Setting): SettingTable {
  return "keys" in setting ? setting.keys : {};
}

/** What holds without a value, in Markdown; undefined for a map, and for what has to be given. */
export function withoutValue(setting: Setting): string | undefined {
  if (setting.unset !== undefined) return setting.unset;
  if (setting.required !== undefined || setting.type === "map") return undefined;
  const value = "default" in setting ? setting.default : undefined;
  if (value === undefined) return "none";
  return `\`${asText(value)}\``;
}

/** A default as it may stand in the configuration. */
export function asText(value: string | number | boolean | readonly string[]): string {
  return typeof value === "object" ? `[${value.join(", ")}]` : String(value);
}

/** Markdown as plain text. */
export function plain(markdown: string): string {
  return markdown.replaceAll("`", "");
}
