import assert from "node:assert/strict";
import { test } from "node:test";
import { Network } from "../../../scripts/lib/reach.ts";
import { gather } from "../../../scripts/status/gather.ts";
import { member } from "./facts.ts";

/** What both stacks have on record. */
const CLUSTER = {
  kafkaVersion: "3.9.2",
  security: "plaintext",
  certificates: [],
  unfinished: [],
  privateKey: "PRIVATE",
} as const;

test("a bridge that is gone: nothing is sent, and the status is there at once", async () => {
  // TEST-NET-3 is on no network of this computer.
  const members = [1, 2].map((id) => member(id, { address: `203.0.113.${id}` }));
  const reach = { via: "link" } as const;
  const network = new Network({ reach, privateKey: "PRIVATE" });
  const started = Date.now();
  const facts = await gather("dev", { ...CLUSTER, reach, members }, network);
  assert.ok(Date.now() - started < 1_000);
  const nobody = { seen: "no member can be reached over SSH" };
  for (const { member: each, ssh, machine, differences, server, broker } of facts.members) {
    const gone = { seen: `${each.address} (${each.name}) is on no network of this computer: its bridge is gone` };
    assert.deepEqual([ssh, machine, differences], [gone, gone, gone]);
    assert.deepEqual([server, broker], [nobody, nobody]);
  }
  assert.deepEqual(facts.cluster, { seen: "no broker answers" });
});

test("a member without an apply on record is not connected to, since its host key is not known", async () => {
  const reach = { via: "direct" } as const;
  const network = new Network({ reach, privateKey: "PRIVATE" });
  const members = [member(1, { apply: null })];
  const facts = await gather("dev", { ...CLUSTER, reach, members }, network);
  const seen = "its host key is not known, since no apply of it is on record: npm run up";
  assert.deepEqual(facts.members[0]?.ssh, { seen });
});
