/** Brokers that come and go, under traffic: partitions move before the machines do, and no message is lost. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Admin } from "kafkajs";
import { parse, stringify } from "yaml";
import { kafkaClient } from "../../scripts/lib/kafka.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import { assertNothingLost } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { allPartitions, askAdmin, askRequests } from "./support/admin.ts";
import { findMachine, inside, leftovers } from "./support/machines.ts";
import { type Running, TestStack, versionsUnderTest } from "./support/stack.ts";

const STACK = "e2eb";
const PREFIX = "10.213.55.";
const TOPICS = [
  { topic: "orders", numPartitions: 6, replicationFactor: 3 },
  { topic: "events", numPartitions: 8, replicationFactor: 2 },
];
const MESSAGE_BYTES = 16 * 1024;
/** Each partition gets 5 MiB: what a limit of 1 MiB/s lets through at once, its average over ten seconds, is less in all. */
const PER_PARTITION = 320;
const PER_BATCH = 64;

/** How long a move may take to begin, in milliseconds. */
const MOVE_TIMEOUT_MS = 240_000;

let stack: TestStack;
/** The brokers that stay. */
const BOOTSTRAP = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);
const address = (id: number): string => `${PREFIX}${17 + id}:9092`;

/** The dev stack with a number of brokers. */
async function configure(kafkaVersion: string, brokerCount: number, throttleMiBps = 50): Promise<void> {
  const dev = parse((await readFile("Pulumi.dev.yaml", "utf8")).replaceAll("10.0.0.", PREFIX)) as { config: object };
  const own = {
    "kafka-cluster:kafkaVersion": kafkaVersion,
    "kafka-cluster:brokerCount": brokerCount,
    "kafka-cluster:rebalance": { throttleMiBps },
  };
  await stack.configure(stringify({ config: { ...dev.config, ...own } }));
}

/** Asks the cluster itself, through the brokers that stay. */
const ask = <T>(question: (admin: Admin) => Promise<T>): Promise<T> => askAdmin(BOOTSTRAP, question);

const keysOf = (topic: string, partition: number): string[] =>
  Array.from({ length: PER_PARTITION }, (_, index) => `${topic}-${partition}-${index}`);

const ALL_KEYS = TOPICS.flatMap(({ topic, numPartitions }) =>
  Array.from({ length: numPartitions }, (_, partition) => keysOf(topic, partition)).flat(),
).sort();

async function produceAll(): Promise<void> {
  const client = kafkaClient({ brokers: [address(1)], clientId: "e2e" });
  const producer = client.kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  for (const { topic, numPartitions } of TOPICS) {
    for (let partition = 0; partition < numPartitions; partition += 1) {
      const messages = keysOf(topic, partition).map((key) => ({ key, partition, value: key.padEnd(MESSAGE_BYTES) }));
      for (let from = 0; from < messages.length; from += PER_BATCH) {
        await producer.send({ topic, acks: -1, messages: messages.slice(from, from + PER_BATCH) });
      }
    }
  }
  await producer.disconnect();
  client.close();
}

/** Keys of all messages that can be read. A group whose coordinator moves may get a message twice: offsets tell. */
async function readAll(groupId: string): Promise<string[]> {
  const client = kafkaClient({ brokers: [1, 2, 3].map(address), clientId: "e2e" });
  const consumer = client.kafka.consumer({ groupId });
  const keys = new Map<string, string>();
  await consumer.connect();
  await consumer.subscribe({ topics: TOPICS.map(({ topic }) => topic), fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, partition, message }) => {
      const key = message.key?.toString() ?? "";
      if (message.value?.toString() === key.padEnd(MESSAGE_BYTES))
        keys.set(`${topic}-${partition}-${message.offset}`, key);
      return Promise.resolve();
    },
  });
  await waitFor(
    "all messages",
    () =>
      Promise.resolve(keys.size >= ALL_KEYS.length ? { value: true } : { seen: `${keys.size} of ${ALL_KEYS.length}` }),
    60_000,
  );
  await consumer.disconnect();
  client.close();
  return [...keys.values()].sort();
}

/** Nothing limits replication, neither at brokers nor at topics, by what ZooKeeper has. */
async function assertNoThrottle(version: string, brokers: readonly number[]): Promise<void> {
  const folder = version === "2.4.0" ? "kafka_2.11-2.4.0" : `kafka_2.13-${version}`;
  const nodes = [...brokers.map((id) => `brokers/${id}`), ...TOPICS.map(({ topic }) => `topics/${topic}`)];
  const shell = `/opt/${folder}/bin/zookeeper-shell.sh localhost:2181`;
  const found = await inside(STACK, "kafka-1", nodes.map((node) => `${shell} get /config/${node} 2>&1`).join("; "));
  assert.equal(found.match(/^\{"version":1,"config":\{.*\}\}$/gm)?.length, nodes.length, found);
  assert.doesNotMatch(found, /throttled/);
}

/** Every partition is in sync, led by its preferred leader, and the brokers have as many replicas as each other, or one more. */
async function assertSpread(brokers: readonly number[]): Promise<void> {
  const partitions = await allPartitions(BOOTSTRAP);
  for (const { topic, partition, leader, replicas, isr } of partitions) {
    assert.deepEqual([...isr].sort(), [...replicas].sort(), `${topic}-${partition}`);
    assert.equal(leader, replicas[0], `${topic}-${partition}`);
    assert.ok(replicas.every((id) => brokers.includes(id)));
  }
  for (const { topic, replicationFactor } of TOPICS) {
    for (const row of partitions.filter((p) => p.topic === topic)) assert.equal(row.replicas.length, replicationFactor);
  }
  const loads = brokers.map((id) => partitions.filter(({ replicas }) => replicas.includes(id)).length);
  // The verification makes no topic and no replica after the first time.
  assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, `replicas per broker: ${loads.join(", ")}`);
}

