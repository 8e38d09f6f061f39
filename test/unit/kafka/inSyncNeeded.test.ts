import assert from "node:assert/strict";
import { test } from "node:test";
import { countsReplicas, inSyncNeeded } from "../../../model/kafka/inSyncNeeded.ts";
import { KAFKA_VERSIONS } from "../../../model/kafka/versions.ts";

/** Replicas, min.insync.replicas and replicas in sync, and the versions that took a write with acks=all (measured). */
const MEASURED: readonly (readonly [replicas: number, minInSync: number, inSync: number, takenBy: string[]])[] = [
  [1, 2, 1, ["3.9.2"]],
  [2, 3, 2, ["3.9.2"]],
  [2, 3, 1, []],
  [2, 2, 1, []],
  [2, 2, 2, ["2.4.0", "3.9.2"]],
];

test("each version takes what it was measured to take", () => {
  for (const [replicas, minInSync, inSync, takenBy] of MEASURED) {
    for (const version of ["2.4.0", "3.9.2"]) {
      const taken = inSync >= inSyncNeeded(version, minInSync, replicas);
      assert.equal(taken, takenBy.includes(version), `${replicas} replicas, minimum ${minInSync}, ${version}`);
    }
  }
});

test("a version between or after those that were measured is taken for the nearest older one", () => {
  assert.deepEqual(["2.3.1", "2.4.0", "3.9.1", "3.9.2", "3.9.10", "3.10.0"].map(countsReplicas), [
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

test("every version that can be deployed was measured", () => {
  assert.deepEqual(KAFKA_VERSIONS.map(({ version }) => version).sort(), ["2.4.0", "3.9.2"]);
});

test("no write counts without a replica in sync", () => {
  assert.equal(inSyncNeeded("3.9.2", 0, 3), 1);
});
