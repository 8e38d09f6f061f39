import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../../scripts/status/assembleStatus.ts";
import type { Config } from "../../../scripts/status/brokerAnswers.ts";
import type { ClusterFacts, Facts } from "../../../scripts/status/facts.ts";
import { judge } from "../../../scripts/status/judge.ts";
import { broker, cluster, config, facts, FILE, memberFacts, partition, service } from "./facts.ts";

/** Each problem as `kind subject: text. Remedy: remedy`. */
function problems(changes: Partial<Facts>, diskPercent = 85): string[] {
  return judge(assemble(facts(changes)), { diskPercent }).map(
    ({ kind, subject, text, remedy }) => `${kind} ${subject}: ${text}. Remedy: ${remedy}`,
  );
}

const [first, second, third] = [memberFacts(1), memberFacts(2), memberFacts(3)];
const applyAgain = (id: number): string => `npm run up -- --replace '**kafka-${id}-apply'`;

/** A config that was set while the broker ran, and what it would be without that. */
function dynamic(name: string, value: string, source: number, alsoNamed: readonly string[] = []): Config {
  return config(name, value, { source, synonyms: [name, ...alsoNamed] });
}

test("certificates within their last days are named before they end, and one that has ended is said", () => {
  const certificate = (name: string, days: number, earlyRenewalHours: number) => {
    const ends = facts().takenAt + days * 24 * 3_600_000;
    return { name, ends, earlyRenewalHours };
  };
  assert.deepEqual(problems({ certificates: [certificate("a", 31, 30 * 24), certificate("authority", 366, 0)] }), []);
  assert.deepEqual(problems({ certificates: [certificate("b", 29, 30 * 24), certificate("a", 28, 30 * 24)] }), [
    "certificate certificates: certificates are to be renewed: a, b; the first one ends on 2026-01-30T04:05:06.000Z. Remedy: npm run up renews them",
  ]);
  assert.match(problems({ certificates: [certificate("a", -1, 24)] })[0] ?? "", /the first one ended on 2026-01-01T/);
  assert.deepEqual(problems({ certificates: [certificate("authority", 364, 0)] }), [
    "certificate certificates: authorities end within a year: authority; the first one ends on 2027-01-01T04:05:06.000Z. " +
      "Remedy: let another one take over, in three updates (docs/operations/security.md)",
  ]);
});

test("a cluster that is as it should be has no problem", () => {
  assert.deepEqual(problems({}), []);
});

test("after an update that did not end, what of it is there is named", () => {
  const seen = cluster([partition("a", 0, [1, 2]), partition("b", 0, [4, 1]), partition("b", 1, [4, 2])]);
  const value = { ...seen, metadata: { ...seen.metadata, brokerIds: [1, 2, 3, 4] } };
  assert.deepEqual(problems({ cluster: { value }, unfinished: [{ resource: "kafka-4-apply", member: "kafka-4" }] }), [
    "broker kafka: broker 4 (2 replicas) is registered and no member of the last deployment. Remedy: npm run up goes on " +
      "with the update that has brought it; stop by hand what no update has brought",
    "update stack: the last update has not ended: kafka-4 (apply). Remedy: npm run up goes on with it, or undoes what of " +
      "it was taken out of the configuration",
  ]);
});

test("how a service ended that nobody stopped is told, and where to look", () => {
  const ended = service("kafka", 3, {
    activeState: "activating",
    subState: "auto-restart",
    end: "exit code 3",
    home: null,
  });
  const machine = { value: { services: [ended], volume: { used: 1, available: 9, size: 10 } } };
  assert.deepEqual(problems({ members: [first, second, memberFacts(3, { machine })] }), [
    "service kafka-3: kafka does not run (activating, auto-restart, ended by exit code 3). Remedy: see what " +
      "`journalctl --unit=kafka` on kafka-3 ends with, then npm run up: it brings up first what is down",
  ]);
});

test("a broker that was stopped is named once, and the partitions that lack its replicas are", () => {
  const partitions = [
    partition("a", 0, [1, 2]),
    partition("a", 1, [2, 3], { isr: [2] }),
    partition("b", 0, [3, 1], { leader: 1, isr: [1] }),
  ];
  const seen = cluster(partitions);
  const stopped = memberFacts(3, {
    machine: {
      value: {
        services: [
          service("zookeeper", 3),
          service("kafka", 3, { activeState: "inactive", subState: "dead", home: null }),
        ],
        volume: { used: 1, available: 9, size: 10 },
      },
    },
    broker: { seen: "10.0.0.20:9092 can't be reached" },
  });
  assert.deepEqual(
    problems({
      members: [first, second, stopped],
      cluster: { value: { ...seen, metadata: { ...seen.metadata, brokerIds: [1, 2] } } },
    }),
    [
      `service kafka-3: kafka does not run (inactive, dead). Remedy: npm run up: it brings up first what is down`,
      "underMinIsr kafka: partitions under their min.insync.replicas, which refuse acks=all: 1: a-1. Remedy: broker 3 has to run, reach the leaders and catch up",
      "underReplicated kafka: under-replicated partitions: 2: a-1, b-0. Remedy: broker 3 has to run, reach the leaders and catch up",
    ],
  );
});

