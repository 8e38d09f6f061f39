/**
 * `npm run status` on the dev stack's own configuration: healthy, broken in one way after the other, and each put right
 * again, where the program can do that with the remedy that the status gives. The tests build on each other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { waitFor } from "../../scripts/lib/wait.ts";
import type { StatusProblem, StatusReport } from "../../scripts/status/statusReport.ts";
import { inside } from "./support/machines.ts";
import { devConfiguration, type Ended, TestStack } from "./support/stack.ts";

const STACK = "e2es";
const PREFIX = "10.213.54.";
const BROKERS = [1, 2, 3].map((id) => `${PREFIX}${17 + id}:9092`).join(",");
/** How long a broker may take to be back in sync, in milliseconds. */
const HEALING_TIMEOUT_MS = 120_000;

let stack: TestStack;

function status(...args: string[]): Promise<Ended> {
  return stack.runScript("status", ...args);
}

async function report(...args: string[]): Promise<StatusReport & { readonly code: number }> {
  const { code, stdout, text } = await status("--json", ...args);
  assert.ok(stdout.startsWith("{"), text);
  return { ...(JSON.parse(stdout) as StatusReport), code };
}

/** The status of a cluster that has to be broken; gives its problems of one kind, each as one line. */
async function broken(kind: StatusProblem["kind"]): Promise<string[]> {
  const { code, healthy, problems } = await report();
  assert.deepEqual({ code, healthy }, { code: 2, healthy: false }, JSON.stringify(problems));
  return problems.filter((each) => each.kind === kind).map(({ subject, text }) => `${subject}: ${text}`);
}

/** Waits until the cluster is healthy again. */
async function healthy(): Promise<StatusReport> {
  const look = async (): Promise<{ value: StatusReport } | { seen: string }> => {
    const { code, ...seen } = await report();
    return code === 0 ? { value: seen } : { seen: JSON.stringify(seen.problems) };
  };
  return waitFor("a healthy status", look, HEALING_TIMEOUT_MS);
}

/** The resource that a remedy names. */
function resourceIn(remedy = ""): string {
  const [, resource] = /^npm run up -- --replace '([^']+)'$/.exec(remedy) ?? [];
  assert.ok(resource, remedy);
  return resource;
}

function topics(change: string, member = "kafka-1"): Promise<string> {
  return inside(STACK, member, `/opt/kafka/bin/kafka-topics.sh --bootstrap-server ${BROKERS} ${change}`);
}

function configs(change: string): Promise<string> {
  const tool = `/opt/kafka/bin/kafka-configs.sh --bootstrap-server ${BROKERS}`;
  return inside(STACK, "kafka-1", `${tool} --alter ${change}`);
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  await stack.configure(await devConfiguration(PREFIX));
});
after(() => stack.remove());

test("before the first up, the status can't be taken", async () => {
  const { code, text } = await status();
  assert.equal(code, 1, text);
  assert.match(text, /^error: there is no deployment of stack e2es yet: `npm run up` makes it$/m);
});

test("healthy: exit code 0, and all that the members say", async () => {
  await stack.succeed("up");
  const { kafka, zookeeper, members } = await healthy();
  assert.deepEqual(
    members.map(({ name, reachable, drift, services }) => ({
      name,
      reachable,
      drift,
      services: services.map(({ service, state, version, startedWithDeployedFiles: asDeployed, classData }) =>
        [service, state, version, asDeployed, classData].join(" "),
      ),
    })),
    [1, 2, 3].map((id) => ({
      name: `kafka-${id}`,
      reachable: true,
      drift: [],
      services: ["zookeeper active 3.9.2 true true", "kafka active 3.9.2 true true"],
    })),
  );
  for (const { services, volume } of members) {
    for (const { since } of services) assert.ok(Math.abs(Date.now() - Date.parse(since ?? "")) < 3600_000, since ?? "");
    assert.ok(
      volume && volume.used > 0 && volume.size > volume.used && volume.usedPercent < 85,
      JSON.stringify(volume),
    );
  }
  assert.match(kafka.clusterId ?? "", /^[\w-]{22}$/);
  assert.ok([1, 2, 3].includes(kafka.controllerId ?? 0));
  assert.equal(kafka.topicCount, 2, "replica-yu1 and __consumer_offsets");
  const sum = (of: "leaders" | "replicas" | "inSync"): number =>
    kafka.brokers.reduce((total, { partitions }) => total + (partitions?.[of] ?? 0), 0);
  assert.equal(sum("leaders"), kafka.partitionCount);
  assert.equal(sum("inSync"), sum("replicas"));
  for (const broker of kafka.brokers) {
    assert.deepEqual(
      [broker.registered, broker.answers, broker.version, broker.interBrokerProtocol, broker.dynamicConfigs],
      [true, true, "3.9.2", "3.9", []],
    );
  }
  assert.deepEqual([kafka.reassignments, kafka.throttles, kafka.unknown], [[], [], []]);
  assert.equal(zookeeper.quorum, true);
  const roles = zookeeper.servers.map(({ role, version }) => `${role} ${version}`).sort();
  assert.deepEqual(roles, ["follower 3.8.4", "follower 3.8.4", "leader 3.8.4"]);
});

