/** Reads from a document what can be wrong without anybody noticing: headings, links, code. */
import type { ParserOptions } from "prettier";
import { parsers } from "prettier/plugins/markdown";

/** A node of the tree that prettier's parser gives (mdast), as far as it is read here. */
interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly lang?: string | null;
  readonly children?: readonly Node[];
  readonly position: { readonly start: { readonly line: number } };
}

/** A piece of a document, and the line on which it begins. */
interface Piece {
  readonly text: string;
  readonly line: number;
}

export interface Document {
  /** What follows `#` in a link to each heading, in the order of the headings. */
  readonly anchors: readonly string[];
  /** Where links and pictures lead. */
  readonly links: readonly Piece[];
  /** What stands between backticks in a line. */
  readonly inlineCode: readonly Piece[];
  /** Blocks of shell commands and TypeScript. */
  readonly code: readonly Piece[];
}

export function readDocument(markdown: string): Document {
  const nodes = flatten(parsers.markdown.parse(markdown, {} as ParserOptions) as Node);
  const pieces = (type: string, read: (node: Node) => string | undefined): Piece[] =>
    nodes
      .filter((node) => node.type === type)
      .flatMap((node) => {
        const text = read(node);
        return text === undefined ? [] : [{ text, line: node.position.start.line }];
      });
  return {
    anchors: anchorsOf(nodes.filter(({ type }) => type === "heading").map(plainText)),
    links: ["link", "image", "definition"].flatMap((type) => pieces(type, ({ url }) => url)),
    inlineCode: pieces("inlineCode", ({ value }) => value),
    code: pieces("code", ({ lang, value }) => (lang === "sh" || lang === "ts" ? value : undefined)),
  };
}

/** Anchors as GitHub gives them: lower case, no punctuation, hyphens for spaces, and a number for what is there already. */
export function anchorsOf(headings: readonly string[]): string[] {
  const given = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    const before = given.get(anchor) ?? 0;
    given.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

function flatten(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

function plainText(node: Node): string {
  return node.value ?? (node.children ?? []).map(plainText).join("");
}
