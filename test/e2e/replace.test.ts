/**
 * What is said before an update and what is refused, machines that are replaced, and those that were lost behind Pulumi's
 * back. Three brokers with ZooKeeper beside them. The tests build on each other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Admin } from "kafkajs";
import { kafkaClient } from "../../scripts/lib/kafka.ts";
import { call, findDaemon } from "../../scripts/lib/daemon.ts";
import { deleteInstance, instancePath } from "../../scripts/local/instance.ts";
import { spaceName } from "../../model/local/names.ts";
import { assertNothingLost } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { allPartitions, askAdmin } from "./support/admin.ts";
import { findMachine, inside, leftovers } from "./support/machines.ts";
import { devConfiguration, TestStack } from "./support/stack.ts";

const STACK = "e2ex";
const PREFIX = "10.213.57.";
const SPACE = spaceName(STACK);
const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
const TOPIC = "orders";
const MESSAGES = 500;

let stack: TestStack;
let base: string;
const brokers = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);
const address = (id: number): string => `${PREFIX}${17 + id}:9092`;

function ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
  return askAdmin(brokers, question);
}

async function produce(): Promise<void> {
  const client = kafkaClient({ brokers: [address(1)], clientId: "e2e" });
  const producer = client.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const messages = Array.from({ length: MESSAGES }, (_, index) => ({ value: `order ${index}`.padEnd(1000) }));
  await producer.send({ topic: TOPIC, acks: -1, messages });
  await producer.disconnect();
  client.close();
}

/** What tells a machine, its services and its data from others. */
interface Identity {
  readonly machine: string | undefined;
  readonly processes: string;
  /** Number of the file that holds the topic's messages: a copy has another one. */
  readonly log: string;
  readonly brokerId: string;
  readonly address: string;
}

async function identify(member: string): Promise<Identity> {
  const run = (script: string): Promise<string> => inside(STACK, member, script);
  return {
    machine: (await findMachine(STACK, member))?.config["volatile.uuid"],
    processes: await run("systemctl show --property=MainPID --value zookeeper kafka"),
    log: await run(`stat --format=%i /opt/kafka-logs/${TOPIC}-0/00000000000000000000.log`),
    brokerId: await run("grep '^broker.id=' /opt/kafka-logs/meta.properties"),
    address: await run("ip -brief -4 address show eth0 | awk '{print $3}'"),
  };
}

function identifyAll(): Promise<Identity[]> {
  return Promise.all(MEMBERS.map(identify));
}

/** Every replica is in sync, and no message is lost. */
async function assertWhole(): Promise<void> {
  for (const { topic, partition, replicas, isr } of await allPartitions(brokers)) {
    assert.deepEqual([...isr].sort(), [...replicas].sort(), `${topic}-${partition}`);
  }
  const [offsets] = await ask((admin) => admin.fetchTopicOffsets(TOPIC));
  assert.deepEqual([offsets?.low, offsets?.high], ["0", String(MESSAGES)]);
}

/** Asserts that a member has a new machine with its old identity and data, and that the others were not touched. */
async function assertReplaced(member: string, was: readonly Identity[], dataKept = true): Promise<void> {
  const is = await identifyAll();
  for (const [index, name] of MEMBERS.entries()) {
    const [old, now] = [was[index], is[index]];
    if (name !== member) {
      assert.deepEqual(now, old, name);
      continue;
    }
    assert.notEqual(now?.machine, old?.machine);
    if (dataKept) assert.equal(now?.log, old?.log, "the log was copied");
    assert.deepEqual([now?.brokerId, now?.address], [old?.brokerId, old?.address]);
  }
  await assertWhole();
}

/** Switches a machine off, in good order or by force. */
async function stopMachine(member: string, force = false): Promise<void> {
  const json = { action: "stop", timeout: 60, force };
  await call(await findDaemon(), "PUT", instancePath(SPACE, member, "/state"), { json });
}

async function deleteVolume(member: string): Promise<void> {
  const path = `/1.0/storage-pools/${SPACE}/volumes/custom/${member}?project=${SPACE}`;
  await call(await findDaemon(), "DELETE", path);
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  base = await devConfiguration(PREFIX);
  await stack.configure(base);
  const { text } = await stack.succeed("up");
  assert.doesNotMatch(text, /plan for the members/);
  const topic = { topic: TOPIC, numPartitions: 1, replicationFactor: 3 };
  await ask((admin) => admin.createTopics({ topics: [topic], waitForLeaders: true }));
  await produce();
});
after(() => stack.remove());

