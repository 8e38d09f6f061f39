/**
 * Members that are down, and volumes that are not what they were: three brokers with ZooKeeper beside them. The tests build
 * on each other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Admin } from "kafkajs";
import { kafkaClient } from "../../scripts/lib/kafka.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import { assertNothingLost } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { execInside, inside, leftovers } from "./support/machines.ts";
import { nextRoll } from "./support/admin.ts";
import { devConfiguration, resourceChanges, TestStack } from "./support/stack.ts";

const STACK = "e2em";
const PREFIX = "10.213.52.";
const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
const BROKERS = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);

let stack: TestStack;
let base: string;

async function configure(more = ""): Promise<void> {
  await stack.configure(base.replace("config:\n", `config:\n${more}`));
}

async function withCluster<T>(
  work: (admin: Admin, send: (values: string[]) => Promise<void>) => Promise<T>,
): Promise<T> {
  const client = kafkaClient({ brokers: BROKERS, clientId: "e2e" });
  const [admin, producer] = [client.kafka.admin(), client.kafka.producer()];
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    return await work(admin, async (values) => {
      await producer.send({ topic: "orders", acks: -1, messages: values.map((value) => ({ value })) });
    });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
    client.close();
  }
}

/** The ids of the brokers in sync for the one partition of `orders`. */
function inSync(): Promise<number[]> {
  return withCluster(async (admin) => {
    const { topics } = await admin.fetchTopicMetadata({ topics: ["orders"] });
    return [...(topics[0]?.partitions[0]?.isr ?? [])].sort();
  });
}

async function onlySecondInSync(): Promise<void> {
  await waitFor(
    "kafka-2 to be the only one in sync",
    async () => {
      const isr = await inSync();
      return isr.join() === "2" ? { value: true } : { seen: isr.join() };
    },
    60_000,
  );
}

const messages = (): Promise<number> =>
  withCluster(async (admin) =>
    (await admin.fetchTopicOffsets("orders")).reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0),
  );

/** When a member's services have started, which a restart changes. */
const started = (member: string): Promise<string> =>
  inside(STACK, member, "systemctl show --property=MainPID --value zookeeper kafka");

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  base = await devConfiguration(PREFIX);
  await configure();
  await stack.succeed("up");
  await withCluster(async (admin, send) => {
    const assignment = [{ partition: 0, replicas: [2, 1] }];
    await admin.createTopics({
      topics: [
        {
          topic: "orders",
          replicaAssignment: assignment,
          configEntries: [{ name: "min.insync.replicas", value: "1" }],
        },
      ],
    });
    await send(Array.from({ length: 200 }, (_, index) => `order ${index}`));
  });
});
after(() => stack.remove());

test("a member that is down is brought up by the next up, although nothing has changed; then nothing is left to do", async () => {
  const untouched = await Promise.all(["kafka-1", "kafka-2"].map(started));
  await inside(STACK, "kafka-3", "systemctl stop kafka zookeeper");
  assert.match((await stack.succeed("preview")).text, /kafka-3 is down: it is brought up first/);
  const { text } = await stack.succeed("up");
  assert.match(text, /kafka-3: kafka is healthy/);
  assert.deepEqual(resourceChanges(text), { updated: 1 });
  assert.deepEqual(await Promise.all(["kafka-1", "kafka-2"].map(started)), untouched);
  assert.deepEqual(resourceChanges((await stack.succeed("up")).text), {});
});

test("with one of three down, a change for all of them mends that one and then rolls the others", async () => {
  let text = "";
  let others: string[] = [];
  const report = await underTraffic({ brokers: BROKERS, topic: "one-down" }, async () => {
    await inside(STACK, "kafka-2", "systemctl stop kafka");
    others = (await nextRoll(stack, BROKERS)).filter((member) => member !== "kafka-2");
    base = base.replace("broker: 384m", "broker: 400m");
    await configure();
    ({ text } = await stack.succeed("up"));
  });
  assertNothingLost(report, { pauseMs: 60_000 });
  const order = [...text.matchAll(/(kafka-\d): kafka is healthy/g)].map(([, member]) => member);
  assert.deepEqual([...new Set(order)], ["kafka-2", ...others]);
  for (const member of MEMBERS) await inside(STACK, member, "pgrep -f Xmx400m");
});

