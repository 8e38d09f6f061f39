import assert from "node:assert/strict";
import { test } from "node:test";
import type { Problem } from "../../../model/kafka/problem.ts";
import { SettingsReader } from "../../../model/settings/settingsReader.ts";
import { SETTINGS } from "../../../model/settings/settingsTable.ts";
import { readUsers, type UserSettings } from "../../../model/settings/userSettings.ts";

/** What is read of some users, and the problems as `key: what is allowed`. */
function read(users: unknown): { users: UserSettings[]; problems: string[]; values: unknown[] } {
  const problems: Problem[] = [];
  const settings = readUsers(new SettingsReader("", { users }, SETTINGS, problems));
  return {
    users: settings,
    problems: problems.map(({ key, allowed }) => `${key}: ${allowed}`),
    values: problems.map(({ value }) => value),
  };
}

const one = (permission: unknown): unknown => [{ name: "etl", permissions: [permission] }];
const topic = (more: Record<string, unknown> = {}): unknown =>
  one({ resource: "topic", name: "orders", operations: ["Read"], ...more });

test("users are read with their defaults", () => {
  const users = [
    { name: "nobody" },
    {
      name: "E.t_l-2",
      passwordGeneration: "3",
      permissions: [
        { resource: "topic", name: "orders", operations: ["Read", "Describe"] },
        { resource: "group", name: "etl ☃-", pattern: "prefixed", operations: ["Read"], hosts: ["10.0.0.18", "*"] },
        { resource: "transactionalId", name: "*", operations: ["All"] },
        { resource: "cluster", operations: ["IdempotentWrite"] },
        { resource: "cluster", name: "kafka-cluster", operations: ["Create"] },
      ],
    },
  ];
  assert.deepEqual(read(users), {
    users: [
      { name: "nobody", passwordGeneration: 1, permissions: [] },
      {
        name: "E.t_l-2",
        passwordGeneration: 3,
        permissions: [
          { resource: "topic", name: "orders", pattern: "literal", operations: ["Read", "Describe"], hosts: ["*"] },
          {
            resource: "group",
            name: "etl ☃-",
            pattern: "prefixed",
            operations: ["Read"],
            hosts: ["10.0.0.18", "*"],
          },
          { resource: "transactionalId", name: "*", pattern: "literal", operations: ["All"], hosts: ["*"] },
          {
            resource: "cluster",
            name: "kafka-cluster",
            pattern: "literal",
            operations: ["IdempotentWrite"],
            hosts: ["*"],
          },
          { resource: "cluster", name: "kafka-cluster", pattern: "literal", operations: ["Create"], hosts: ["*"] },
        ],
      },
    ],
    problems: [],
    values: [],
  });
  assert.deepEqual(read(undefined), { users: [], problems: [], values: [] });
});

const NAME = "1 to 64 letters (A to Z), digits, '.', '_' or '-', and not '.' or '..'";
const TOPIC_OPERATIONS = "Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs, All";
const PERMISSION = "users[0].permissions[0]";

