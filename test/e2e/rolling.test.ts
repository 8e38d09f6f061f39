/**
 * Changes of a cluster that lives: what a broker takes while it runs, what restarts it, when that has to wait, and what
 * becomes of a change that breaks it. Three brokers with ZooKeeper beside them. The tests build on each other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import kafkajs from "kafkajs";
import type { Admin } from "kafkajs";
import { askAdmin, nextRoll } from "./support/admin.ts";
import { execInside, findMachine, inside, leftovers } from "./support/machines.ts";
import { devConfiguration, TestStack } from "./support/stack.ts";

const STACK = "e2er";
const PREFIX = "10.213.58.";
const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
const BROKER_IDS = [1, 2, 3];
const BROKERS = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);

let stack: TestStack;
let base: string;

/** Configures the stack: the note's, with some broker properties of its own and further settings. */
async function configure(properties: Record<string, string | number> = {}, more = ""): Promise<void> {
  const lines = Object.entries(properties).map(([key, value]) => `    ${key}: ${value}\n`);
  const anchor = "  kafka-cluster:brokerProperties:\n";
  const kept = Object.keys(properties).reduce(
    (text, key) => text.replace(new RegExp(`^    ${key.replaceAll(".", "\\.")}: .*\n`, "m"), ""),
    base,
  );
  await stack.configure(kept.replace(anchor, `${more}${anchor}${lines.join("")}`));
}

const ACCEPT = "  kafka-cluster:rollout:\n    acceptUnavailable: true\n";
const QUICK = "  kafka-cluster:rollout:\n    gateTimeoutSeconds: 5\n";

const topic = (name: string, replicationFactor: number): string =>
  `  kafka-cluster:topics:\n    - { name: ${name}, partitions: 1, replicationFactor: ${replicationFactor} }\n`;

const ask = <T>(question: (admin: Admin) => Promise<T>): Promise<T> => askAdmin(BROKERS, question);

/** What each broker says that a property of its own is. */
function inEffect(name: string): Promise<(string | undefined)[]> {
  return ask(async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: BROKER_IDS.map((id) => ({
        type: kafkajs.ConfigResourceTypes.BROKER,
        name: String(id),
        configNames: [name],
      })),
    });
    return resources.map(({ configEntries }) => configEntries[0]?.configValue);
  });
}

/** The member that the next roll begins with, and the others. */
async function firstOfRoll(): Promise<{ first: string; id: number; others: string[] }> {
  const [first = "", ...others] = await nextRoll(stack, BROKERS);
  return { first, id: MEMBERS.indexOf(first) + 1, others };
}

/** What each of some members has, of what all have. */
function of<T>(members: readonly string[], values: readonly T[]): (T | undefined)[] {
  return members.map((member) => values[MEMBERS.indexOf(member)]);
}

/** Process ids of the services, which change when they restart. */
function processes(): Promise<string[]> {
  return Promise.all(
    MEMBERS.map((member) => inside(STACK, member, "systemctl show --property=MainPID --value zookeeper kafka")),
  );
}

function inFile(property: string): Promise<string[]> {
  return Promise.all(
    MEMBERS.map(async (member) =>
      (await inside(STACK, member, `grep '^${property}=' /etc/kafka/server.properties || true`)).trim(),
    ),
  );
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  base = await devConfiguration(PREFIX);
  await configure();
  await stack.succeed("up");
});
after(() => stack.remove());

test("what a broker takes while it runs restarts nothing, and stands in its file as well", async () => {
  const before = await processes();
  await configure({ "message.max.bytes": 4242880, "num.io.threads": 12 });
  const { text } = await stack.succeed("up");
  assert.match(text, /kafka-2: kafka has taken message\.max\.bytes=4242880, num\.io\.threads=12 while it runs/);
  assert.deepEqual(await processes(), before);
  assert.deepEqual(await inEffect("message.max.bytes"), ["4242880", "4242880", "4242880"]);
  assert.deepEqual(await inFile("num.io.threads"), Array(3).fill("num.io.threads=12"));
});

test("a change that the broker itself refuses leaves its file as it was, and every member untouched", async () => {
  const before = await processes();
  const { id } = await firstOfRoll();
  await configure({ "metric.reporters": "org.example.NoSuchReporter" });
  const text = await stack.fail("up");
  assert.match(
    text,
    new RegExp(`broker ${id}: .*metric\\.reporters = org\\.example\\.NoSuchReporter.* can't be changed: Invalid value`),
  );
  assert.deepEqual(await processes(), before);
  assert.deepEqual(await inFile("metric.reporters"), ["", "", ""]);
});

