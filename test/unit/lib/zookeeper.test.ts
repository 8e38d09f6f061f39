import assert from "node:assert/strict";
import { test } from "node:test";
import { readServer } from "../../../scripts/lib/zookeeper.ts";

test("a ZooKeeper server that serves, and one without a quorum", () => {
  const answer = `Zookeeper version: 3.8.4-9316c2a7a97e, built on 2024-02-12 22:16 UTC
Latency min/avg/max: 0/0.4/12
Mode: follower
Node count: 130
`;
  assert.deepEqual(readServer(answer), { value: { role: "follower", version: "3.8.4" } });
  assert.deepEqual(readServer("This ZooKeeper instance is not currently serving requests\n"), {
    seen: 'it answers "This ZooKeeper instance is not currently serving requests"',
  });
  assert.deepEqual(readServer(""), { seen: "it ends the connection without an answer" });
});
