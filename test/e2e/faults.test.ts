/**
 * Broken on purpose: each fault ends `npm run up` in one clear error, and once it is mended the next `npm run up` goes
 * on from there. One broker, and one ZooKeeper server on a machine of its own. The tests build on each other.
 */
import assert from "node:assert/strict";
import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { stringify } from "yaml";
import { findDaemon } from "../../scripts/lib/daemon.ts";
import { cacheDirectory } from "../../scripts/lib/projectPaths.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import { execInside, findMachine, inside, leftovers } from "./support/machines.ts";
import { withAddress } from "./support/network.ts";
import { resourceChanges, type Running, TestStack } from "./support/stack.ts";

const STACK = "e2ef";
const PREFIX = "10.213.48.";
const BROKER = "kafka-1";
/** How long a machine may take to show, in milliseconds. */
const MACHINE_TIMEOUT_MS = 120_000;

let stack: TestStack;

function configuration(brokerProperties: Record<string, unknown> = {}): string {
  return stringify({
    config: {
      "kafka-cluster:subnet": `${PREFIX}0/24`,
      "kafka-cluster:firstAddress": `${PREFIX}18`,
      "kafka-cluster:brokerCount": 1,
      "kafka-cluster:zookeeper": { placement: "dedicated", count: 1 },
      "kafka-cluster:heap": { broker: "256m", zookeeper: "64m" },
      "kafka-cluster:machine": { cpus: 2, memory: "1GiB" },
      "kafka-cluster:brokerProperties": { "offsets.topic.num.partitions": 1, ...brokerProperties },
    },
  });
}

/** The error says what a person needs, and is not taken for a bug. */
function assertError(text: string, ...parts: (string | RegExp)[]): void {
  for (const part of parts) {
    if (typeof part === "string") assert.ok(text.includes(part), `"${part}" is not in:\n${text}`);
    else assert.match(text, part);
  }
  assert.doesNotMatch(text, /^\s+at .+:\d+:\d+\)?$/m, "a mistake of the user is shown with a stack");
}

/** Where the test's own cache has Kafka's archive. */
async function archive(): Promise<string> {
  const folder = join(stack.folder, "cache", "kafka-cluster", "distributions");
  const name = (await readdir(folder)).find(
    (entry) => entry.startsWith("kafka_2.13-3.9.2") && /\.(tar|tgz)$/.test(entry),
  );
  assert.ok(name, `no archive in ${folder}`);
  return join(folder, name);
}

/** A cache of the test's own: the tools and the image are the user's, Kafka's archive is a copy that may be damaged. */
async function prepareCache(): Promise<void> {
  const own = join(stack.folder, "cache", "kafka-cluster");
  await mkdir(join(own, "distributions"), { recursive: true });
  for (const shared of ["pulumi", "images"]) {
    await mkdir(cacheDirectory(shared), { recursive: true });
    await symlink(cacheDirectory(shared), join(own, shared));
  }
  const archives = await readdir(cacheDirectory("distributions")).catch(() => []);
  for (const name of archives) await copyFile(cacheDirectory("distributions", name), join(own, "distributions", name));
  // The machines see it through a mount, under users of their own.
  await chmod(stack.folder, 0o755);
  stack.setEnvironment("XDG_CACHE_HOME", join(stack.folder, "cache"));
}

/** Waits until a machine of the stack runs, while an update makes it. */
async function machineRuns(update: Running, machine: string): Promise<void> {
  await waitFor(
    `${machine} to run`,
    async () => {
      const found = await findMachine(STACK, machine);
      return found?.status === "Running" ? { value: true } : { seen: `${found?.status ?? "none"}\n${update.text()}` };
    },
    MACHINE_TIMEOUT_MS,
    50,
  );
}

/** Waits until an update shows something. */
async function shows(update: Running, part: string): Promise<void> {
  const look = (): { value: true } | { seen: string } =>
    update.text().includes(part) ? { value: true } : { seen: update.text() };
  await waitFor(`"${part}"`, () => Promise.resolve(look()), MACHINE_TIMEOUT_MS, 20);
}