test("a preview says what each member takes while it runs, why it restarts, and which machine is replaced", async () => {
  await stack.configure(base.replace("message.max.bytes: 5242880", "message.max.bytes: 4242880"));
  const dynamic = await stack.succeed("preview");
  for (const member of MEMBERS) {
    assert.match(
      dynamic.text,
      new RegExp(`^  ${member}   kafka takes message\\.max\\.bytes=4242880 while it runs$`, "m"),
    );
  }
  const other = base.replace("broker: 384m", "broker: 400m").replace("retention.hours: 168", "retention.hours: 96");
  await stack.configure(other);
  const restart = await stack.succeed("preview");
  assert.match(restart.text, /^ {2}kafka-2 {3}kafka is restarted: log\.retention\.hours, heap\.broker$/m);
  await stack.configure(base);
  const replaced = await stack.succeed("preview", "--replace", "**kafka-3-machine");
  assert.match(
    replaced.text,
    /^ {2}kafka-3 {3}machine is replaced, its data volume is kept: --replace\n {2}2 members/m,
  );
  assert.match((await stack.succeed("preview")).text, /^ {2}3 members are left alone$/m);
});

test("a plan that would lose a data volume, or two machines at once, is refused and nothing is touched", async () => {
  const was = await identifyAll();
  const volume = await stack.fail("up", "--replace", "**kafka-2*");
  assert.match(volume, /kafka-2-volume would be deleted, with all data of kafka-2, which stays/);
  assert.match(volume, /npm run replace -- kafka-2 --data-volume-too$/m);
  const image = await stack.fail("up", "--replace", "**local-image");
  assert.match(image, /kafka-1-machine, kafka-2-machine, kafka-3-machine would be deleted at the same time/);
  assert.match(await stack.fail("preview", "--replace", "**kafka-2*"), /kafka-2-volume would be deleted/);
  assert.deepEqual(await identifyAll(), was);
});

test("replace: one known member at a time", async () => {
  assert.match(await stack.fail("replace"), /no member is named: .*the stack's members are kafka-1, kafka-2, kafka-3/);
  assert.match(await stack.fail("replace", "kafka-9"), /no member "kafka-9": the stack's members are kafka-1, /);
  assert.match(await stack.fail("replace", "kafka-1", "kafka-2"), /kafka-1, kafka-2: .* of one member at a time/);
});

test("a replaced machine has its member's id, address and data, and the others are not touched", async () => {
  const was = await identifyAll();
  const report = await underTraffic({ brokers, topic: "replaced" }, async () => {
    const { text } = await stack.succeed("replace", "kafka-2");
    assert.match(
      text,
      /^ {2}kafka-2 {3}machine is replaced, its data volume is kept: --replace\n {2}2 members are left alone$/m,
    );
  });
  assertNothingLost(report);
  await assertReplaced("kafka-2", was);
});

test("a machine that was deleted behind Pulumi's back is made again by the next up, and nothing else changes", async () => {
  const was = await identifyAll();
  await deleteInstance(await findDaemon(), SPACE, "kafka-3");
  const { text } = await stack.succeed("up");
  assert.match(text, /^kafka-3: its machine is gone: it is made again, with its data volume$/m);
  assert.match(text, /^ {2}kafka-3 {3}machine is replaced, its data volume is kept: the machine is gone$/m);
  await assertReplaced("kafka-3", was);
});

test("a machine that was stopped is started, and proven healthy", async () => {
  const was = await identifyAll();
  await stopMachine("kafka-1");
  const { text } = await stack.succeed("up");
  assert.match(text, /^kafka-1: its machine is stopped: it is started, and looked at$/m);
  assert.match(text, /kafka-1: kafka is healthy/);
  const [first, ...others] = await identifyAll();
  assert.deepEqual(others, was.slice(1));
  assert.deepEqual({ ...first, processes: "" }, { ...was[0], processes: "" });
  await assertWhole();
});

test("all machines switched off at once: the next up brings the cluster back", async () => {
  const was = (await identifyAll()).map(({ processes: _, ...identity }) => identity);
  await Promise.all(MEMBERS.map((member) => stopMachine(member, true)));
  await stack.succeed("up");
  assert.deepEqual(
    (await identifyAll()).map(({ processes: _, ...identity }) => identity),
    was,
  );
  await assertWhole();
});

test("a data volume that is gone as well is made anew, and copied from the others", async () => {
  const was = await identifyAll();
  await deleteInstance(await findDaemon(), SPACE, "kafka-2");
  await deleteVolume("kafka-2");
  const { text } = await stack.succeed("up");
  assert.match(text, /^kafka-2: its data volume is gone: machine and data volume are made anew$/m);
  await assertReplaced("kafka-2", was, false);
});

test("a data volume is made anew when that is asked for: after its services were stopped", async () => {
  const was = await identifyAll();
  await inside(STACK, "kafka-3", "touch /srv/kafka-data/marker");
  const report = await underTraffic({ brokers, topic: "made-anew" }, async () => {
    const { text } = await stack.succeed("replace", "kafka-3", "--data-volume-too");
    assert.match(
      text,
      /^ {2}kafka-3 {3}machine and data volume are made anew, all data on the volume is lost: --replace$/m,
    );
    assert.match(text, /all data of kafka-3 is deleted/);
    assert.match(text, /kafka-3: stopping kafka/);
  });
  assertNothingLost(report);
  await inside(STACK, "kafka-3", "! test -e /srv/kafka-data/marker");
  await assertReplaced("kafka-3", was, false);
});

test("down leaves nothing", async () => {
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});
