/** The traffic on a real cluster: what is whole is judged whole, and what is lost on purpose is found. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { PartitionState } from "../../model/kafka/partition.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import { askAdmin } from "../traffic/client.ts";
import { assertNothingLost, describe, faults } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { inside } from "./support/machines.ts";
import { devConfiguration, TestStack } from "./support/stack.ts";

const STACK = "e2et";
const PREFIX = "10.213.53.";
const brokers = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);
/** How long the cluster may take to change as a test wants it, in milliseconds. */
const CHANGE_TIMEOUT_MS = 90_000;

let stack: TestStack;

type Partition = Omit<PartitionState, "partition">;

async function partitionsOf(topic: string): Promise<Partition[]> {
  return (
    (await askAdmin({ brokers }, (admin) => admin.fetchTopicMetadata({ topics: [topic] }))).topics[0]?.partitions ?? []
  );
}

/** Waits until all partitions are as wanted. */
async function partitionsAre(topic: string, what: string, wanted: (partition: Partition) => boolean): Promise<void> {
  await waitFor(
    `${topic}: ${what}`,
    async () => {
      const now = await partitionsOf(topic);
      return now.length > 0 && now.every(wanted) ? { value: true } : { seen: JSON.stringify(now) };
    },
    CHANGE_TIMEOUT_MS,
  );
}

function inSync(topic: string, count: number): Promise<void> {
  return partitionsAre(topic, `${count} in sync`, ({ isr }) => isr.length === count);
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  await stack.configure(await devConfiguration(PREFIX));
  await stack.succeed("up");
});
after(() => stack.remove());

test("by hand: against the stack's own cluster, whose topics are as they were afterwards", async (context) => {
  const command = "--import tsx test/traffic/run.ts --seconds 5 --rate 300".split(" ");
  const { code, text, stdout } = await stack.program([process.execPath, ...command], 120_000);
  context.diagnostic(text);
  assert.equal(code, 0, text);
  assert.match(stdout, /; lost 0, duplicated 0, reordered 0, failed 0, unknown 0; longest pause \d/);
  const topics = await askAdmin({ brokers }, (admin) => admin.listTopics());
  assert.deepEqual(
    topics.filter((topic) => topic.startsWith("traffic-")),
    [],
  );
});

test("an operation that fails ends the traffic, and its topic is deleted", async () => {
  const failing = underTraffic({ brokers, topic: "failing" }, () => Promise.reject(new Error("it failed")));
  await assert.rejects(failing, /^Error: it failed$/);
  assert.ok(!(await askAdmin({ brokers }, (admin) => admin.listTopics())).includes("failing"));
});

test("a rolling restart loses nothing, and the report has the time that writes stood still", async () => {
  await stack.configure(
    (await devConfiguration(PREFIX)).replace(/log\.retention\.hours: \d+/, "log.retention.hours: 96"),
  );
  const report = await underTraffic({ brokers, topic: "rolling", writesPerSecond: 120 }, async () => {
    const { text } = await stack.succeed("up");
    for (const member of [1, 2, 3]) assert.match(text, new RegExp(`kafka-${member}: stopping kafka`));
  });
  assertNothingLost(report, { pauseMs: 30_000 });
  assert.equal(report.read, report.acknowledged);
  assert.ok(report.pause.ms > 0 && report.commonPause.ms > 0);
});

test("a broker that is killed loses nothing", async (context) => {
  const report = await underTraffic({ brokers, topic: "killed" }, async () => {
    // systemd starts it again.
    await inside(STACK, "kafka-3", "systemctl kill --signal SIGKILL kafka");
    await inSync("killed", 2);
    await inSync("killed", 3);
  });
  context.diagnostic(describe(report));
  assertNothingLost(report, { pauseMs: 60_000 });
});

test("a broker that freezes and wakes up loses nothing", async () => {
  const report = await underTraffic({ brokers, topic: "frozen" }, async (traffic) => {
    await inside(STACK, "kafka-1", "systemctl kill --signal SIGSTOP kafka");
    try {
      // Its connections stay, and it takes new ones.
      await inSync("frozen", 2);
      await traffic.flowing();
    } finally {
      await inside(STACK, "kafka-1", "systemctl kill --signal SIGCONT kafka");
    }
    await inSync("frozen", 3);
  });
  assertNothingLost(report, { pauseMs: 60_000 });
});

