import assert from "node:assert/strict";
import { test } from "node:test";
import { rollEnvironment, rollFor } from "../../../scripts/stack/planning.ts";

const RECORDED = ["kafka-2", "kafka-3", "kafka-1"];

test("the controller comes last, unless a part of the stack is the target: then the order on record stays", () => {
  for (const args of [[], ["--yes", "--parallel", "32"], ["--replace", "urn"], ["--refresh"]]) {
    assert.deepEqual(rollFor(args, RECORDED), { order: RECORDED, controllerLast: true }, args.join(" "));
  }
  const targeted = [["--target", "urn"], ["--target=urn"], ["-t", "urn"], ["-turn"], ["-x", "urn"], ["--exclude=urn"]];
  for (const args of [...targeted, ["--target-replace", "urn"]]) {
    assert.deepEqual(rollFor(args, RECORDED), { order: RECORDED, fixed: true }, args.join(" "));
  }
});

test("the CLI's variable for a target counts as the option", (t) => {
  process.env.PULUMI_OPTION_TARGET = "urn";
  t.after(() => delete process.env.PULUMI_OPTION_TARGET);
  assert.deepEqual(rollFor([], RECORDED), { order: RECORDED, fixed: true });
});

test("the program is told as JSON", () => {
  assert.deepEqual(rollEnvironment({ fixed: true }), { KAFKA_CLUSTER_ROLL: '{"fixed":true}' });
});
