import assert from "node:assert/strict";
import { test } from "node:test";
import { askedParallelism, assertQuorumFits } from "../../../scripts/stack/parallelism.ts";

test("how many operations at once are asked for: the last one that is said, else the variable", () => {
  assert.equal(askedParallelism(["up", "--parallel", "32", "--yes", "--parallel", "1"]), 1);
  assert.equal(askedParallelism(["up", "--parallel=2"], "1"), 2);
  assert.equal(askedParallelism(["up", "-p", "3"]), 3);
  assert.equal(askedParallelism(["up", "-p4"]), 4);
  assert.equal(askedParallelism(["up", "--yes"], "1"), 1);
  assert.equal(askedParallelism(["up", "--policy-pack", "policies"]), undefined);
});

test("a first deployment needs as many at once as ZooKeeper's quorum has", () => {
  assert.throws(
    () => assertQuorumFits(1, 3),
    /--parallel 1 on a first deployment: 2 of the 3 .* at least --parallel 2/,
  );
  assert.throws(() => assertQuorumFits(2, 5), /at least --parallel 3/);
  for (const [parallel, servers] of [
    [undefined, 3],
    [1, 1],
    [2, 3],
    [3, 5],
  ] as const)
    assertQuorumFits(parallel, servers);
});
