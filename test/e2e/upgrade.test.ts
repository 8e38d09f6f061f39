/**
 * An upgrade of Kafka under traffic, the way back, the upgrade again, and the protocol: three brokers with ZooKeeper beside
 * them. The tests build on each other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { waitFor } from "../../scripts/lib/wait.ts";
import { assertNothingLost } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { inside, leftovers } from "./support/machines.ts";
import { nextRoll } from "./support/admin.ts";
import { devConfiguration, TestStack } from "./support/stack.ts";

const STACK = "e2eu";
const PREFIX = "10.213.59.";
const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
const BROKERS = [18, 19, 20].map((host) => `${PREFIX}${host}:9092`);

let stack: TestStack;
let base: string;

async function configure(settings: Record<string, string>): Promise<void> {
  const lines = Object.entries(settings).map(([key, value]) => `  kafka-cluster:${key}: "${value}"\n`);
  await stack.configure(base.replace("config:\n", `config:\n${lines.join("")}`));
}

/** The version whose jars each service has open, by member. */
async function running(service: "kafka" | "zookeeper"): Promise<string[]> {
  const script = `pid=$(systemctl show --property=MainPID --value ${service})
tr '\\0' ' ' </proc/$pid/cmdline | grep -o '/opt/kafka_[0-9.]*-[0-9.]*' | head -n 1`;
  return (await Promise.all(MEMBERS.map((member) => inside(STACK, member, script)))).map(
    (path) => /-([0-9.]+)\n$/.exec(path)?.[1] ?? path,
  );
}

async function protocols(): Promise<string[]> {
  const script = "grep -oP '(?<=^inter.broker.protocol.version=).*' /etc/kafka/server.properties";
  return (await Promise.all(MEMBERS.map((member) => inside(STACK, member, script)))).map((text) => text.trim());
}

/** When each service was started last, in microseconds since the machine's boot; all machines share this computer's clock. */
async function starts(service: "kafka" | "zookeeper"): Promise<number[]> {
  const script = `systemctl show --property=ActiveEnterTimestampMonotonic --value ${service}`;
  return (await Promise.all(MEMBERS.map((member) => inside(STACK, member, script)))).map(Number);
}

async function upUnderTraffic(topic: string): Promise<void> {
  const report = await underTraffic({ brokers: BROKERS, topic }, () => stack.succeed("up"));
  assertNothingLost(report, { pauseMs: 30_000 });
}

/** The ensemble is upgraded as a whole before the first broker is. */
async function assertEnsembleFirst(): Promise<void> {
  const [servers, brokers] = [await starts("zookeeper"), await starts("kafka")];
  assert.ok(Math.max(...servers) < Math.min(...brokers), `${servers.join()} is not before ${brokers.join()}`);
  // By its time, each comes after the one before it in the roll.
  const rolled = stack.outputs().rollOrder.map((member) => brokers[MEMBERS.indexOf(member)] ?? 0);
  assert.deepEqual(
    [...rolled].sort((a, b) => a - b),
    rolled,
  );
}

const three = <T>(value: T): T[] => MEMBERS.map(() => value);

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  base = await devConfiguration(PREFIX);
});
after(() => stack.remove());

test("2.4.0 speaks its own protocol", async () => {
  await configure({ kafkaVersion: "2.4.0" });
  await stack.succeed("up");
  assert.deepEqual(await running("kafka"), three("2.4.0"));
  assert.deepEqual(await protocols(), three("2.4"));
});

test("an upgrade that raises the protocol with it is refused by a preview", async () => {
  await configure({ kafkaVersion: "3.9.2", interBrokerProtocolVersion: "3.9" });
  assert.match(await stack.fail("preview"), /interBrokerProtocolVersion = "3.9": 2.4 during the upgrade/);
});

test("an upgrade that is interrupted in the middle of the brokers and taken back leaves nothing of it", async () => {
  await configure({ kafkaVersion: "3.9.2" });
  const [, second = ""] = await nextRoll(stack, BROKERS);
  const update = stack.start("up");
  await waitFor(
    "the second broker's turn",
    () =>
      Promise.resolve(update.text().includes(`${second}: stopping kafka`) ? { value: true } : { seen: update.text() }),
    240_000,
  );
  process.kill(update.pid, "SIGINT");
  const { code, text } = await update.ended;
  assert.notEqual(code, 0, text);
  assert.deepEqual(await running("zookeeper"), three("3.9.2"));

  await configure({ kafkaVersion: "2.4.0" });
  await stack.succeed("up");
  assert.deepEqual(await running("zookeeper"), three("2.4.0"));
  assert.deepEqual(await running("kafka"), three("2.4.0"));
  await stack.succeed("preview", "--expect-no-changes");
});

test("the upgrade: the ensemble first, then broker after broker, with the old protocol", async () => {
  await configure({ kafkaVersion: "3.9.2" });
  await upUnderTraffic("upgrade");
  assert.deepEqual(await running("zookeeper"), three("3.9.2"));
  assert.deepEqual(await running("kafka"), three("3.9.2"));
  assert.deepEqual(await protocols(), three("2.4"));
  await assertEnsembleFirst();
  assert.match((await stack.succeed("preview")).text, /\d+ unchanged/);
});

test("the way back, while the protocol is the old one", async () => {
  await configure({ kafkaVersion: "2.4.0" });
  await upUnderTraffic("downgrade");
  assert.deepEqual(await running("zookeeper"), three("2.4.0"));
  assert.deepEqual(await running("kafka"), three("2.4.0"));
});

test("the upgrade once more, then the protocol as a second change", async () => {
  await configure({ kafkaVersion: "3.9.2" });
  await stack.succeed("up");
  await assertEnsembleFirst();
  const servers = await starts("zookeeper");
  await configure({ kafkaVersion: "3.9.2", interBrokerProtocolVersion: "3.9" });
  await upUnderTraffic("protocol");
  assert.deepEqual(await protocols(), three("3.9"));
  assert.deepEqual(await running("kafka"), three("3.9.2"));
  assert.deepEqual(await starts("zookeeper"), servers, "ZooKeeper has nothing to do with it");
});

test("no way back after that, with the reason", async () => {
  await configure({ kafkaVersion: "2.4.0" });
  assert.match(await stack.fail("preview"), /kafkaVersion = "2.4.0": 3.9.2: the brokers speak protocol 3.9/);
  await configure({ kafkaVersion: "3.9.2", interBrokerProtocolVersion: "2.4" });
  assert.match(await stack.fail("preview"), /interBrokerProtocolVersion = "2.4": at least 3.9/);
  assert.deepEqual(await running("kafka"), three("3.9.2"));
});

test("down, and nothing is left", async () => {
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});
