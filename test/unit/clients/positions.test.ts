import assert from "node:assert/strict";
import { test } from "node:test";
import { goesOn, positions } from "../../../scripts/clients/positions.ts";

test("a group's positions are those that it has, beside the ends of the partitions", async () => {
  const admin = {
    fetchOffsets: () =>
      Promise.resolve([
        {
          topic: "orders",
          partitions: [
            { partition: 2, offset: "5", metadata: null },
            { partition: 1, offset: "-1", metadata: null },
            { partition: 0, offset: "7", metadata: null },
            { partition: 3, offset: "1", metadata: null },
          ],
        },
      ]),
    // Partition 3 has no leader.
    fetchTopicOffsets: () =>
      Promise.resolve([
        { partition: 0, offset: "7", high: "7", low: "0" },
        { partition: 1, offset: "9", high: "9", low: "0" },
        { partition: 2, offset: "8", high: "8", low: "0" },
      ]),
  };
  assert.deepEqual(await positions(admin, "billing", "orders"), [
    { partition: 0, offset: 7n, end: 7n },
    { partition: 2, offset: 5n, end: 8n },
  ]);
});

test("where a group goes on is said, and what reads from the beginning where that was asked for", () => {
  assert.equal(goesOn("billing", [], true), undefined);
  const end = { partition: 0, offset: 7n, end: 7n };
  const known = [end, { partition: 2, offset: 5n, end: 8n }];
  const said =
    "group billing goes on at offset 7 of partition 0 (the end, nothing to read yet), at offset 5 of partition 2 (3 to read)";
  assert.equal(goesOn("billing", known, false), said);
  assert.equal(goesOn("billing", known, true), `${said}; another --group reads from the beginning`);
  const many = Array.from({ length: 10 }, (_, partition) => ({ ...end, partition }));
  assert.match(goesOn("billing", many, false) ?? "", /partition 7 \(the end, nothing to read yet\) and in 2 more$/);
});
