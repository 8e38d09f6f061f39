/**
 * What is done to AWS and to machines, in which order, when a stack on AWS is made, changed and taken down: the project's
 * own program and the real engine, with the tests' own provider. No cloud is asked, and no machine is there.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AwsProgram, type Edit } from "./support/awsProgram.ts";

const BROKERS = ["kafka-1", "kafka-2", "kafka-3"];
const MEMBERS = ["zookeeper-1", "zookeeper-2", "zookeeper-3", ...BROKERS];

let staging: AwsProgram;
let prod: AwsProgram;

before(async () => {
  staging = await AwsProgram.create("staging");
  prod = await AwsProgram.create("prod");
});
after(() => Promise.all([staging.remove(), prod.remove()]));

/** Asserts that each operation was done, and before the next one. */
function inOrder(operations: readonly string[], ...expected: string[]): void {
  const places = expected.map((operation) => operations.indexOf(operation));
  const sorted = places.every((place, index) => place >= 0 && (index === 0 || place > (places[index - 1] ?? -1)));
  assert.ok(sorted, `${expected.join(" < ")} is not the order of:\n${operations.join("\n")}`);
}

/** Operations with the same first word. */
function all(operations: readonly string[], word: string): string[] {
  return operations.filter((operation) => operation.startsWith(`${word} `));
}

/** A machine's replacement, in the one order that keeps its data; what EC2 and SSH do at the same time is sorted. */
function replacement(member: string): string[] {
  return [
    `apply delete ${member}`,
    `delete ${member}-attachment`,
    `delete ${member}-machine`,
    `create ${member}-machine`,
    ...[`create ${member}-attachment`, `hostKey ${member}`],
    `apply create ${member}`,
  ];
}

/** The operations with the attachment before the host key: neither waits for the other. */
function settled(operations: readonly string[]): string[] {
  const list = [...operations];
  for (const [index, operation] of list.entries()) {
    const next = list[index + 1];
    if (operation.startsWith("hostKey ") && next === `create ${operation.slice("hostKey ".length)}-attachment`) {
      list.splice(index, 2, next, operation);
    }
  }
  return list;
}

function assertFirst(operations: readonly string[], members: readonly string[], resources: number): void {
  assert.equal(all(operations, "create").length, resources);
  // The bastion's host key, the distribution's SHA-512, the partitions, the user of the round trip, the znodes, the round
  // trip; each member's host key and apply.
  assert.equal(operations.length, resources + 6 + 2 * members.length);
  inOrder(operations, "create aws-network-vpc", "create aws-bastion-machine", "create aws-bastion-association");
  inOrder(operations, "create aws-bastion-association", "hostKey aws-bastion");
  for (const member of members) {
    inOrder(operations, `create ${member}-interface`, `create ${member}-machine`, `create ${member}-attachment`);
    inOrder(operations, `create ${member}-volume`, `create ${member}-attachment`, `apply create ${member}`);
    inOrder(operations, "create aws-network-members-1-association", `create ${member}-machine`, `hostKey ${member}`);
    inOrder(operations, "hostKey aws-bastion", `hostKey ${member}`, `apply create ${member}`, "verify");
    inOrder(operations, `apply create ${member}`, "assignment create", "verify");
    inOrder(operations, `apply create ${member}`, "user ensure verification", "verify");
    inOrder(operations, `apply create ${member}`, "znodeAccess", "verify");
  }
}

const LARGER: Edit = ["instanceType: t4g.medium", "instanceType: m7g.large"];
const LARGEST: Edit = ["instanceType: t4g.medium", "instanceType: m7g.xlarge"];

/** Settings with another image than the newest one, in place of the line that they begin with. */
const IMAGE = "    protect: true\n    images:\n      arm64: ami-00000000000000b64";

test("staging is made, each machine after its network and the way to it, the round trip last", async () => {
  assertFirst(await staging.succeed("up"), BROKERS, 43);
});

test("an up that changes nothing does nothing", async () => {
  assert.deepEqual(await staging.succeed("up"), []);
});

