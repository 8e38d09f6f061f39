/**
 * Renders a Java properties file, one `key=value` a line in the order given.
 * Escapes what java.util.Properties would read otherwise (JDK 17, `Properties.load`).
 */
export function renderProperties(entries: readonly (readonly [key: string, value: string])[]): string {
  return entries.map(([key, value]) => `${escapeKey(key)}=${escapeValue(value)}\n`).join("");
}

function escapeKey(key: string): string {
  return escapeText(key).replace(/[ :=#!]/g, "\\$&");
}

function escapeValue(value: string): string {
  // A space at the start would be taken for part of the separator.
  return escapeText(value).replace(/^ /, "\\ ");
}

function escapeText(text: string): string {
  return text
    .replace(/\\/g, "\\\\")
    .replace(/\n/g, "\\n")
    .replace(/\r/g, "\\r")
    .replace(/\t/g, "\\t")
    .replace(/\f/g, "\\f")
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