/** Waits until partitions move while an update runs. */
async function moving(update: Running): Promise<void> {
  await waitFor(
    "partitions to move",
    async () => {
      const moves = await askRequests(BOOTSTRAP, (requests) => requests.movesUnderWay()).catch(() => []);
      return moves.length > 0 && /partitions? begins? to move/.test(update.text())
        ? { value: true }
        : { seen: update.text() };
    },
    MOVE_TIMEOUT_MS,
  );
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
});
after(() => stack.remove());

for (const version of versionsUnderTest("3.9.2")) {
  test(`${version}: three brokers with data`, async () => {
    await configure(version, 3);
    const { text } = await stack.succeed("up");
    assert.match(text, /nothing to move: \d+ partitions on brokers 1, 2, 3/);
    await ask((admin) => admin.createTopics({ topics: [...TOPICS], waitForLeaders: true }));
    await produceAll();
    assert.deepEqual(await readAll(`${version}-three`), ALL_KEYS);
  });

  test(`${version}: more brokers, interrupted while partitions move and taken back: they move off again`, async () => {
    await configure(version, 5, 1);
    const update = stack.start("up");
    await moving(update);
    process.kill(update.pid, "SIGINT");
    const { code, text } = await update.ended;
    assert.notEqual(code, 0, text);
    assert.match(text, /the next update looks at these again in any case: assignment-partitions/);
    const onNew = (await allPartitions(BOOTSTRAP)).filter(({ replicas }) => replicas.some((id) => id > 3));
    assert.ok(onNew.length > 0);
    const status = await stack.runScript("status");
    assert.equal(status.code, 2);
    assert.match(
      status.text,
      /broker 4 \(\d+ \w+\) and 5 \(\d+ \w+\) are registered and no members of the last deployment/,
    );
    assert.match(status.text, /the last update has not ended: kafka-4 \(/);

    await configure(version, 3);
    assert.match((await stack.succeed("preview")).text, /~ +command:local:Command assignment-partitions update/);
    const report = await underTraffic({ brokers: BOOTSTRAP, topic: "traffic-back" }, () => stack.succeed("up"));
    assertNothingLost(report);
    for (const { replicas, isr } of await allPartitions(BOOTSTRAP)) {
      assert.ok(replicas.every((id) => id <= 3));
      assert.deepEqual([...isr].sort(), [...replicas].sort());
    }
    await assertNoThrottle(version, [1, 2, 3]);
    for (const id of [4, 5]) assert.equal(await findMachine(STACK, `kafka-${id}`), undefined);
    assert.deepEqual(await readAll(`${version}-back`), ALL_KEYS);
    await stack.succeed("preview", "--expect-no-changes");
  });

  test(`${version}: two more brokers get their share`, async () => {
    await configure(version, 5);
    const report = await underTraffic({ brokers: BOOTSTRAP, topic: "traffic-more" }, async () => {
      const { text } = await stack.succeed("up");
      assert.match(text, /\d+ of \d+ partitions get other replicas, for brokers 1, 2, 3, 4, 5/);
      await assertSpread([1, 2, 3, 4, 5]);
    });
    assertNothingLost(report);
    await assertNoThrottle(version, [1, 2, 3, 4, 5]);
    assert.deepEqual(await readAll(`${version}-five`), ALL_KEYS);
    await stack.succeed("preview", "--expect-no-changes");
  });

  test(`${version}: a preview of fewer brokers shows the move and what goes`, async () => {
    await configure(version, 3);
    const { text } = await stack.succeed("preview", "--diff");
    assert.match(text, /~ command:local:Command: \(update\)[^+-]*assignment-partitions/);
    for (const id of [4, 5]) assert.match(text, new RegExp(`kafka-${id}-machine`));
    assert.doesNotMatch(text, /kafka-3-machine/);
  });

  test(`${version}: interrupted while partitions move away, every machine and every message stays`, async () => {
    await configure(version, 3, 1);
    const update = stack.start("up");
    await moving(update);
    process.kill(update.pid, "SIGINT");
    const { code, text } = await update.ended;
    assert.notEqual(code, 0, text);
    for (const id of [4, 5]) assert.equal((await findMachine(STACK, `kafka-${id}`))?.status, "Running");
    assert.deepEqual(await readAll(`${version}-interrupted`), ALL_KEYS);
  });

  test(`${version}: the next up moves the rest and takes the brokers away`, async () => {
    await configure(version, 3);
    const report = await underTraffic({ brokers: BOOTSTRAP, topic: "traffic-fewer" }, async () => {
      await stack.succeed("up");
      await assertSpread([1, 2, 3]);
    });
    assertNothingLost(report);
    await assertNoThrottle(version, [1, 2, 3]);
    for (const id of [4, 5]) assert.equal(await findMachine(STACK, `kafka-${id}`), undefined);
    assert.deepEqual(await readAll(`${version}-three-again`), ALL_KEYS);
    const { bootstrapServers, members } = stack.outputs();
    assert.equal(bootstrapServers, [1, 2, 3].map(address).join(","));
    assert.deepEqual(
      members.map(({ name }) => name),
      ["kafka-1", "kafka-2", "kafka-3"],
    );
    await stack.succeed("preview", "--expect-no-changes");
  });

  test(`${version}: down, nothing is moved and nothing is left`, async () => {
    const { text } = await stack.succeed("down");
    assert.doesNotMatch(text, /get other replicas/);
    assert.deepEqual(await leftovers(STACK, PREFIX), []);
  });
}
