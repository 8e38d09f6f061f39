/** Topics of a stack on a real cluster of 2.4.0 (or `$E2E_VERSIONS`): made, taken over, changed, kept, deleted, refused. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import kafkajs, { type Admin } from "kafkajs";
import { stringify } from "yaml";
import { AdminRequests } from "../../scripts/lib/adminRequests.ts";
import { kafkaClient, type KafkaClient } from "../../scripts/lib/kafka.ts";
import { assertNothingLost } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { leftovers } from "./support/machines.ts";
import { devConfiguration, resourceChanges, TestStack, versionsUnderTest } from "./support/stack.ts";

const STACK = "e2eo";
const PREFIX = "10.213.56.";
const brokers = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);
const MESSAGES = 300;

interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs?: Record<string, unknown>;
  readonly deletion?: string;
}

let stack: TestStack;
let devSettings: string;

async function configure(version: string, topics: readonly Topic[]): Promise<void> {
  const settings = { "kafka-cluster:kafkaVersion": version, "kafka-cluster:topics": topics };
  const lines = stringify(settings).replace(/^/gm, "  ");
  await stack.configure(devSettings.replace("config:\n", `config:\n${lines}\n`));
}

async function withClient<T>(work: (client: KafkaClient, admin: Admin) => Promise<T>): Promise<T> {
  const client = kafkaClient({ brokers, clientId: "e2eo" });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await work(client, admin);
  } finally {
    await admin.disconnect();
    client.close();
  }
}

/** A topic's partitions, numbers of replicas and of those in sync, and configs of its own; undefined when there is none. */
function look(topic: string): Promise<unknown> {
  return withClient(async (_, admin) => {
    if (!(await admin.listTopics()).includes(topic)) return undefined;
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    });
    const own =
      resources[0]?.configEntries.filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG) ??
      [];
    return {
      replicas: topics[0]?.partitions.map(({ replicas, isr }) => `${isr.length}/${replicas.length}`),
      configs: Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue])),
    };
  });
}

/** Makes a topic as an operator does, and fills it. */
function makeByHand(topic: string, numPartitions: number, configs: Record<string, string>): Promise<void> {
  return withClient(async ({ kafka }, admin) => {
    const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }] });
    const producer = kafka.producer();
    await producer.connect();
    const messages = Array.from({ length: MESSAGES }, (_, index) => ({
      key: String(index),
      value: `message ${index}`,
    }));
    await producer.send({ topic, acks: -1, messages });
    await producer.disconnect();
  });
}