test("for people: a table, and exit code 0", async () => {
  const { code, text, stdout } = await stack.program(["npm", "run", "--silent", "status"], 60_000);
  assert.equal(code, 0, text);
  assert.match(stdout, /^stack e2es at [\d-]+ [\d:]+ UTC: healthy$/m);
  assert.match(
    stdout,
    /^ {2}kafka-1 +10\.213\.54\.18 +- +yes +as deployed .* zookeeper +active .* deployed files, class data$/m,
  );
  assert.match(stdout, /^ {2}inter\.broker\.protocol\.version +3\.9$/m);
});

test("a limit below the disk's use: that is said", async () => {
  const { code, problems } = await report("--disk-percent", "1");
  assert.equal(code, 2);
  assert.deepEqual(
    problems.map(({ kind, subject }) => `${kind} ${subject}`),
    ["disk kafka-1", "disk kafka-2", "disk kafka-3"],
  );
});

test("a broker that was stopped is named, and the partitions that are offline, under-replicated or under min ISR", async () => {
  await topics("--create --topic alone --replica-assignment 3 --config min.insync.replicas=1");
  await topics("--create --topic strict --replica-assignment 1:3 --config min.insync.replicas=2");
  await healthy();
  await inside(STACK, "kafka-3", "systemctl stop kafka");
  const { code, stdout } = await status();
  assert.equal(code, 2, stdout);
  assert.match(
    stdout,
    /^kafka-3: kafka does not run \(inactive, dead\)\. Remedy: npm run up: it brings up first what is down$/m,
  );
  assert.match(
    stdout,
    /^kafka: under-replicated partitions: \d+: \S.* Remedy: broker 3 has to run, reach the leaders and catch up$/m,
  );
  assert.match(stdout, /^kafka: offline partitions, without a leader: 1: alone-0\. /m);
  assert.match(
    stdout,
    /^kafka: partitions under their min\.insync\.replicas, .*\bstrict-0\b.* Remedy: broker 3 has to run, /m,
  );
  const { kafka } = await report();
  assert.ok(kafka.underReplicated?.every(({ replicas, isr }) => replicas.includes(3) && !isr.includes(3)));
  const [, , third] = kafka.brokers;
  // It stays in the ISR of the partition that had no other replica.
  assert.deepEqual([third?.registered, third?.version, third?.partitions?.inSync], [false, null, 1]);
  await stack.succeed("up");
  await healthy();
  // No broker of it could be stopped in the tests below.
  await topics("--delete --topic strict");
});

/** Cuts a member off from an address for as long as the work takes: nothing is sent there any more. */
async function cut(member: string, address: string, work: () => Promise<void>): Promise<void> {
  await inside(STACK, member, `ip route add blackhole ${address}/32`);
  try {
    await work();
  } finally {
    await inside(STACK, member, `ip route del blackhole ${address}/32`);
  }
}

