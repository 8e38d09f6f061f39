import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { spaceName, volumePool } from "../../../model/local/names.ts";

test("a short stack name is kept", () => {
  assert.equal(spaceName("dev"), "kc-dev");
  assert.equal(spaceName("twelve-chars"), "kc-twelve-chars");
});

test("a long name, and one with other characters, ends in a hash of the whole", () => {
  assert.match(spaceName("thirteen-char"), /^kc-thirtee-[0-9a-f]{4}$/);
  assert.match(spaceName("My.Stack"), /^kc-mystack-[0-9a-f]{4}$/);
  assert.notEqual(spaceName("integration-tests-1"), spaceName("integration-tests-2"));
});

test("a data volume with a size has a pool of its own", () => {
  assert.equal(volumePool({ space: "kc-dev", volume: "kafka-1" }), "kc-dev");
  assert.equal(volumePool({ space: "kc-dev", volume: "kafka-1", sizeGiB: 10 }), "kc-dev-kafka-1");
});

test("every name is one of a network interface", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_.-]{1,100}$/), (stack) => {
      assert.match(spaceName(stack), /^kc-[a-z0-9-]{0,11}[a-z0-9]$/);
    }),
  );
});