/** How many different messages can be read from the beginning. */
function readable(topic: string): Promise<number> {
  return withClient(async ({ kafka }, admin) => {
    const groupId = `reader-${Date.now()}`;
    const consumer = kafka.consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const seen = new Set<string>();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, 30_000);
      consumer
        .run({
          eachMessage: ({ message }) => {
            seen.add(message.value?.toString() ?? "");
            if (seen.size < MESSAGES) return Promise.resolve();
            clearTimeout(timer);
            resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    await admin.deleteGroups([groupId]);
    return seen.size;
  });
}

/** Makes the state say that a killed run was about to create this resource. */
function forgetCreation(name: string): void {
  stack.editState((latest) => {
    const resource = latest.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    assert.ok(resource);
    latest.resources = latest.resources.filter((other) => other !== resource);
    // Without the id and the outputs that a creation ends with.
    const begun = { ...resource, id: undefined, outputs: undefined };
    latest.pending_operations = [{ type: "creating", resource: begun }];
  });
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  devSettings = await devConfiguration(PREFIX);
});
after(() => stack.remove());

for (const version of versionsUnderTest("2.4.0")) {
  const orders = { name: "orders", partitions: 3, replicationFactor: 2, configs: { "retention.ms": 86400000 } };
  const audit = { name: "audit", partitions: 1, replicationFactor: 1 };
  const scratch = { name: "scratch", partitions: 1, replicationFactor: 3, deletion: "delete" };

  test(`${version}: up makes the topics of the configuration, and again changes nothing`, async () => {
    await configure(version, [orders, scratch]);
    await stack.succeed("up");
    assert.deepEqual(await look("orders"), {
      replicas: ["2/2", "2/2", "2/2"],
      configs: { "retention.ms": "86400000" },
    });
    assert.deepEqual(await look("scratch"), { replicas: ["3/3"], configs: {} });
    assert.deepEqual(stack.outputs().topics, [
      { name: "orders", partitions: 3, replicationFactor: 2 },
      { name: "scratch", partitions: 1, replicationFactor: 3 },
    ]);
    const { text } = await stack.succeed("up");
    // Two resources more for each topic: the component and its Command.
    assert.deepEqual(resourceChanges(text), {});
  });

  test(`${version}: a topic made by hand is taken over with its messages; what could lose some is refused`, async () => {
    await makeByHand("audit", 1, { "segment.ms": "600000" });
    await configure(version, [orders, scratch, { ...audit, configs: { "retention.ms": 1000 } }]);
    const refused = await stack.fail("up");
    assert.match(refused, /topic audit exists with retention\.ms = 604800000 and 1000 is wanted, which can delete/);
    await configure(version, [orders, scratch, { ...audit, configs: { "max.message.bytes": 2000000 } }]);
    const { text } = await stack.succeed("up");
    assert.match(text, /topic audit exists already: it is taken over/);
    assert.match(text, /topic audit: set max\.message\.bytes = 2000000/);
    assert.match(text, /topic audit: left alone, not set by this program: segment\.ms = 600000/);
    const configs = { "max.message.bytes": "2000000", "segment.ms": "600000" };
    assert.deepEqual(await look("audit"), { replicas: ["1/1"], configs });
    assert.equal(await readable("audit"), MESSAGES);
  });

  test(`${version}: replication factor 1 -> 3 -> 2, and more partitions, with all messages`, async () => {
    const tripled = { ...audit, replicationFactor: 3 };
    await configure(version, [orders, scratch, tripled]);
    assert.match((await stack.succeed("up")).text, /topic audit: 1 partition gets 3 replicas, before brokers restart/);
    // The config that the program had set is gone from the settings, so the broker's holds; the operator's own stays.
    assert.deepEqual(await look("audit"), { replicas: ["3/3"], configs: { "segment.ms": "600000" } });
    assert.equal(await readable("audit"), MESSAGES);
    const grown = { ...audit, partitions: 4, replicationFactor: 2, configs: { "min.insync.replicas": 2 } };
    await configure(version, [orders, scratch, grown]);
    const { text } = await stack.succeed("up");
    assert.match(text, /topic audit: replication factor 3 -> 2, all in sync/);
    assert.match(text, /topic audit: partitions 1 -> 4/);
    assert.deepEqual(await look("audit"), {
      replicas: ["2/2", "2/2", "2/2", "2/2"],
      configs: { "segment.ms": "600000", "min.insync.replicas": "2" },
    });
    assert.equal(await readable("audit"), MESSAGES);
    await stack.succeed("preview", "--expect-no-changes");
  });

  test(`${version}: more partitions and replicas of a topic that is written to lose nothing`, async () => {
    const busy = { name: "busy", partitions: 5, replicationFactor: 3, deletion: "delete" };
    const before = { partitions: 3, replicationFactor: 2, minInSyncReplicas: 1 };
    const report = await underTraffic({ brokers, topic: "busy", ...before }, async () => {
      await configure(version, [orders, scratch, { ...audit, partitions: 4, replicationFactor: 2 }, busy]);
      const { text } = await stack.succeed("up");
      assert.match(text, /topic busy exists already: it is taken over/);
      assert.match(text, /topic busy: 3 partitions get 3 replicas, before brokers restart/);
      assert.match(text, /topic busy: partitions 3 -> 5/);
    });
    assertNothingLost(report);
  });

  test(`${version}: an up that was killed while it took a topic over goes on, and the messages stay`, async () => {
    const dangerous = { ...audit, partitions: 4, replicationFactor: 2, deletion: "delete" };
    await configure(version, [orders, scratch, dangerous]);
    await stack.succeed("up");
    forgetCreation("topic-audit-managed");
    const { text } = await stack.succeed("up");
    assert.match(text, /the last run was cut off in the middle of 1 operations/);
    assert.match(text, /topic audit exists already: it is taken over/);
    assert.equal(await readable("audit"), MESSAGES);
  });

  test(`${version}: configs are set, changed and taken away; an operator's stays`, async () => {
    const quiet = { ...audit, partitions: 4, replicationFactor: 2 };
    await withClient(async (client) => {
      const requests = new AdminRequests(client);
      const throttle = { "leader.replication.throttled.replicas": "*" };
      await requests.incrementalAlterConfigs([{ resource: { type: "topic", name: "orders" }, set: throttle }]);
      await requests.close();
    });
    const changed = { ...orders, configs: { "cleanup.policy": "compact, delete", "retention.bytes": "1073741824" } };
    await configure(version, [changed, scratch, quiet]);
    const { text: shown } = await stack.succeed("preview", "--diff");
    assert.match(shown, /~ +environment/);
    assert.match(shown, /- +retention\.ms *: "86400000"/);
    assert.match(shown, /\+ +retention\.bytes *: "1073741824"/);
    const { text } = await stack.succeed("up");
    assert.match(text, /topic orders: set .*; back to the brokers' value: retention\.ms/);
    assert.deepEqual(await look("orders"), {
      replicas: ["2/2", "2/2", "2/2"],
      configs: {
        "cleanup.policy": "compact,delete",
        "retention.bytes": "1073741824",
        "leader.replication.throttled.replicas": "*",
      },
    });
  });

  test(`${version}: fewer partitions and a wrong config are refused by a preview`, async () => {
    const small = { ...orders, partitions: 2, configs: { "retention.mss": 1 } };
    await configure(version, [small]);
    assert.match(
      await stack.fail("preview"),
      /topics\[0\]\.configs\.retention\.mss = 1: no such config .*; did you mean retention\.ms\?/,
    );
    await configure(version, [{ ...orders, partitions: 2 }, scratch]);
    assert.match(await stack.fail("preview"), /topics\[0\]\.partitions = 2: at least 3, as topic orders has/);
  });

  test(`${version}: a topic that is taken out of the settings stays, or is deleted when its deletion says so`, async () => {
    await configure(version, [orders]);
    const { text } = await stack.succeed("up");
    assert.match(text, /topic audit stays in the cluster with its messages/);
    assert.match(text, /topic scratch deleted with its messages/);
    assert.equal(await look("scratch"), undefined);
    assert.equal(await readable("audit"), MESSAGES);
    // Named again with fewer partitions, it can't be refused before it is looked at.
    await configure(version, [orders, audit]);
    assert.match(await stack.fail("up"), /topic audit has 4 partitions and 1 are wanted/);
  });

  test(`${version}: down takes the topics with the cluster and asks no broker for that`, async () => {
    await configure(version, [orders, scratch]);
    await stack.succeed("up");
    const { text } = await stack.succeed("down");
    assert.doesNotMatch(text, /topic (orders|scratch) (stays|deleted)/);
    assert.deepEqual(await leftovers(STACK, PREFIX), []);
  });
}