test("a change that a running broker does not stand is taken back at the first, and the others never see it", async () => {
  const before = await processes();
  const { first, others } = await firstOfRoll();
  const buffer = "log.cleaner.dedupe.buffer.size";
  // It fits into the heap of 384 MiB alone, but 4 MiB are not enough for all else.
  await configure({ "message.max.bytes": 4242880, "num.io.threads": 12, [buffer]: 398458880 });
  const text = await stack.fail("up");
  assert.match(
    text,
    new RegExp(`${first} .*does not stand log\\.cleaner\\.dedupe\\.buffer\\.size=398458880 while it runs: its process`),
  );
  assert.match(text, /java\.lang\.OutOfMemoryError/);
  assert.match(text, /Its former files are back and it runs with them; the members after it are untouched/);
  assert.deepEqual(of(others, await processes()), of(others, before));
  assert.deepEqual(await inEffect(buffer), Array(3).fill("50331648"));
  assert.deepEqual(await inFile(buffer), Array(3).fill(`${buffer}=50331648`));
});

/** Sets, or takes away, a default of all brokers with Kafka's own tool. */
function defaultOfAll(change: string): Promise<string> {
  const tool = `/opt/kafka/bin/kafka-configs.sh --bootstrap-server ${BROKERS[0]} --entity-type brokers --entity-default`;
  return inside(STACK, "kafka-1", `${tool} --alter ${change}`);
}

test("one that needs a restart rolls; each broker gets its leaders back and follows its file again", async () => {
  const before = await processes();
  await defaultOfAll("--add-config log.retention.ms=3600000");
  await configure({ "log.retention.hours": 96, "message.max.bytes": 3242880 });
  const { text } = await stack.succeed("up");
  assert.match(text, /kafka-3: stopping kafka: log\.retention\.hours can't be changed while it runs/);
  assert.ok((await processes()).every((pids, index) => pids !== before[index]));
  // A default of all brokers goes before what their files say, and would delete messages after an hour. With a value in
  // milliseconds Kafka shows its own default for the hours.
  assert.match(text, /kafka-3: log\.retention\.ms=345600000 of its own: the default of all brokers, 3600000, would go/);
  assert.deepEqual(await inEffect("log.retention.ms"), Array(3).fill("345600000"));
  await defaultOfAll("--delete-config log.retention.ms");
  assert.deepEqual(await inEffect("message.max.bytes"), ["3242880", "3242880", "3242880"]);
  const leaders = await ask(async (admin) =>
    (await admin.fetchTopicMetadata()).topics.flatMap(({ partitions }) =>
      partitions.map(({ leader, replicas }) => leader === replicas[0]),
    ),
  );
  assert.ok(leaders.every(Boolean), "a partition is not led by its preferred leader");
  const overrides = await ask((admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: "2" }],
    }),
  );
  const dynamic = overrides.resources[0]?.configEntries.filter(({ configSource }) => Number(configSource) === 2);
  assert.deepEqual(
    dynamic?.map(({ configName }) => configName),
    ["log.retention.ms"],
  );
});

test("a change that breaks the broker: the first gets its former files back, the others are untouched", async () => {
  const before = await processes();
  const { first, others } = await firstOfRoll();
  await configure({ "log.retention.hours": 96, "authorizer.class.name": "org.example.NoSuchAuthorizer" });
  const text = await stack.fail("up");
  assert.match(text, new RegExp(`${first} \\(10\\.213\\.58\\.\\d+\\) is not healthy: kafka does not stay up`));
  assert.match(text, /Its former files are back and it runs with them; the members after it are untouched/);
  assert.deepEqual(await inFile("authorizer.class.name"), ["", "", ""]);
  assert.deepEqual(of(others, await processes()), of(others, before));
});

