import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { distance, nearest } from "../../../model/kafka/suggestion.ts";

test("distance counts insertions, deletions, replacements and swaps", () => {
  assert.equal(distance("", ""), 0);
  assert.equal(distance("abc", "abc"), 0);
  assert.equal(distance("message.max.byte", "message.max.bytes"), 1);
  assert.equal(distance("braod", "broad"), 1);
  assert.equal(distance("kitten", "sitting"), 3);
});

test("distance is symmetric and within the longer word", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      assert.equal(distance(a, b), distance(b, a));
      assert.ok(distance(a, b) <= Math.max(a.length, b.length));
      assert.equal(distance(a, b) === 0, a === b);
    }),
  );
});

test("the nearest word is suggested, the first of equals, none when all are far", () => {
  assert.equal(nearest("brokerCuont", ["heap", "brokerCount", "subnet"]), "brokerCount");
  assert.equal(nearest("BROKERCOUNT", ["brokerCount"]), "brokerCount");
  assert.equal(nearest("ab", ["ac", "ad"]), "ac");
  assert.equal(nearest("colour", ["heap", "subnet"]), undefined);
});