/** The process of Pulumi's command-line tool that an update has started. */
async function engineOf(update: Running): Promise<number> {
  const children = (await readFile(`/proc/${update.pid}/task/${update.pid}/children`, "utf8")).trim().split(" ");
  for (const pid of children) {
    if ((await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim() === "pulumi") return Number(pid);
  }
  throw new Error(`Pulumi is not among the processes ${children.join(", ")}`);
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  await stack.configure(configuration());
  await prepareCache();
  await stack.succeed("setup");
});
after(() => stack.remove());

test("bad settings: all problems in one message, and nothing is made", async () => {
  await stack.configure(
    configuration({ "message.max.byte": 5242880, "broker.id": 7, "num.io.threads": "many" }).replace(
      "count: 1",
      "count: 2",
    ),
  );
  const text = await stack.fail("up");
  assertError(
    text,
    "4 settings can't be used:",
    /zookeeper\.count = "?2"?: .*1, 3, 5/,
    /brokerProperties\.message\.max\.byte = .*message\.max\.bytes/,
    /brokerProperties\.broker\.id = "?7"?: /,
    /brokerProperties\.num\.io\.threads = "many": /,
  );
  assert.ok(!stack.stateText().includes("command:local:Command"), "resources were made");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
  await stack.configure(configuration());
});

test("a pair of properties that Kafka itself refuses: its sentence and both values, and nothing is made", async () => {
  await stack.configure(configuration({ "queued.max.request.bytes": 1048576 }));
  const text = await stack.fail("up");
  assertError(
    text,
    "1 setting can't be used:",
    /brokerProperties\.queued\.max\.request\.bytes = "1048576": .*must be larger or equal to socket\.request\.max\.bytes/,
    "(queued.max.request.bytes is 1048576, socket.request.max.bytes is 104857600)",
  );
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
  await stack.configure(configuration());
});

test("no daemon: one error with the remedy", async () => {
  const hide =
    "for folder in /var/lib/lxd /var/lib/incus /run/incus /var/snap/lxd; do [ ! -d $folder ] || mount -t tmpfs none $folder; done";
  stack.setEnvironment("KAFKA_CLUSTER_SPEC", JSON.stringify({ space: "kc-e2ef", deployment: "none" }));
  const { code, text } = await stack.program(
    ["unshare", "--mount", "bash", "-c", `set -e; ${hide}; exec node scripts/run.mjs local/space create`],
    30_000,
  );
  assert.equal(code, 1, text);
  assert.match(text, /^error: neither LXD nor Incus answers on this computer.*Run `npm run setup`/m);
});

test("no disk: one error that says how much is free and how much is needed", async () => {
  // Only this update sees the small file system over the daemon's; the daemon itself does not.
  const pools = join((await findDaemon()).directory, "storage-pools");
  const { code, text } = await stack.program([
    "unshare",
    "--mount",
    "bash",
    "-c",
    `mount -t tmpfs -o size=100m none ${pools} && exec node scripts/bootstrap.mjs up`,
  ]);
  assert.notEqual(code, 0, text);
  assertError(text, `${pools} has 0.1 GB free, and the machines need 4.0 GB. Free some space and run it again.`);
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});

test("a subnet in use: one error with the network that has it and the setting", async () => {
  const text = await withAddress("kce2ef-taken", `${PREFIX}129/25`, () => stack.fail("up"));
  assertError(
    text,
    `subnet ${PREFIX}0/24 is in use on this computer: ${PREFIX}129/25 on kce2ef-taken. `,
    "Choose another in the stack's configuration: kafka-cluster:subnet",
  );
});