test("another instance type: one machine at a time, the next one after the apply of the one before", async () => {
  const operations = await staging.succeed("up", [LARGER]);
  // The first broker's machine is the one on which Kafka's tool for znodes runs.
  assert.deepEqual(settled(operations), [...BROKERS.flatMap(replacement), "znodeAccess", "verify"]);
});

test("a replacement that AWS has no room for stops there; the next up makes the machine and goes on", async () => {
  const failed = await staging.fail("up", [LARGEST], { refused: "kafka-2-machine" });
  assert.match(failed.text, /InsufficientInstanceCapacity/);
  const [one = "", two = "", three = ""] = BROKERS;
  const begun = replacement(two).slice(0, 3);
  assert.deepEqual(settled(failed.operations), [...replacement(one), ...begun, `refused ${two}-machine`]);
  const operations = await staging.succeed("up", [LARGEST]);
  // The apply's deletion has to bear that the machine is gone. Its attachment is gone with it.
  const resumed = replacement(two).filter((operation) => !/^delete kafka-2-(machine|attachment)$/.test(operation));
  assert.deepEqual(settled(operations), [...resumed, ...replacement(three), "znodeAccess", "verify"]);
});

test("replace: one machine, in the order that keeps its data", async () => {
  const { code, text, operations } = await staging.run("replace kafka-2", [LARGEST]);
  assert.equal(code, 0, text);
  assert.match(text, /^ {2}kafka-2 {3}machine is replaced, its data volume is kept: --replace\n {2}2 members/m);
  assert.deepEqual(settled(operations), [...replacement("kafka-2"), "verify"]);
});

test("replace with the data volume: the new one is made first, the old one goes last", async () => {
  const operations = settled(await staging.succeed("replace kafka-3 --data-volume-too", [LARGEST]));
  assert.deepEqual([operations.at(0), operations.at(-1)], ["create kafka-3-volume", "delete kafka-3-volume"]);
  assert.deepEqual(
    operations.filter((operation) => !/kafka-3-volume|verify/.test(operation)),
    replacement("kafka-3"),
  );
});

test("the bastion is made anew by itself: its address and its host key with it, and each member is only looked at", async () => {
  const operations = await staging.succeed("up --replace **-bastion-machine", [LARGEST]);
  inOrder(operations, "create aws-bastion-machine", "hostKey aws-bastion", "apply update kafka-1");
  assert.deepEqual(
    operations.filter((operation) => /^(create|delete) (kafka|zookeeper)/.test(operation)),
    [],
  );
});

test("an instance that is gone from AWS is made again by the next up, with its data volume, and nothing else", async () => {
  const gone = ["kafka-2-machine"];
  const { code, text, operations } = await staging.run("up", [LARGEST], { gone });
  assert.equal(code, 0, text);
  assert.match(text, /^ {2}kafka-2 {3}machine is made, its data volume is kept\n {2}2 members are left alone$/m);
  assert.deepEqual(settled(operations), [
    "create kafka-2-machine",
    ...["create kafka-2-attachment", "hostKey kafka-2"],
    ...["apply delete kafka-2", "apply create kafka-2", "verify"],
  ]);
  assert.deepEqual(await staging.succeed("up", [LARGEST]), []);
});

/** Settings of staging with an image, which is another one than it has. */
function withImage(id: string): Edit {
  return ["    protect: false", `    protect: false\n    images:\n      arm64: ${id}`];
}

test("an image that is gone from AWS: nothing is touched, and whoever needs no machine of it is left alone", async () => {
  const imagesGone = ["ami-00000000000000a64"];
  assert.deepEqual(await staging.succeed("up", [LARGEST], { imagesGone }), []);
  const { text, operations } = await staging.fail("replace kafka-2", [LARGEST], {
    imagesGone,
    dryRun: "InvalidAMIID.NotFound",
  });
  assert.match(
    text,
    /nothing has been touched\..*\n {2}kafka-2 \(image ami-00000000000000a64, type m7g.xlarge\): InvalidAMIID\.NotFound/,
  );
  assert.deepEqual(operations, []);
});