const CLASSES: Record<string, [users: unknown, expected: string[]]> = {
  "no list": [{ name: "etl" }, ["users: a list of maps"]],
  "an unknown key": [
    [{ name: "etl", password: "x" }],
    ["users[0].password: no such setting; known: name, passwordGeneration, permissions"],
  ],
  "no name": [[{}], ["users[0].name: a value: it has no default"]],
  "names with other letters, too long, or of folders": [
    [{ name: "a b" }, { name: "é" }, { name: "x".repeat(65) }, { name: "." }, { name: ".." }, { name: 7 }],
    [0, 1, 2, 3, 4].map((index) => `users[${index}].name: ${NAME}`).concat("users[5].name: a text"),
  ],
  "a name twice": [[{ name: "etl" }, { name: "etl" }], ["users[1].name: each user once"]],
  "names that are taken": [
    [{ name: "verification" }, { name: "kafka-broker" }, { name: "ANONYMOUS" }, { name: "__proto__" }],
    [
      "users[0].name: another name: this is the program's own user, which the verification works as",
      "users[1].name: another name: this is the brokers and the deployer",
      "users[2].name: another name: this is what Kafka calls those who do not log in",
      "users[3].name: another name: this is what Pulumi loses in outputs: every object of JavaScript has it",
    ],
  ],
  "generations that are none": [
    [
      { name: "a", passwordGeneration: 0 },
      { name: "b", passwordGeneration: 1_000_001 },
      { name: "c", passwordGeneration: "two" },
    ],
    [0, 1, 2].map((index) => `users[${index}].passwordGeneration: a whole number from 1 to 1000000`),
  ],
  "permissions that are no list": [[{ name: "a", permissions: "all" }], ["users[0].permissions: a list of maps"]],
  "an empty permission": [
    one({}),
    [`${PERMISSION}.resource: a value: it has no default`, `${PERMISSION}.operations: a value: it has no default`],
  ],
  "an unknown key of a permission": [
    topic({ host: "*" }),
    [`${PERMISSION}.host: no such setting; did you mean ${PERMISSION}.hosts?`],
  ],
  "an unknown resource: what hangs on it is not judged": [
    one({ resource: "topics", name: "a/b", operations: ["ClusterAction"] }),
    [`${PERMISSION}.resource: one of topic, group, transactionalId, cluster; did you mean topic?`],
  ],
  "no name of a resource": [
    one({ resource: "group", operations: ["Read"] }),
    [`${PERMISSION}.name: a value: it has no default`],
  ],
  "an unknown pattern": [topic({ pattern: "regex" }), [`${PERMISSION}.pattern: one of literal, prefixed`]],
  "no operations": [topic({ operations: [] }), [`${PERMISSION}.operations: a value: it has no default`]],
  "operations that are no list": [
    topic({ operations: "Read" }),
    [`${PERMISSION}.operations: a list, for example [Read, Describe]`],
  ],
  "a misspelt operation": [
    topic({ operations: ["Write", "read"] }),
    [`${PERMISSION}.operations[1]: one of ${TOPIC_OPERATIONS}; did you mean Read?`],
  ],
  "an operation that is nothing like one": [
    topic({ operations: ["everything there is"] }),
    [`${PERMISSION}.operations[0]: one of ${TOPIC_OPERATIONS}`],
  ],
  "an operation of another resource": [
    topic({ operations: ["ClusterAction"] }),
    [`${PERMISSION}.operations[0]: one of ${TOPIC_OPERATIONS}, which a topic has`],
  ],
  "an operation twice": [topic({ operations: ["Read", "Read"] }), [`${PERMISSION}.operations[1]: each entry once`]],
  "hosts that are no addresses": [
    topic({ hosts: ["etl.example", "10.0.0.0/24", "::1"] }),
    [0, 1, 2].map(
      (index) =>
        `${PERMISSION}.hosts[${index}]: an IPv4 address, for example 10.0.0.18, or *: Kafka compares addresses, and no names or subnets`,
    ),
  ],
  "a name that topics can't have": [
    topic({ name: "my orders" }),
    [`${PERMISSION}.name: 1 to 249 letters, digits, '.', '_' or '-', or * for any name`],
  ],
  "an asterisk for the rest of a name": [
    topic({ name: "orders-*" }),
    [`${PERMISSION}.name: a name without '*'; for all that begin alike: orders-, with pattern prefixed`],
  ],
  "any name as a beginning": [
    topic({ name: "*", pattern: "prefixed" }),
    [`${PERMISSION}.name: the beginning of names; pattern literal for *, which is any name`],
  ],
  "names that no node of ZooKeeper can have": [
    [
      {
        name: "a",
        permissions: ["a/b", "a\nb", "💥", ".", ".."].map((name) => ({
          resource: "group",
          name,
          operations: ["Read"],
        })),
      },
    ],
    [
      ...[0, 1, 2].map(
        (index) =>
          `users[0].permissions[${index}].name: a name without '/' and control characters: ZooKeeper, which keeps permissions, can't keep it`,
      ),
      ...[3, 4].map(
        (index) =>
          `users[0].permissions[${index}].name: another name: ZooKeeper, which keeps permissions, can't keep this one`,
      ),
    ],
  ],
  "another cluster, or the beginning of one": [
    one({ resource: "cluster", name: "mine", pattern: "prefixed", operations: ["Alter"] }),
    [`${PERMISSION}.name: kafka-cluster, or left out`, `${PERMISSION}.pattern: literal: there is one cluster only`],
  ],
};

for (const [name, [users, expected]] of Object.entries(CLASSES)) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(read(users).problems, expected);
  });
}

test("a problem shows the value that it is about", () => {
  assert.deepEqual(read(topic({ operations: ["read"], hosts: ["here"] })).values, ["read", "here"]);
});