test("a member that can't be reached is told with the reason, and what others say of it", () => {
  const seen = cluster();
  const gone = memberFacts(1, {
    ssh: { seen: "waited 8 s" },
    machine: { seen: "waited 8 s" },
    differences: { seen: "waited 8 s" },
    server: { seen: "no answer in 2 s" },
    broker: { seen: "no answer in 10 s" },
  });
  assert.deepEqual(
    problems({
      members: [gone, second, third],
      cluster: { value: { ...seen, metadata: { ...seen.metadata, brokerIds: [2, 3] } } },
    }),
    [
      "unreachable kafka-1: 10.0.0.18 can't be reached over SSH (waited 8 s). Remedy: npm run up: it makes a machine again that is gone, and locally starts one that is stopped",
      "zookeeper kafka-1: ZooKeeper server 1 does not serve (no answer in 2 s). Remedy: look at /var/log/zookeeper/zookeeper.log on kafka-1",
      "broker kafka-1: broker 1 does not answer (no answer in 10 s) and is not registered in the cluster. Remedy: look at /var/log/kafka/server.log on kafka-1",
    ],
  );
});

test("drift: files, services started with others, another version, dynamic configs over server.properties", () => {
  const { machine } = second;
  assert.ok("value" in machine);
  const drifted = memberFacts(2, {
    differences: {
      value: [
        { file: FILE, difference: "content" },
        { file: { ...FILE, path: "/etc/kafka/server.properties" }, difference: "missing" },
        { file: { ...FILE, path: "/etc/zookeeper/zoo.cfg" }, difference: "mode or owner" },
      ],
    },
    machine: {
      value: {
        ...machine.value,
        services: [
          service("zookeeper", 2, { startedWith: "older" }),
          service("kafka", 2, { home: "/opt/kafka_2.13-3.9.1" }),
        ],
      },
    },
    broker: {
      value: broker({
        configs: [
          dynamic("log.retention.ms", "1", 2, ["log.retention.hours"]),
          dynamic("message.max.bytes", "7", 3),
          dynamic("num.io.threads", "16", 2),
          // Not in server.properties: it overrides nothing that was deployed.
          dynamic("log.cleaner.threads", "2", 2),
        ],
      }),
    },
  });
  const configs = (entity: string, name: string): string =>
    `kafka-configs.sh --bootstrap-server 10.0.0.19:9092 --entity-type brokers ${entity} --alter --delete-config ${name}`;
  assert.deepEqual(problems({ members: [first, drifted, third] }), [
    `drift kafka-2: ${FILE.path} has another content than the one deployed. Remedy: ${applyAgain(2)}`,
    `drift kafka-2: /etc/kafka/server.properties is missing. Remedy: ${applyAgain(2)}`,
    `drift kafka-2: /etc/zookeeper/zoo.cfg has another mode or owner than the one deployed. Remedy: ${applyAgain(2)}`,
    `drift kafka-2: zookeeper was started with other files than those deployed. Remedy: ${applyAgain(2)}`,
    `drift kafka-2: kafka runs from the distribution of Kafka 3.9.1, deployed is 3.9.2. Remedy: ${applyAgain(2)}`,
    `drift kafka-2: broker 2 has log.retention.ms=1 set while it runs, over log.retention.hours=72 of server.properties. Remedy: ${configs("--entity-name 2", "log.retention.ms")}`,
    `drift kafka-2: broker 2 has message.max.bytes=7 set while it runs, over message.max.bytes=5 of server.properties. Remedy: ${configs("--entity-default", "message.max.bytes")}`,
    `drift kafka-2: broker 2 has num.io.threads=16 set while it runs, over num.io.threads=8 of server.properties. Remedy: ${applyAgain(2)}`,
  ]);
});

test("what the program itself has changed while a broker ran stands in server.properties, too, and is no drift", () => {
  const configs = [dynamic("message.max.bytes", "5", 2), dynamic("num.io.threads", "8.0", 2)];
  assert.deepEqual(
    problems({ members: [first, memberFacts(2, { broker: { value: broker({ configs }) } }), third] }),
    [],
  );
});