test("what EC2 refuses in its dry run is refused before a machine is touched", async () => {
  const refused = await staging.fail("up", [LARGEST, withImage("ami-00000000000000b64")], {
    dryRun: "Unsupported",
  });
  assert.match(
    refused.text,
    /nothing has been touched\..*\n {2}kafka-1 .*: Unsupported: as the tests say\n {2}kafka-2 /,
  );
  assert.deepEqual(refused.operations, []);
  assert.match(refused.asked[0] ?? "", /^ami-00000000000000b64 m7g\.xlarge$/);
  const preview = await staging.run("preview", [LARGEST, withImage("ami-00000000000000b64")]);
  assert.equal(preview.code, 0, preview.text);
  assert.equal(preview.asked.length, 3);
});

test("an image that goes between the preview and a member: the next up goes on with another one", async () => {
  const [one = "", two = "", three = ""] = BROKERS;
  const failed = await staging.fail("up", [LARGEST, withImage("ami-00000000000000b64")], { refused: `${two}-machine` });
  assert.deepEqual(settled(failed.operations), [
    ...replacement(one),
    ...replacement(two).slice(0, 3),
    `refused ${two}-machine`,
  ]);
  const other = withImage("ami-00000000000000d64");
  const { code, text, operations } = await staging.run("up", [LARGEST, other], {
    imagesGone: ["ami-00000000000000b64"],
  });
  assert.equal(code, 0, text);
  assert.match(text, /gone with their instances, and forgotten: kafka-2-attachment/);
  for (const member of [two, three])
    inOrder(operations, `create ${member}-machine`, `create ${member}-attachment`, `apply create ${member}`);
  assert.deepEqual(await staging.succeed("up", [LARGEST, other]), []);
});

test("a plan that would lose a data volume is refused, and nothing is touched", async () => {
  const { text, operations } = await staging.fail("up --replace **kafka-1*", [LARGEST]);
  assert.match(text, /kafka-1-volume would be deleted, with all data of kafka-1, which stays/);
  assert.deepEqual(operations, []);
});

test("staging is taken down, the services of each machine stopped before it goes; one was terminated by hand", async () => {
  const operations = await staging.succeed("down", [LARGEST], { gone: ["kafka-3-machine"] });
  assert.equal(all(operations, "delete").length, 43 - 2);
  for (const member of BROKERS.slice(0, 2)) {
    inOrder(operations, `apply delete ${member}`, `delete ${member}-attachment`, `delete ${member}-machine`);
    inOrder(operations, `delete ${member}-attachment`, `delete ${member}-volume`);
    inOrder(operations, `delete ${member}-machine`, `delete ${member}-interface`, "delete aws-network-vpc");
    inOrder(operations, `apply delete ${member}`, "delete aws-bastion-association");
  }
});

test("prod is made, its six machines in three zones", async () => {
  assertFirst(await prod.succeed("up"), MEMBERS, 68);
});

test("another image: members one at a time, ZooKeeper first, and not the bastion", async () => {
  const operations = await prod.succeed("up", [["    protect: true", IMAGE]]);
  assert.deepEqual(settled(operations), [...MEMBERS.flatMap(replacement), "znodeAccess", "verify"]);
});

test("a protected stack refuses to go down and loses nothing; without protection it goes", async () => {
  const { text, operations } = await prod.fail("down", [["    protect: true", IMAGE]]);
  assert.match(text, /protect/);
  assert.deepEqual(operations, []);
  const open: Edit = ["    protect: true", IMAGE.replace("protect: true", "protect: false")];
  const tags = MEMBERS.flatMap((member) => [`update ${member}-interface`, `update ${member}-volume`]);
  assert.deepEqual([...(await prod.succeed("up", [open]))].sort(), tags.sort());
  assert.equal(all(await prod.succeed("down", [open]), "delete").length, 68);
});
