import { isUtf8 } from "node:buffer";

/**
 * What a terminal would act on: control characters but line feed and tab, line and paragraph separators, and those that
 * turn the direction of text, which are Unicode's Bidi_Control. A carriage return counts, too: what follows would be
 * written over the line.
 */
const ACTED_ON = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]|\p{Bidi_Control}/gu;
const ACTED_ON_IN_LINE = new RegExp(`${ACTED_ON.source}|[\\t\\n]`, "gu");

/**
 * Makes bytes of others safe to show on a terminal: control characters as `\u001b`, bytes that are no UTF-8 as `\xff`.
 *
 * @param oneLine whether line feeds and tabs are escaped, too
 */
export function escaped(bytes: Uint8Array, oneLine = false): string {
  return escapedText(readable(bytes), oneLine);
}

/** The same for a text. */
export function escapedText(text: string, oneLine = false): string {
  return text.replace(oneLine ? ACTED_ON_IN_LINE : ACTED_ON, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

/** Bytes of others in quotes and in one line, so that what stands beside them can't be taken for a part of them. */
export function quoted(bytes: Uint8Array): string {
  return `"${escapedText(
    readable(bytes, (text) => text.replace(/["\\]/g, "\\$&")),
    true,
  )}"`;
}

/**
 * The text of bytes; those that are no UTF-8 as `\xff`.
 *
 * @param change what becomes of the pieces that are. @default nothing
 */
export function readable(bytes: Uint8Array, change: (text: string) => string = (text) => text): string {
  if (isUtf8(bytes)) return change(Buffer.from(bytes).toString());
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const length = characterBytes(bytes, at);
    text +=
      length > 0
        ? change(Buffer.from(bytes.subarray(at, at + length)).toString())
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
