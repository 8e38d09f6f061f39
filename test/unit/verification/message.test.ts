import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { roles } from "../../../model/specs/verificationSpec.ts";
import goodsListing from "../../../scripts/messages/goodsListing.json" with { type: "json" };
import { firstDifference } from "../../../scripts/verification/difference.ts";
import { messageProblem } from "../../../scripts/verification/message.ts";

const stored = (value: unknown, key = "run-1") => ({
  key: Buffer.from(key),
  value: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)),
});

test("the document is the note's, Chinese text and all, without the query of its URL", () => {
  const [goods] = goodsListing.data.data;
  assert.equal(goods?.goods_name, "超哥linux私房菜");
  assert.equal(goods?.goods_type_text, "系列课");
  assert.equal(goods?.desc, "Linux实战课程");
  assert.equal(goods?.price_text, "¥39.00");
  assert.equal(goods?.thumb, "https://20220601085953.grazy.cn/image_0.2874792506587236.jpg");
  assert.equal(goodsListing.data.total, 80);
  assert.deepEqual(Object.keys(goods ?? {}).length, 17);
});

test("the message that was sent has no problem", () => {
  assert.equal(messageProblem(stored(goodsListing), "run-1", goodsListing), undefined);
});

test("another key, another value and no JSON are said with what was seen", () => {
  assert.equal(messageProblem(stored(goodsListing, "run-0"), "run-1", goodsListing), "key: expected run-1, seen run-0");
  assert.equal(messageProblem({ key: null, value: null }, "run-1", {}), "key: expected run-1, seen none");
  assert.equal(messageProblem(stored("hello"), "run-1", {}), 'value: expected a JSON document, seen "hello"');
  const garbled = structuredClone(goodsListing);
  garbled.data.data[0]!.goods_name = "??linux";
  assert.equal(
    messageProblem(stored(garbled), "run-1", goodsListing),
    'data.data[0].goods_name: expected "超哥linux私房菜", seen "??linux"',
  );
});

test("a missing, an added and a value of another type are differences", () => {
  assert.equal(firstDifference({ a: 1 }, {}), "a: expected 1, seen nothing");
  assert.equal(firstDifference({}, { a: 1 }), "a: expected nothing, seen 1");
  assert.equal(firstDifference({ a: [] }, { a: {} }), "a: expected [], seen {}");
  assert.equal(firstDifference([1, 2], [1, 3]), "[1]: expected 2, seen 3");
  assert.equal(firstDifference(1, "1"), 'the whole document: expected 1, seen "1"');
});

test("a document has no difference from itself sent as JSON, and each change of a field is found by its path", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue({ maxDepth: 2 }), { minLength: 1 }), fc.nat(), (values, index) => {
      const sent = JSON.parse(JSON.stringify(values)) as unknown[];
      assert.equal(firstDifference(sent, JSON.parse(JSON.stringify(sent))), undefined);
      const at = index % sent.length;
      const changed = sent.with(at, "changed");
      const path = new RegExp(`^\\[${at}\\]: expected .*, seen "changed"$`, "s");
      if (sent[at] !== "changed") assert.match(firstDifference(sent, changed) ?? "none", path);
    }),
    { numRuns: 50 },
  );
});

test("the last broker takes the message and the others give it back; a single one does both", () => {
  const [one, two, three] = [1, 2, 3].map((id) => ({ id, address: `10.0.0.${17 + id}:9092` })) as [
    { id: number; address: string },
    { id: number; address: string },
    { id: number; address: string },
  ];
  assert.deepEqual(roles([one, two, three]), { producer: three, consumers: [one, two] });
  assert.deepEqual(roles([one, two]), { producer: two, consumers: [one] });
  assert.deepEqual(roles([one]), { producer: one, consumers: [one] });
  assert.throws(() => roles([]), /brokers is empty/);
});