test("a corrupt distribution: the machine refuses it, and the next up makes it again", async () => {
  // The archive is on record since the update before this one, so Pulumi does not look at it again; `npm run up` would.
  const file = await archive();
  const whole = await readFile(file);
  const damaged = Buffer.from(whole);
  damaged.fill(0x55, 1_000_000, 1_000_064);
  await writeFile(file, damaged);
  const { code, text } = await stack.run("pulumi", "up", "--yes", "--skip-preview");
  assert.notEqual(code, 0, text);
  assertError(
    text,
    /kafka-cluster install: the SHA-512 of file:\/\/\S+ is [0-9a-f]{128}, but [0-9a-f]{128} is expected/,
  );
  // cloud-init tried first, and says that it failed.
  assert.match((await execInside(STACK, BROKER, "cloud-init status --long")).stdout, /^status: error$/m);

  const { text: next } = await stack.succeed("up");
  assert.match(next, /is corrupt: making it again[^]*^done +Kafka 3\.9\.2 /m);
  assert.deepEqual(await readFile(file), whole, "the same archive is made again");
});

test("after all that, the cluster is whole and nothing is left to do", async () => {
  const { verification } = stack.outputs();
  assert.deepEqual(verification.partitions, [{ partition: 0, leader: 1, replicas: [1], isr: [1] }]);
  assert.deepEqual(resourceChanges((await stack.succeed("up")).text), {});
});

test("a broker that can't start: the last lines of its log are in the error", async () => {
  // A class that does not exist passes every check of the settings.
  await stack.configure(configuration({ "authorizer.class.name": "org.example.NoSuchAuthorizer" }));
  const text = await stack.fail("up");
  assertError(
    text,
    new RegExp(
      `${BROKER} \\(${PREFIX}18\\) is not healthy: kafka does not stay up \\(state \\w+, started again \\d+ times\\)`,
    ),
    "The last lines of its log:",
    /org\.example\.NoSuchAuthorizer/,
    "Its former files are back and it runs with them",
  );
  assert.equal(await inside(STACK, BROKER, "grep -c authorizer /etc/kafka/server.properties || true"), "0\n");
  const { members } = stack.outputs();
  assert.equal(members.length, 2, "the next update must still know that the cluster lives");
});

test("a port in use on the machine: the error says so; freed, the next up goes on", async () => {
  await stack.configure(configuration({ "log.retention.hours": 96 }));
  await inside(STACK, BROKER, "systemctl stop kafka && systemd-run --unit squatter python3 -m http.server 9092");
  await waitFor(
    "the port to be taken",
    async () => {
      const ports = await inside(STACK, BROKER, "ss -H -ltn");
      return ports.includes(":9092 ") ? { value: true } : { seen: ports };
    },
    20_000,
  );
  assertError(
    await stack.fail("up"),
    `${BROKER} (${PREFIX}18): port 9092, which kafka needs, is in use by python3`,
    /\(process \d+\): stop that program/,
  );
  await inside(STACK, BROKER, "systemctl stop squatter");
  await stack.succeed("up");
  assert.match(await inside(STACK, BROKER, "cat /etc/kafka/server.properties"), /^log\.retention\.hours=96$/m);
});

test("down: nothing is left of all that", async () => {
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});

test("an up that is interrupted while machines are made ends in good order, and down finds them", async () => {
  const update = stack.start("up");
  await machineRuns(update, BROKER);
  process.kill(update.pid, "SIGINT");
  const { code, text } = await update.ended;
  assert.notEqual(code, 0, text);
  assert.match(text, /what was made is on record/);
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});

test("an up that is killed: the next one does again what was cut off", async () => {
  const killed = stack.start("up");
  await shows(killed, "kafka-1-machine creating");
  process.kill(await engineOf(killed), "SIGKILL");
  await killed.ended;
  const { text } = await stack.succeed("up");
  assert.match(text, /the last run was killed .*: its lock is taken away/);
  const { verification } = stack.outputs();
  assert.deepEqual(verification.partitions, [{ partition: 0, leader: 1, replicas: [1], isr: [1] }]);
});

test("a killed up and then down: nothing is left, also of what Pulumi never heard of", async () => {
  await stack.succeed("down");
  const killed = stack.start("up");
  await machineRuns(killed, BROKER);
  process.kill(await engineOf(killed), "SIGKILL");
  await killed.ended;
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});