test("a data volume is a problem from the limit on, and when it is not mounted", () => {
  const { machine } = first;
  assert.ok("value" in machine);
  const used = (used: number): Facts["members"][number] =>
    memberFacts(1, { machine: { value: { ...machine.value, volume: { used, available: 100 - used, size: 105 } } } });
  const remedy = "Remedy: a larger volume, or a shorter retention (log.retention.hours, log.retention.bytes)";
  assert.deepEqual(problems({ members: [used(84), second, third] }), []);
  assert.deepEqual(problems({ members: [used(85), second, third] }), [
    `disk kafka-1: the data volume is used to 85 %, the limit is 85 %. ${remedy}`,
  ]);
  assert.deepEqual(problems({ members: [used(85), second, third] }, 90), []);
  assert.deepEqual(
    problems({
      members: [memberFacts(1, { machine: { value: { ...machine.value, volume: null } } }), second, third],
    }),
    ["disk kafka-1: no data volume is mounted. Remedy: attach the volume and restart the machine"],
  );
});

test("no quorum: servers without a role, and two leaders", () => {
  const lost = { seen: 'it answers "This ZooKeeper instance is not currently serving requests"' };
  const remedy = "Remedy: start the servers that don't serve: brokers can't elect leaders without a quorum";
  const log = (id: number): string => `Remedy: look at /var/log/zookeeper/zookeeper.log on kafka-${id}`;
  assert.deepEqual(problems({ members: [memberFacts(1, { server: lost }), memberFacts(2, { server: lost }), third] }), [
    `quorum zookeeper: no quorum: 1 of 3 servers serve, 1 of them as leader. ${remedy}`,
    `zookeeper kafka-1: ZooKeeper server 1 does not serve (${lost.seen}). ${log(1)}`,
    `zookeeper kafka-2: ZooKeeper server 2 does not serve (${lost.seen}). ${log(2)}`,
  ]);
  const leader = { value: { role: "leader", version: "3.8.4" } };
  assert.deepEqual(problems({ members: [memberFacts(1, { server: leader }), second, third] }), [
    `quorum zookeeper: no quorum: 3 of 3 servers serve, 2 of them as leader. ${remedy}`,
  ]);
});

test("offline partitions, no controller, and what was not told", () => {
  const seen = cluster([partition("a", 0, [1, 2], { leader: null, isr: [1] })], {
    topicConfigs: { seen: "no answer in 10 s" },
    reassignments: { seen: "the controller does not answer" },
  });
  const again = "Remedy: run it again; if it stays so, look at ZooKeeper and the controller";
  assert.deepEqual(problems({ cluster: { value: { ...seen, metadata: { ...seen.metadata, controllerId: null } } } }), [
    "broker kafka: no broker is the controller. Remedy: ZooKeeper's quorum first, then the brokers' /var/log/kafka/server.log",
    `unknown kafka: the brokers did not tell the topics' configurations: no answer in 10 s. ${again}`,
    `unknown kafka: the brokers did not tell reassignments: the controller does not answer. ${again}`,
    "offline kafka: offline partitions, without a leader: 1: a-0. Remedy: start the brokers that hold their replicas",
    "underReplicated kafka: under-replicated partitions: 1: a-0. Remedy: broker 2 has to run, reach the leaders and catch up",
  ]);
  assert.deepEqual(problems({ cluster: { seen: "no broker answers" } }), [
    "unknown kafka: the cluster could not be asked (no broker answers). Remedy: put the brokers right first",
  ]);
  const late = { seen: "no answer in 10 s" };
  const machine = "Remedy: run it again; if it stays so, look at the machine's load and its disk";
  assert.deepEqual(problems({ members: [memberFacts(1, { machine: late, differences: late }), second, third] }), [
    `unknown kafka-1: the machine did not tell its services and its data volume: no answer in 10 s. ${machine}`,
    `unknown kafka-1: the machine did not tell its files: no answer in 10 s. ${machine}`,
  ]);
});

test("partitions that refuse acks=all: as many replicas as the leader's version asks for", () => {
  const single = { cluster: { value: cluster([partition("a", 0, [1])]) } };
  assert.deepEqual(problems(single), [], "3.9.2 takes the one replica for enough");
  const volume = { used: 1, available: 9, size: 10 };
  const machine = { value: { services: [service("kafka", 1, { home: "/opt/kafka_2.11-2.4.0" })], volume } };
  const members = [memberFacts(1, { machine }), second, third];
  // All of the former version, and its leader alone in the middle of an upgrade.
  for (const kafkaVersion of ["2.4.0", "3.9.2"]) {
    const found = problems({ ...single, kafkaVersion, members });
    assert.equal(
      found.at(-1),
      "underMinIsr kafka: partitions under their min.insync.replicas, which refuse acks=all: 1: a-0. " +
        "Remedy: more replicas, or a lower min.insync.replicas, where all are in sync (1: a-0)",
    );
  }
});

