import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Permission } from "../../../model/kafka/permissions.ts";
import { deleteAcls, setAcls } from "../../../scripts/users/acls.ts";
import { type Entry, FakeSecurity } from "./fakeSecurity.ts";

const PERMISSIONS: Permission[] = [
  { resource: "topic", name: "orders", pattern: "literal", operations: ["Read"], hosts: ["*"] },
  { resource: "group", name: "etl-", pattern: "prefixed", operations: ["Read"], hosts: ["10.0.0.18"] },
];
// ResourceType, PatternType, AclOperation and AclPermissionType of Kafka's protocol.
const ORDERS: Entry = [2, "orders", 3, "User:etl", "*", 3, 3];
const GROUP: Entry = [3, "etl-", 4, "User:etl", "10.0.0.18", 3, 3];
const FOREIGN: Entry = [2, "orders", 3, "User:other", "*", 3, 3];
/** What the program would not make: a denial, and operations on a resource that settings don't have. */
const BY_HAND: Entry[] = [
  [2, "orders", 3, "User:etl", "*", 4, 2],
  [7, "User:etl", 3, "User:etl", "*", 13, 3],
];

let security: FakeSecurity;
beforeEach(() => {
  security = new FakeSecurity();
});

const made = (entry: Entry): string => `create ${entry.join(" ")}`;
const gone = (entry: Entry): string => `delete ${entry.join(" ")}`;

test("what is missing is made, and again there is nothing to do", async () => {
  security.set(FOREIGN);
  await security.run(async (requests) => {
    assert.equal(await setAcls(requests, "etl", PERMISSIONS), 2);
    assert.equal(await setAcls(requests, "etl", PERMISSIONS), 2);
  });
  assert.deepEqual(security.asked, [GROUP, ORDERS].map(made));
  assert.deepEqual(security.views.get(3), [FOREIGN, GROUP, ORDERS]);
});

test("what is not wanted any more is removed, whoever has made it; what is others' stays", async () => {
  security.set(FOREIGN, ORDERS, ...BY_HAND);
  await security.run(async (requests) => {
    await setAcls(requests, "etl", PERMISSIONS);
  });
  assert.deepEqual(security.asked, [made(GROUP), ...BY_HAND.map(gone)]);
  assert.deepEqual(security.views.get(1), [FOREIGN, ORDERS, GROUP]);
});

test("what only some brokers know is made or removed for all, each once", async () => {
  security.set(FOREIGN);
  security.views.set(1, [ORDERS]);
  security.views.set(2, [ORDERS, ...BY_HAND]);
  security.views.set(3, [GROUP, ...BY_HAND]);
  await security.run(async (requests) => {
    await setAcls(requests, "etl", PERMISSIONS);
  });
  assert.deepEqual([...security.asked].sort(), [...[GROUP, ORDERS].map(made), ...BY_HAND.map(gone)].sort());
});

test("every broker that is there is waited for, and asked for what it knows itself", async () => {
  security.late.set(3, { times: 4, before: [ORDERS] });
  const received = await security.run(async (requests) => {
    await setAcls(requests, "etl", PERMISSIONS);
  });
  const asked = (broker: number): number => received.filter((request) => request === `29v1 at ${broker}`).length;
  assert.deepEqual([asked(1), asked(2), asked(3)], [5, 5, 5]);
});

test("refused permissions are named, each with the reason", async () => {
  security.set(...BY_HAND);
  security.refusal = ([type]) => (type === 3 ? [42, "no such thing"] : [0, null]);
  await security.run(async (requests) => {
    await assert.rejects(setAcls(requests, "etl", PERMISSIONS), {
      name: "UserError",
      message:
        "user etl: permissions can't be added: Allow Read on groups that begin with etl- from 10.0.0.18: no such thing",
    });
    security.refusal = () => [-1, null];
    await assert.rejects(deleteAcls(requests, "etl"), (error) => {
      assert.match(
        (error as Error).message,
        /^user etl: permissions can't be removed: (.*; )?Deny Write on topic orders from \*: The server experienced/,
      );
      return true;
    });
  });
});

test("permissions need brokers with an authorizer", async () => {
  security.open.add(2);
  await security.run(async (requests) => {
    await assert.rejects(setAcls(requests, "etl", []), {
      name: "UserError",
      message:
        "user etl can't be given permissions: broker 2 has no authorizer; it has one where the setting security is opened, switched or secured",
    });
  });
  assert.deepEqual(security.asked, []);
});

test("a user's permissions are deleted, those of others stay, and ones that are gone are no error", async () => {
  security.set(ORDERS, FOREIGN, ...BY_HAND);
  await security.run(async (requests) => {
    await deleteAcls(requests, "etl");
    await deleteAcls(requests, "etl");
  });
  assert.deepEqual(security.asked, [ORDERS, ...BY_HAND].map(gone));
  assert.deepEqual(security.views.get(2), [FOREIGN]);
});

test("permissions mean nothing to brokers without an authorizer, and are left", async () => {
  security.set(ORDERS);
  for (const id of [1, 2, 3]) security.open.add(id);
  await security.run(async (requests) => {
    await deleteAcls(requests, "etl");
  });
  assert.deepEqual(security.asked, []);
});
