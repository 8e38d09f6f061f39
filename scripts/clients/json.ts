/** Where and why a text is not one JSON value. */
export interface JsonFault {
  /** Index of the UTF-16 unit that can't be; the text's length when it ends too early. */
  readonly at: number;
  readonly expected: string;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const FIRST_PRINTABLE = 0x20;

/**
 * Finds what keeps a text from being exactly one JSON value: `JSON.parse` does not always say where that is. However
 * deep it is nested, it takes no stack.
 *
 * @returns undefined when it is one
 * @see RFC 8259
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text);
  /** The brackets that are open, innermost last. */
  const open: ("}" | "]")[] = [];
  for (;;) {
    const opened = scanner.opening();
    if (opened !== undefined) {
      open.push(opened);
      if (opened === "}" && !scanner.name()) return scanner.fault;
      continue;
    }
    if (!scanner.value()) return scanner.fault;
    // What may follow a value: the end, the next one, or the end of what it is in, which is a value itself.
    for (;;) {
      const bracket = open.at(-1);
      if (bracket === undefined) return scanner.end() ? undefined : scanner.fault;
      if (scanner.next(",")) {
        if (bracket === "}" && !scanner.name()) return scanner.fault;
        break;
      }
      if (!scanner.next(bracket)) return scanner.failed(`"," or "${bracket}"`);
      open.pop();
    }
  }
}

/** Goes through a text. What it expects and does not find is its fault. */
class Scanner {
  readonly #text: string;
  #at = 0;
  #expected = "";

  constructor(text: string) {
    this.#text = text;
  }

  get fault(): JsonFault {
    return { at: this.#at, expected: this.#expected };
  }

  failed(expected: string): JsonFault {
    this.#expected = expected;
    return this.fault;
  }

  /** A single character, after white space. */
  next(character: string): boolean {
    this.#skip(SPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  /** The beginning of an object or array that is not empty; gives the bracket that ends it. */
  opening(): "}" | "]" | undefined {
    for (const [bracket, closing] of [
      ["{", "}"],
      ["[", "]"],
    ] as const) {
      if (!this.next(bracket)) continue;
      const inside = this.#at;
      if (!this.next(closing)) return closing;
      // Empty: it is read as a value.
      this.#at = inside - 1;
    }
    return undefined;
  }

  /** An object's name with its colon. */
  name(): boolean {
    if (!this.#string("a name in double quotes")) return false;
    return this.next(":") || this.#expect('":"');
  }

  /** A string, number, literal, or an empty object or array. */
  value(): boolean {
    if (this.next("{")) return this.next("}");
    if (this.next("[")) return this.next("]");
    if (this.#text[this.#at] === '"') return this.#string("a string");
    return this.#skip(SCALAR) || this.#expect("a JSON value");
  }

  end(): boolean {
    this.#skip(SPACE);
    return this.#at === this.#text.length || this.#expect("the end, since there is one JSON value already");
  }

  #string(what: string): boolean {
    if (!this.next('"')) return this.#expect(what);
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? "";
      if (character === '"') {
        this.#at += 1;
        return true;
      }
      if (character.charCodeAt(0) < FIRST_PRINTABLE) return this.#expect("no control character in a string");
      if (character !== "\\") continue;
      if (!this.#skip(ESCAPE)) return this.#expect("an escape of JSON");
      this.#at -= 1;
    }
    return this.#expect("the end of a string");
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found !== undefined;
  }

  #expect(expected: string): false {
    this.#expected = expected;
    return false;
  }
}