test("a broker that stands still for 5 s keeps its session and its partitions", async () => {
  const expired = (): Promise<string> =>
    inside(STACK, "kafka-2", "grep --count 'ession 0x.* has expired' /var/log/kafka/server.log || true");
  const before = await expired();
  const report = await underTraffic({ brokers, topic: "still" }, async () => {
    const leaders = (await partitionsOf("still")).map(({ leader }) => leader);
    await inside(STACK, "kafka-2", "systemctl kill --signal SIGSTOP kafka");
    try {
      await sleep(5_000);
    } finally {
      await inside(STACK, "kafka-2", "systemctl kill --signal SIGCONT kafka");
    }
    // What ZooKeeper has given up by then would be gone at its next tick.
    await sleep(4_000);
    assert.deepEqual(
      (await partitionsOf("still")).map(({ leader }) => leader),
      leaders,
    );
    await inSync("still", 3);
  });
  assertNothingLost(report);
  assert.equal(await expired(), before);
});

test("records that are deleted are found lost, those and no others", async () => {
  const topic = "deleted";
  const report = await underTraffic({ brokers, topic, partitions: 2 }, async () => {
    await waitFor(
      "20 records in partition 1",
      () =>
        askAdmin({ brokers }, async (admin) => {
          const offsets = await admin.fetchTopicOffsets(topic);
          const end = Number(offsets.find(({ partition }) => partition === 1)?.high ?? 0);
          if (end < 20) return { seen: `${end}` };
          // kafkajs knows a topic's leaders only when this client was asked for its offsets before.
          await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: "7" }] });
          return { value: true };
        }),
      CHANGE_TIMEOUT_MS,
    );
  });
  assert.deepEqual(faults(report), ["acknowledged writes were lost"]);
  assert.deepEqual(
    report.lost
      .map(({ write, seen }) => [write.partition, write.offset, seen])
      .toSorted((a, b) => Number(a[1]) - Number(b[1])),
    [0, 1, 2, 3, 4, 5, 6].map((offset) => [1, offset, "nothing there"]),
  );
  assert.throws(() => {
    assertNothingLost(report);
  }, /acknowledged writes were lost/);
});

test("an unclean leader: what only the dead one had is found lost, and writes go on", async () => {
  const topic = "unclean";
  const properties = { "unclean.leader.election.enable": "true" };
  const replication = { partitions: 1, replicationFactor: 2, minInSyncReplicas: 1, properties };
  let before = 0;
  const report = await underTraffic({ brokers, topic, ...replication }, async (traffic) => {
    const [{ leader, replicas } = { leader: 0, replicas: [] }] = await partitionsOf(topic);
    const follower = replicas.find((id) => id !== leader);
    assert.ok(follower);
    await inside(STACK, `kafka-${follower}`, "systemctl stop kafka");
    await partitionsAre(topic, `only ${leader} in sync`, ({ isr }) => isr.join() === `${leader}`);
    // Acknowledged by all replicas that are in sync: one.
    before = traffic.acknowledged;
    await traffic.flowing();
    await inside(STACK, `kafka-${leader}`, "systemctl kill --signal SIGKILL kafka; systemctl stop kafka");
    await inside(STACK, `kafka-${follower}`, "systemctl start kafka");
    await partitionsAre(topic, `led by ${follower}`, (partition) => partition.leader === follower);
    await inside(STACK, `kafka-${leader}`, "systemctl start kafka");
    await inSync(topic, 2);
  });
  assert.ok(report.lost.length > 0 && report.lost.length < report.acknowledged, describe(report));
  assert.ok(report.lost.some(({ write }) => write.sequence >= before));
  assert.equal(report.duplicated.length, 0);
  assert.throws(() => {
    assertNothingLost(report);
  }, /acknowledged writes were lost/);
});
