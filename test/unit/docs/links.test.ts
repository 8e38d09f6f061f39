import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { anchorsOf, readDocument } from "./markdown.ts";

/** What GitHub shows of the README without much scrolling. */
const README_LIMITS = { lines: 200, bytes: 16 * 1024 };

/** Beginnings of messages that are put together from several places, or that are Node.js's own. */
const COMPOSED = [
  "Cannot find package 'esbuild'",
  "java was not found",
  "mvn was not found",
  "project <project> of LXD is gone",
  "waited <n> s for SSH on <member>",
  "waited <n> s for cloud-init on <member>",
  "on <address>, /usr/local/lib/kafka-cluster/install ended with exit code",
  "--file <file> is not one JSON document: line",
  "topic <topic>, partition <n>, offsets <n> to <n> can't be shown: a batch of messages compressed with",
];

/** Folders that are made or installed here, and git's own: no document names what is in them. */
const OUTSIDE = new Set(["node_modules", ".kafka-cluster", ".git", "pem"]);

const files = listFiles(".");
const paths = new Set(files.flatMap((file) => [file, ...foldersOf(file)]));
const topFolders = [...paths].filter((path) => !path.includes("/") && !files.includes(path));
const documents = new Map(
  files.filter((file) => file.endsWith(".md")).map((file) => [file, readDocument(readFileSync(file, "utf8"))]),
);

test("anchors are those of GitHub", () => {
  assert.deepEqual(
    anchorsOf(["What it needs", "Kafka's `kafka_2.11-2.4.0`, again…", "`<m>: <t> – x`", "What it needs"]),
    ["what-it-needs", "kafkas-kafka_211-240-again", "m-t--x", "what-it-needs-1"],
  );
});

test("every link leads to a file of the tree and a heading that is there", () => {
  const broken = [...documents].flatMap(([file, { links }]) =>
    links
      .filter(({ text }) => !/^[a-z]+:/.test(text))
      .flatMap(({ text, line }) => {
        const [path = "", anchor] = decodeURI(text).split("#");
        const target = path === "" ? file : normalize(join(dirname(file), path)).replace(/\/$/, "");
        if (!paths.has(target)) return [`${file}:${line}: ${text}: no such file`];
        if (anchor === undefined || documents.get(target)?.anchors.includes(anchor)) return [];
        return [`${file}:${line}: ${text}: no such heading`];
      }),
  );
  assert.deepEqual(broken, []);
});

test("every page is on the map, docs/README.md", () => {
  const onMap = new Set(
    documents.get("docs/README.md")?.links.map(({ text }) => join("docs", text.replace(/#.*/, ""))),
  );
  const pages = [...documents.keys()].filter((file) => file !== "docs/README.md");
  assert.deepEqual(
    pages.filter((file) => !onMap.has(file)),
    [],
  );
});

test("every path and every source file that a document names exists", () => {
  const missing = [...documents].flatMap(([file, { inlineCode, code }]) =>
    [...inlineCode, ...code].flatMap(({ text, line }) =>
      text
        .split(/[\s=:"';,()|]+/)
        .filter((word) => isMissing(word))
        .map((word) => `${file}:${line}: ${word}`),
    ),
  );
  assert.deepEqual(missing, []);
});

test("every npm command that a document names is one of package.json", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  const unknown = [...documents].flatMap(([file, { inlineCode, code }]) =>
    [...inlineCode, ...code].flatMap(({ text, line }) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]
        .filter(([, name = ""]) => !(name in scripts))
        .map(([command]) => `${file}:${line}: ${command}`),
    ),
  );
  assert.deepEqual(unknown, []);
});

test("every heading of docs/troubleshooting.md is a message of the program", () => {
  const program = files
    .filter((file) => /^(components|model|program|scripts|standins)\/.*\.(ts|mjs)$/.test(file))
    // A message that goes over several lines is one.
    .map((file) => readFileSync(file, "utf8").replace(/["`]\s*\+\s*["`]/g, ""))
    .join("\n");
  const strange = [...readFileSync("docs/troubleshooting.md", "utf8").matchAll(/^### `(.*)`$/gm)]
    .map(([, message = ""]) => message)
    .filter((message) => {
      // What stands between the values, the longest of it.
      const [words = ""] = message
        .split(/<[^>]*>|…|\d+/)
        .map((part) => part.replace(/^[\s"().,:;=]+|[\s"().,:;=]+$/g, ""))
        .sort((a, b) => b.length - a.length);
      return !program.includes(words) && !COMPOSED.some((each) => message.startsWith(each));
    });
  assert.deepEqual(strange, []);
});

test("the README is short", () => {
  const text = readFileSync("README.md", "utf8");
  const lines = text.split("\n").length - 1;
  assert.ok(lines <= README_LIMITS.lines, `${lines} lines`);
  const bytes = statSync("README.md").size;
  assert.ok(bytes <= README_LIMITS.bytes, `${bytes} bytes`);
});

/**
 * Whether a word is a path of this tree, or the end of a source file's path, and not there. A name in capital letters,
 * `…`, `*` and `<…>` stand for something: then one such path is enough.
 */
function isMissing(word: string): boolean {
  const path = word.replace(/^\.\//, "").replace(/[/.]+$/, "");
  const isSource = /^[\w./-]+\.(ts|mjs)$/.test(path);
  const fromTop = topFolders.some((folder) => path.startsWith(`${folder}/`));
  if ((!fromTop && !isSource) || paths.has(path)) return false;
  // Lists of tests leave out the folder of all of them.
  const start = !fromTop ? "(.*/)?" : path.endsWith(".test.ts") ? "(test/|test/unit/)?" : "";
  const pattern = path
    .split(/[A-Z]{2,}(?!\w|\.md)|…|\*+|<[^>]*>/)
    .map((part) => part.replace(/[.\\+?^${}()|[\]]/g, "\\$&"))
    .join("[^/]*");
  return ![...paths].some((there) => new RegExp(`^${start}${pattern}$`).test(there));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !OUTSIDE.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(path) : [path];
    });
}

function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}
