import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type AclBinding,
  aclBindings,
  compareBindings,
  describeBinding,
  type Permission,
  RESOURCE_OPERATIONS,
} from "../../../model/kafka/permissions.ts";

const ORDERS: Permission = {
  resource: "topic",
  name: "orders",
  pattern: "literal",
  operations: ["Write", "Describe"],
  hosts: ["*"],
};
const GROUPS: Permission = {
  resource: "group",
  name: "etl-",
  pattern: "prefixed",
  operations: ["Read"],
  hosts: ["10.0.0.19", "10.0.0.18"],
};

test("each operation and each host of a permission is a binding of its own, of the user alone", () => {
  assert.deepEqual(aclBindings("etl", [ORDERS, GROUPS]), [
    binding("group", "etl-", "Read", { pattern: "prefixed", host: "10.0.0.18" }),
    binding("group", "etl-", "Read", { pattern: "prefixed", host: "10.0.0.19" }),
    binding("topic", "orders", "Describe"),
    binding("topic", "orders", "Write"),
  ]);
});

test("neither the order of permissions nor one that is given twice makes a difference", () => {
  const twice = [GROUPS, { ...ORDERS, operations: ["Describe", "Write", "Write"] as const }, ORDERS];
  assert.deepEqual(aclBindings("etl", twice), aclBindings("etl", [ORDERS, GROUPS]));
});

test("bindings that differ in one thing alone are different ones", () => {
  const wanted = binding("topic", "orders", "Read");
  const others: AclBinding[] = [
    { ...wanted, resource: "group" },
    { ...wanted, name: "order" },
    { ...wanted, pattern: "prefixed" },
    { ...wanted, principal: "User:other" },
    { ...wanted, host: "10.0.0.18" },
    { ...wanted, operation: "Write" },
    { ...wanted, permissionType: "Deny" },
  ];
  assert.deepEqual(compareBindings([wanted], others), { add: [wanted], remove: others });
  assert.deepEqual(compareBindings([wanted], [wanted, ...others]), { add: [], remove: others });
});

const anyBinding = fc.record<AclBinding>({
  resource: fc.constantFrom("topic", "group", "user"),
  name: fc.constantFrom("a", 'a"', "b,"),
  pattern: fc.constantFrom("literal", "prefixed"),
  principal: fc.constant("User:etl"),
  host: fc.constantFrom("*", "10.0.0.18"),
  operation: fc.constantFrom("Read", "All"),
  permissionType: fc.constantFrom("Allow", "Deny"),
});

test("what is added and removed makes any bindings the wanted ones, and touches no other", () => {
  const text = (bindings: readonly AclBinding[]): string[] =>
    [...new Set(bindings.map((one) => Object.values(one).join("\n")))].sort();
  fc.assert(
    fc.property(fc.array(anyBinding), fc.array(anyBinding), (wanted, existing) => {
      const { add, remove } = compareBindings(wanted, existing);
      const left = text(existing).filter((one) => !text(remove).includes(one));
      assert.deepEqual([...left, ...text(add)].sort(), text(wanted));
      assert.deepEqual(
        text(add).filter((one) => text(existing).includes(one)),
        [],
      );
      assert.deepEqual([add.length, remove.length], [text(add).length, text(remove).length], "each once");
    }),
  );
});

test("a binding in words", () => {
  assert.equal(describeBinding(binding("topic", "orders", "Read")), "Allow Read on topic orders from *");
  assert.equal(
    describeBinding(binding("group", "etl-", "Read", { pattern: "prefixed", host: "10.0.0.18" })),
    "Allow Read on groups that begin with etl- from 10.0.0.18",
  );
});

test("operations are those that Kafka's documentation names for each resource, and All", () => {
  // Kafka 3.9.2, AclEntry.supportedOperations.
  const supported = {
    topic: ["Alter", "AlterConfigs", "Create", "Delete", "Describe", "DescribeConfigs", "Read", "Write"],
    group: ["Delete", "Describe", "Read"],
    transactionalId: ["Describe", "Write"],
    cluster: ["Alter", "AlterConfigs", "ClusterAction", "Create", "Describe", "DescribeConfigs", "IdempotentWrite"],
  };
  for (const [resource, operations] of Object.entries(supported)) {
    const own = RESOURCE_OPERATIONS[resource as keyof typeof supported];
    assert.deepEqual([...own].sort(), [...operations, "All"].sort(), resource);
  }
});

function binding(
  resource: AclBinding["resource"],
  name: string,
  operation: AclBinding["operation"],
  more: Partial<AclBinding> = {},
): AclBinding {
  return {
    resource,
    name,
    pattern: "literal",
    principal: "User:etl",
    host: "*",
    operation,
    permissionType: "Allow",
    ...more,
  };
}
