import assert from "node:assert/strict";
import { constants } from "node:buffer";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type Document, readDocuments } from "../../../scripts/clients/documents.ts";
import { jsonFault } from "../../../scripts/clients/json.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import goodsListing from "../../../scripts/messages/goodsListing.json" with { type: "json" };

const input = (bytes: string | Buffer) => () => Promise.resolve(Buffer.from(bytes));
const read = (bytes: string | Buffer, lines = false): Promise<Document[]> =>
  readDocuments(["-"], { input: input(bytes), lines });
const texts = (documents: readonly Document[]): string[] => documents.map(({ bytes }) => String(bytes));
const refused = (bytes: string | Buffer, message: string, lines = false): Promise<void> =>
  assert.rejects(read(bytes, lines), (error) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.message, message);
    return true;
  });

test("documents come from files, else the goods listing; a file that can't be read is named", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "documents-"));
  t.after(() => rm(folder, { recursive: true }));
  const good = join(folder, "good.json");
  await writeFile(good, '{"名": [1]}\n');
  assert.deepEqual(texts(await readDocuments([])), [JSON.stringify(goodsListing)]);
  assert.deepEqual(await readDocuments([good, good]), [
    { source: `--file ${good}`, bytes: Buffer.from('{"名": [1]}') },
    { source: `--file ${good}`, bytes: Buffer.from('{"名": [1]}') },
  ]);
  await assert.rejects(readDocuments([join(folder, "none")]), /--file .*none can't be read: ENOENT/);
});

test("a document's own bytes are sent: numbers of any size, repeated keys, order and white space", async () => {
  const own = ' {"id":202201180000000014, "price":10.00,\n"x":1e400,"2":0,"1":0,"1":-0}';
  assert.deepEqual(texts(await read(`${own}\r\n\n`)), [own]);
  assert.deepEqual(texts(await read('"\uFFFD"')), ['"\uFFFD"']);
});

test("each line of a file is a document when that is asked for", async () => {
  assert.deepEqual(await read('{"a":1}\r\n\n[2]\n3', true), [
    { source: "standard input", bytes: Buffer.from('{"a":1}') },
    { source: "standard input, line 3", bytes: Buffer.from("[2]") },
    { source: "standard input, line 4", bytes: Buffer.from("3") },
  ]);
  await refused(
    "1\n{]",
    'standard input is not one JSON document: line 2, column 2: expected a name in double quotes, seen "]"',
    true,
  );
  await refused("\n\n", "-: there is no line with a document", true);
});

test("a document that is longer than a text can be is named with its size", async () => {
  const long = Buffer.alloc(constants.MAX_STRING_LENGTH + 1);
  const sizes = `${long.length} bytes, at most ${constants.MAX_STRING_LENGTH}`;
  await assert.rejects(readDocuments(["-"], { input: () => Promise.resolve(long) }), {
    name: "UserError",
    message: `standard input is too long for one document: ${sizes}; --lines takes each of its lines for one`,
  });
});

test("what is not one JSON value, or not UTF-8, is named with its place", async () => {
  const at = (place: string, rest: string): string =>
    `standard input is not one JSON document: ${place}: expected ${rest}`;
  await refused('{"超":\n  1e}', at("line 2, column 3", 'a JSON value, seen "1e}"'));
  await refused("{} {}", at("line 1, column 4", 'the end, since there is one JSON value already, seen "{}"'));
  await refused('{"a":1', at("line 1, column 7", '"," or "}", seen the end'));
  await refused("", at("line 1, column 1", "a JSON value, seen the end"));
  await refused(
    "\uFEFF{}",
    "standard input begins with a byte order mark, which is no JSON: save it as UTF-8 without one",
  );
  const invalid = Buffer.concat([Buffer.from('{"\uFFFD":\n"超'), Buffer.from([0xe8, 0xb6, 0x22])]);
  await refused(invalid, "standard input is not UTF-8: byte 0xe8 at offset 12 (line 2, column 3)");
});

test("a text is JSON exactly when JSON.parse takes it", () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const parts = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"\\u00e9\\n"',
    '"\\x"',
    "0",
    "-1.5e+3",
    "01",
    "1.",
    "true",
    "nul",
    " ",
    "\n",
    "\t",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 9 }), (pieces) => {
      assert.equal(jsonFault(pieces.join("")) === undefined, parses(pieces.join("")), pieces.join(""));
    }),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (json, at, typo) => {
      const changed = json.slice(0, at % (json.length + 1)) + typo + json.slice(at % (json.length + 1));
      assert.equal(jsonFault(json), undefined, json);
      assert.equal(jsonFault(changed) === undefined, parses(changed), changed);
    }),
  );
  assert.equal(jsonFault(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), undefined);
});
