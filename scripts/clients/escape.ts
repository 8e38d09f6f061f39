import { isUtf8 } from "node:buffer";

/**
 * What a terminal would act on: control characters but line feed and tab, and those that turn the direction of text.
 * A carriage return counts, too: what follows would be written over the line.
 */

const ACTED_ON = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const ACTED_ON_IN_LINE = new RegExp(`${ACTED_ON.source}|[\\t\\n]`, "g");

/**
 * Makes bytes of others safe to show on a terminal: control characters as `\u001b`, bytes that are no UTF-8 as `\xff`.
 *
 * @param oneLine whether line feeds and tabs are escaped, too
 */
export function escaped(bytes: Uint8Array, oneLine = false): string {
  const pattern = oneLine ? ACTED_ON_IN_LINE : ACTED_ON;
  return readable(bytes).replace(pattern, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** The text of bytes; those that are no UTF-8 as `\xff`. */
export function readable(bytes: Uint8Array): string {
  if (isUtf8(bytes)) return Buffer.from(bytes).toString();
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = characterBytes(bytes, at);
    text +=
      length > 0
        ? Buffer.from(bytes.subarray(at, at + length)).toString()
        : `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`;
    at += Math.max(1, length);
  }
  return text;
}

/** How many bytes the character has that begins here; 0 when none does. */
function characterBytes(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