test("options that the JVM refuses: the first gets its former files back, the others are untouched", async () => {
  const before = await processes();
  const { first, others } = await firstOfRoll();
  const kept = base;
  base = base.replace('broker: ["-XX:TieredStopAtLevel=1"]', 'broker: ["-XX:NoSuchOption=1"]');
  assert.notEqual(base, kept);
  await configure({ "log.retention.hours": 96 });
  base = kept;
  const text = await stack.fail("up");
  assert.match(text, new RegExp(`${first} \\(10\\.213\\.58\\.\\d+\\) is not healthy: kafka does not stay up`));
  assert.match(text, /Unrecognized VM option 'NoSuchOption=1'/);
  assert.match(text, /Its former files are back and it runs with them; the members after it are untouched/);
  assert.deepEqual(of(others, await processes()), of(others, before));
  await configure({ "log.retention.hours": 72 });
  await stack.succeed("up");
  assert.deepEqual(await inEffect("log.retention.hours"), ["72", "72", "72"]);
  // Without the default, nobody needs a value of its own.
  assert.deepEqual(await inEffect("log.retention.ms"), [null, null, null]);
});

test("a broker that a partition can't do without is not stopped; the remedy is named, and a setting passes", async () => {
  const { first, id } = await firstOfRoll();
  await ask((admin) =>
    admin.createTopics({ topics: [{ topic: "single", replicaAssignment: [{ partition: 0, replicas: [id] }] }] }),
  );
  const before = await processes();
  await configure({ "log.retention.hours": 48 });
  const text = await stack.fail("up");
  assert.match(text, /topic single has one replica: the roll stops at its broker, unless/);
  assert.match(text, new RegExp(`${first}: kafka was not stopped`));
  // What failed is repeated below the outputs.
  assert.match(
    text,
    new RegExp(
      `still on record\nwhat failed:\n {2}${first}-apply: kafka was not stopped:\n[^]{0,600}ended with exit code`,
    ),
  );
  assert.match(text, new RegExp(`single-0: broker ${id} has its only in-sync replica`));
  assert.match(text, /name in the setting topics single \(replicationFactor 2\), and run npm run up again/);
  assert.doesNotMatch(text, /lower min\.insync\.replicas/);
  const status = await stack.runScript("status");
  assert.equal(status.code, 2);
  assert.match(status.text, new RegExp(`stack: the last update has not ended: ${first} \\(apply\\)`));
  assert.deepEqual(await processes(), before);
  assert.deepEqual(await inFile("log.retention.hours"), Array(3).fill("log.retention.hours=72"));
  await configure({ "log.retention.hours": 48 }, ACCEPT);
  await stack.succeed("up");
  assert.deepEqual(await inEffect("log.retention.hours"), ["48", "48", "48"]);
});

test("the remedy that is named is followed: replicas come before the first broker is stopped", async () => {
  await configure({ "log.retention.hours": 49 }, topic("single", 2));
  const { text } = await stack.succeed("up");
  assert.match(text, /topic single: 1 partition gets 2 replicas, before brokers restart/);
  assert.ok(text.indexOf("before brokers restart") < text.indexOf("stopping kafka"));
  assert.deepEqual(await inEffect("log.retention.hours"), ["49", "49", "49"]);
});

test("while another member is missing no machine is replaced, and nothing is deleted", async () => {
  await ask((admin) => admin.deleteTopics({ topics: ["single"] }));
  await configure({ "log.retention.hours": 48 }, QUICK);
  await stack.succeed("up");
  // Others take its ports: it is missing, and an up that starts it first would not know.
  const take = [2181, 9092].map((port) => `systemd-run --unit taken-${port} python3 -m http.server ${port}`);
  await inside(STACK, "kafka-3", ["systemctl stop kafka zookeeper", ...take].join(" && "));
  const machine = (await findMachine(STACK, "kafka-1"))?.config["volatile.uuid"];
  const text = await stack.fail("up", "--replace", "**kafka-1-machine");
  assert.match(text, /kafka-1: (kafka|zookeeper) was not stopped: waited 5 s/);
  assert.equal((await findMachine(STACK, "kafka-1"))?.config["volatile.uuid"], machine);
  assert.equal((await execInside(STACK, "kafka-1", "systemctl is-active kafka zookeeper")).code, 0);
  await inside(STACK, "kafka-3", "systemctl stop taken-2181 taken-9092; systemctl start zookeeper kafka");
});

test("with all of them there, the machine is replaced and its data kept", async () => {
  await configure({ "log.retention.hours": 48 });
  const machine = (await findMachine(STACK, "kafka-1"))?.config["volatile.uuid"];
  await stack.succeed("up", "--replace", "**kafka-1-machine");
  assert.notEqual((await findMachine(STACK, "kafka-1"))?.config["volatile.uuid"], machine);
});

test("down: nothing waits for a cluster that goes as a whole", async () => {
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});