test("throttles of moves are a problem when nothing moves, whoever carries them", () => {
  const rate = broker({ configs: [dynamic("leader.replication.throttled.rate", "100", 2)] });
  const members = [first, memberFacts(2, { broker: { value: rate } }), third];
  const seen = cluster();
  assert.ok("value" in seen.topicConfigs);
  const replicas = config("follower.replication.throttled.replicas", "0:1", { source: 1 });
  const topicConfigs = { value: new Map([...seen.topicConfigs.value, ["a", [replicas]] as const]) };
  const left = { ...seen, topicConfigs };
  assert.deepEqual(problems({ members, cluster: { value: left } }), [
    "throttle kafka: throttles of moves are left, and no reassignment is under way: broker 2: " +
      "leader.replication.throttled.rate=100, topic a: follower.replication.throttled.replicas=0:1. Remedy: npm run up takes " +
      "away what the program has set; what somebody else has, kafka-configs.sh --delete-config",
  ]);
  const reassignments = { value: [{ topic: "b", partition: 0, replicas: [3, 1], adding: [], removing: [] }] };
  assert.deepEqual(problems({ members, cluster: { value: { ...left, reassignments } } }), []);
  const disks = broker({ configs: [dynamic("replica.alter.log.dirs.io.max.bytes.per.second", "100", 2)] });
  assert.deepEqual(problems({ members: [first, memberFacts(2, { broker: { value: disks } }), third] }), []);
});

test("a full volume comes first, and is named as the cause of what follows", () => {
  const ended = { activeState: "activating", subState: "auto-restart", end: "exit code 1", home: null };
  const full = memberFacts(2, {
    machine: {
      value: {
        services: [service("zookeeper", 2), service("kafka", 2, ended)],
        volume: { used: 40 * 1024 ** 3, available: 3 * 1024 ** 2, size: 40 * 1024 ** 3 },
      },
    },
    server: { seen: "it ends the connection without an answer" },
    broker: { seen: "connect ECONNREFUSED 10.0.0.19:9092" },
  });
  const services = [service("kafka", 1, { activeState: "failed", subState: "failed" })];
  const stopped = memberFacts(1, { machine: { value: { services, volume: { used: 1, available: 9, size: 10 } } } });
  const room = "Remedy: make room on the data volume first (above), then npm run up";
  const [disk, ofOther, ...rest] = problems({ members: [stopped, full, third] });
  assert.match(
    disk ?? "",
    /^disk kafka-2: the data volume is full: 40\.0 GiB of 40\.0 GiB are used, 3 MiB are left\. Remedy: enlarge the volume/,
  );
  assert.match(ofOther ?? "", /^service kafka-1: kafka does not run \(failed, failed\)\. Remedy: npm run up/);
  assert.deepEqual(rest, [
    `service kafka-2: kafka does not run (activating, auto-restart, ended by exit code 1, and its data volume is full). ${room}`,
    `zookeeper kafka-2: ZooKeeper server 2 does not serve (it ends the connection without an answer, and its data volume is full). ${room}`,
  ]);
});

test("brokers that see another cluster, and followers that get nothing, are named", () => {
  const seen = cluster();
  const otherwise = broker({ metadata: { ...seen.metadata, controllerId: 1 } });
  const lag = { topic: "a", leader: 1, follower: 2, leaderEnd: 12n, followerEnd: 2n };
  const stalled = [0, 1].map((number) => ({ ...lag, partition: number }));
  const members = [first, second, memberFacts(3, { broker: { value: otherwise } })];
  assert.deepEqual(problems({ members, cluster: { value: seen }, stalled }), [
    "view kafka-3: broker 3 takes broker 1 for the controller, not broker 2: it has not been told by the controller. " +
      "Remedy: the connection between it and the controller first; then /var/log/kafka/server.log on kafka-3",
    "replication kafka: broker 2 gets nothing of what broker 1 has, and counts as in sync, so that acks=all waits: 2: a-0, " +
      "a-1. Remedy: the connection between both first; then /var/log/kafka/server.log on kafka-2",
  ]);
  assert.deepEqual(assemble(facts({ stalled })).kafka.stalled[0], {
    topic: "a",
    partition: 0,
    leader: 1,
    follower: 2,
    behind: 10,
  });
});

test("leaders that are not preferred, reassignments and their throttles are shown and no problem", () => {
  const moving = (isr: number[]): ClusterFacts =>
    cluster([partition("a", 0, [1, 2, 3], { leader: 2, isr })], {
      reassignments: { value: [{ topic: "a", partition: 0, replicas: [1, 2, 3], adding: [3], removing: [1] }] },
    });
  assert.deepEqual(problems({ cluster: { value: moving([1, 2]) } }), []);
  const [minIsr, lagging] = problems({ cluster: { value: moving([2]) } });
  assert.match(minIsr ?? "", /^underMinIsr kafka: .*: 1: a-0\. /);
  assert.equal(
    lagging,
    "underReplicated kafka: under-replicated partitions: 1: a-0. Remedy: broker 1 has to run, reach the leaders and catch up",
  );
});