test("a volume of another cluster is refused, and untouched", async () => {
  const meta = "/opt/kafka-logs/meta.properties";
  await inside(
    STACK,
    "kafka-2",
    `systemctl stop kafka && cp -a ${meta} /root/meta && sed -i s/^cluster.id=.*/cluster.id=other/ ${meta}`,
  );
  assert.match(
    await stack.fail("up"),
    /kafka-2 \(\S+\): its data volume belongs to the cluster other, but the other brokers/,
  );
  assert.equal((await execInside(STACK, "kafka-2", "systemctl is-active kafka")).code, 3);
  await inside(STACK, "kafka-2", `cp -a /root/meta ${meta} && sed -i s/^broker.id=.*/broker.id=7/ ${meta}`);
  assert.match(await stack.fail("up"), /its data volume belongs to broker 7, but it is broker 2/);
  await inside(STACK, "kafka-2", `cp -a /root/meta ${meta}`);
  await stack.succeed("up");
});

test("an empty volume is filled again by the others, in full", async () => {
  const report = await underTraffic({ brokers: BROKERS, topic: "emptied" }, async () => {
    await inside(STACK, "kafka-1", "systemctl stop kafka && find /srv/kafka-data/kafka-logs -mindepth 1 -delete");
    await stack.succeed("up");
  });
  assertNothingLost(report, { pauseMs: 60_000 });
  assert.deepEqual(await inSync(), [1, 2]);
  assert.equal(await messages(), 200);
  const size = await inside(STACK, "kafka-1", "stat --format %s /opt/kafka-logs/orders-0/*.log");
  assert.ok(Number(size) > 200 * "order 1".length, `the log has ${size} bytes`);
});

test("an empty volume while all brokers are down waits for the others, and is filled by them", async () => {
  // All at once, as when the power fails: none of them is taken out of the others' in-sync replicas.
  await Promise.all(
    MEMBERS.map((member) => inside(STACK, member, "systemctl kill --signal=KILL kafka; systemctl stop kafka")),
  );
  await inside(STACK, "kafka-1", "find /srv/kafka-data/kafka-logs -mindepth 1 -delete");
  const { text } = await stack.succeed("up");
  assert.match(text, /kafka-1: its data volume is empty, but it had messages: waiting for another broker/);
  assert.deepEqual(await inSync(), [1, 2]);
  assert.equal(await messages(), 200);
});

test("an empty volume of the only replica in sync is refused, unless the loss is accepted", async () => {
  await inside(STACK, "kafka-1", "systemctl stop kafka");
  await onlySecondInSync();
  await inside(STACK, "kafka-2", "systemctl stop kafka");
  await inside(STACK, "kafka-2", "mv /srv/kafka-data/kafka-logs /srv/kafka-data/kept");
  const refused = await stack.fail("up");
  assert.match(refused, /its data volume is empty, and broker 2 has the only in-sync replica of .*\borders-0/);
  assert.equal((await execInside(STACK, "kafka-2", "systemctl is-active kafka")).code, 3);

  // With the volume back everything is there again.
  await inside(
    STACK,
    "kafka-2",
    "rm -rf /srv/kafka-data/kafka-logs && mv /srv/kafka-data/kept /srv/kafka-data/kafka-logs",
  );
  await stack.succeed("up");
  assert.equal(await messages(), 200);

  await inside(STACK, "kafka-1", "systemctl stop kafka");
  await onlySecondInSync();
  await inside(STACK, "kafka-2", "systemctl stop kafka && find /srv/kafka-data/kafka-logs -mindepth 1 -delete");
  await configure("  kafka-cluster:rollout:\n    acceptDataLoss: true\n");
  assert.match((await stack.succeed("up")).text, /started all the same \(rollout\.acceptDataLoss\)/);
  assert.deepEqual(await inSync(), [1, 2]);
});

test("down", async () => {
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});
