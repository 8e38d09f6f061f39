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

/** Reads what {@link renderProperties} has written; lines of another kind are left out. */
export function parseProperties(text: string): Record<string, string> {
  const entries = text.split("\n").flatMap((line): [string, string][] => {
    const found = /^((?:[^\\=: ]|\\.)*)[=: ] *(.*)$/s.exec(line);
    return found && !/^[#!]/.test(line) ? [[unescapeText(found[1] ?? ""), unescapeText(found[2] ?? "")]] : [];
  });
  return Object.fromEntries(entries);
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f" };

function unescapeText(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gs, (_, unit: string | undefined, char: string | undefined) =>
    unit === undefined ? (NAMED_ESCAPES[char ?? ""] ?? char ?? "") : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