test("two brokers that can't reach each other are named, and the partition whose writes stand still", async (t) => {
  // No broker of theirs could be stopped in the tests below.
  t.after(() => topics("--delete --if-exists --topic pair,untold"));
  await topics("--create --topic pair --replica-assignment 1:2 --config min.insync.replicas=2");
  const { kafka } = await healthy();
  const write = (): Promise<string> =>
    inside(
      STACK,
      "kafka-3",
      // Not for all replicas: that of the broker that is cut off would be waited for.
      `echo '{}' | /opt/kafka/bin/kafka-console-producer.sh --bootstrap-server ${PREFIX}18:9092 --topic pair --producer-property acks=1`,
    );
  await cut("kafka-1", `${PREFIX}19`, async () => {
    await write();
    const { problems, cuts, kafka: seen, members } = await report();
    assert.ok(members.every(({ reachable }) => reachable));
    assert.ok(seen.brokers.every(({ answers, registered }) => answers && registered));
    const told = problems.filter(({ kind }) => kind === "cut" || kind === "replication");
    assert.deepEqual(
      told.map(({ kind, subject }) => `${kind} ${subject}`),
      ["cut kafka-1", "replication kafka"],
      JSON.stringify(problems),
    );
    assert.match(told[0]?.text ?? "", /^kafka-1 and kafka-2 can't reach each other at 9092, 2181/);
    assert.match(told[1]?.text ?? "", /^broker 2 gets nothing of what broker 1 has, .*: 1: pair-0$/);
    const pairs = new Set(cuts.map(({ from, to }) => [from, to].sort().join(" ")));
    assert.deepEqual([...pairs], ["kafka-1 kafka-2"]);
    const [stalled] = seen.stalled;
    assert.deepEqual([stalled?.topic, stalled?.leader, stalled?.follower], ["pair", 1, 2]);
  });
  assert.deepEqual((await healthy()).cuts, []);
  // What the controller decides does not get to a broker that it can't reach.
  const controller = kafka.controllerId ?? 0;
  const [other, third] = [1, 2, 3].filter((id) => id !== controller);
  await cut(`kafka-${controller}`, `${PREFIX}${17 + (other ?? 0)}`, async () => {
    // The one member that reaches them all: the tool asks whichever broker answers it, and then the controller.
    await topics(`--create --topic untold --replica-assignment ${third}:${other}`, `kafka-${third}`);
    const { problems } = await report();
    assert.ok(
      problems.some(({ kind, text }) => kind === "view" && text.startsWith(`broker ${other} does not know untold-0: `)),
      JSON.stringify(problems),
    );
  });
  await healthy();
});

test("a file that was changed on a machine is drift, and the remedy puts it right", async () => {
  const file = "/etc/kafka/server.properties";
  await inside(STACK, "kafka-2", `echo "log.retention.hours=1" >>${file} && chmod 600 /etc/zookeeper/zoo.cfg`);
  const { code, problems } = await report();
  assert.equal(code, 2);
  assert.deepEqual(
    problems.map(({ kind, subject, text }) => `${kind} ${subject}: ${text}`),
    [
      "drift kafka-2: /etc/zookeeper/zoo.cfg has another mode or owner than the one deployed",
      `drift kafka-2: ${file} has another content than the one deployed`,
    ],
  );
  const resources = new Set(problems.map(({ remedy }) => resourceIn(remedy)));
  for (const resource of resources) await stack.succeed("up", "--replace", resource);
  assert.doesNotMatch(await inside(STACK, "kafka-2", `cat ${file}`), /log\.retention\.hours=1$/m);
  await healthy();
});

test("a service that was started with other files is drift", async () => {
  const record = "/var/lib/kafka-cluster/kafka";
  await inside(STACK, "kafka-1", `cp ${record} /root/record && echo older >${record}`);
  assert.deepEqual(await broken("drift"), ["kafka-1: kafka was started with other files than those deployed"]);
  await inside(STACK, "kafka-1", `cp /root/record ${record}`);
  await healthy();
});

test("a property that the program changes while brokers run is no drift", async () => {
  const configuration = await devConfiguration(PREFIX);
  const changed = configuration.replace("message.max.bytes: 5242880", "message.max.bytes: 5242881");
  assert.notEqual(changed, configuration);
  await stack.configure(changed);
  await stack.succeed("up");
  const { kafka } = await healthy();
  const config = { name: "message.max.bytes", value: "5242881", scope: "broker", overrides: null };
  for (const { dynamicConfigs } of kafka.brokers) assert.deepEqual(dynamicConfigs, [config]);
});

test("a dynamic broker config over server.properties is drift; so is a throttle of moves when nothing moves", async () => {
  const broker = "--entity-type brokers --entity-name 2";
  await configs(`${broker} --add-config message.max.bytes=1000000,leader.replication.throttled.rate=1000000`);
  await configs(
    "--entity-type topics --entity-name replica-yu1 --add-config leader.replication.throttled.replicas=[0:2]",
  );
  const { code, problems, kafka } = await report();
  assert.equal(code, 2);
  assert.deepEqual(
    problems.map(({ kind, subject, text }) => `${kind} ${subject}: ${text}`),
    [
      "drift kafka-2: broker 2 has message.max.bytes=1000000 set while it runs, over message.max.bytes=5242881 of server.properties",
      "throttle kafka: throttles of moves are left, and no reassignment is under way: broker 2: leader.replication.throttled.rate=1000000, topic replica-yu1: leader.replication.throttled.replicas=0:2",
    ],
  );
  assert.deepEqual(kafka.throttles, [
    { entity: "broker 2", name: "leader.replication.throttled.rate", value: "1000000" },
    { entity: "topic replica-yu1", name: "leader.replication.throttled.replicas", value: "0:2" },
  ]);
  await stack.succeed("up", "--replace", resourceIn(problems[0]?.remedy));
  // The update takes what moves have left away, too.
  assert.deepEqual((await healthy()).kafka.throttles, []);
});

test("a reassignment under way, with its throttle, is shown and no problem", async () => {
  const tool = (name: string, args: string): Promise<string> =>
    inside(STACK, "kafka-1", `/opt/kafka/bin/${name} ${args}`);
  const records = "--topic alone --num-records 400 --record-size 100000 --throughput -1";
  await tool("kafka-producer-perf-test.sh", `${records} --producer-props bootstrap.servers=${BROKERS}`);
  const plan = { version: 1, partitions: [{ topic: "alone", partition: 0, replicas: [1] }] };
  await inside(STACK, "kafka-1", `echo '${JSON.stringify(plan)}' >/root/plan.json`);
  const reassign = `--bootstrap-server ${BROKERS} --reassignment-json-file /root/plan.json`;
  await tool("kafka-reassign-partitions.sh", `${reassign} --execute --throttle 1000`);
  const { code, kafka, problems } = await report();
  assert.equal(code, 0, JSON.stringify(problems));
  assert.deepEqual(kafka.reassignments, [
    { topic: "alone", partition: 0, replicas: [1, 3], adding: [1], removing: [3] },
  ]);
  assert.ok(
    kafka.throttles?.some(({ name, value }) => name === "follower.replication.throttled.rate" && value === "1000"),
  );
  // A higher throttle lets it end.
  await tool("kafka-reassign-partitions.sh", `${reassign} --execute --additional --throttle 100000000`);
  await waitFor(
    "the end of the reassignment",
    async () => {
      const text = await tool("kafka-reassign-partitions.sh", `${reassign} --verify`);
      return text.includes("is completed") ? { value: true } : { seen: text };
    },
    HEALING_TIMEOUT_MS,
  );
  const after = await healthy();
  assert.deepEqual([after.kafka.reassignments, after.kafka.throttles], [[], []]);
});

test("a ZooKeeper server that was killed, and an ensemble without a quorum", async () => {
  // Else systemd would have started it again before anybody looks.
  const folder = "/run/systemd/system/zookeeper.service.d";
  await inside(
    STACK,
    "kafka-1",
    `mkdir ${folder} && printf '[Service]\\nRestart=no\\n' >${folder}/test.conf && systemctl daemon-reload
systemctl kill --signal=KILL zookeeper && while systemctl --quiet is-active zookeeper; do sleep 0.1; done`,
  );
  assert.deepEqual(await broken("service"), ["kafka-1: zookeeper does not run (failed, failed, ended by signal 9)"]);
  assert.deepEqual(await broken("quorum"), []);
  await inside(STACK, "kafka-2", "systemctl stop zookeeper");
  // A leader goes on serving until it has missed its followers for some ticks.
  const alone = "zookeeper: no quorum: 0 of 3 servers serve, 0 of them as leader";
  const look = async (): Promise<{ value: true } | { seen: string }> => {
    const seen = await broken("quorum");
    return seen.length === 1 && seen[0] === alone ? { value: true } : { seen: seen.join("; ") };
  };
  try {
    await waitFor("the last server to give up", look, HEALING_TIMEOUT_MS);
  } finally {
    await inside(STACK, "kafka-1", `rm -r ${folder} && systemctl daemon-reload`);
    for (const machine of ["kafka-1", "kafka-2"]) await inside(STACK, machine, "systemctl start zookeeper");
  }
  await healthy();
});

test("a member without SSH is told as such, and what the others and its own broker say", async () => {
  await inside(STACK, "kafka-3", "systemctl stop ssh.socket ssh");
  const { code, problems, kafka, members } = await report();
  assert.equal(code, 2);
  assert.deepEqual(
    problems.map(({ kind, subject }) => `${kind} ${subject}`),
    ["unreachable kafka-3"],
  );
  assert.deepEqual(
    members.map(({ reachable }) => reachable),
    [true, true, false],
  );
  assert.ok(kafka.brokers.every(({ answers }) => answers));
  await inside(STACK, "kafka-3", "systemctl start ssh");
  await healthy();
});

test("down: there is no cluster any more, and nothing is asked", async () => {
  await stack.succeed("down");
  const { code, text } = await status();
  assert.equal(code, 1, text);
  assert.match(text, /^error: stack e2es has no cluster that lives/m);
});
