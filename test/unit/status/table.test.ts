import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../../scripts/status/assembleStatus.ts";
import type { Facts } from "../../../scripts/status/facts.ts";
import { judge } from "../../../scripts/status/judge.ts";
import { FORMAT } from "../../../scripts/status/statusReport.ts";
import { table } from "../../../scripts/status/table.ts";
import { broker, cluster, config, facts, FILE, member, memberFacts, partition, service } from "./facts.ts";

function shown(changes: Partial<Facts>): string {
  const status = assemble(facts(changes));
  const problems = judge(status, { diskPercent: 85 });
  return table({ format: FORMAT, healthy: problems.length === 0, problems, ...status });
}

test("a healthy cluster", () => {
  assert.equal(
    shown({}),
    `stack dev at 2026-01-02 04:05 UTC: healthy

  member   address    rack  SSH  files        data volume           service    state   since                 started with
  kafka-1  10.0.0.18  -     yes  as deployed  3.0 of 39.0 GiB, 8 %  zookeeper  active  2026-01-02 03:04 UTC  deployed files
                                                                    kafka      active  2026-01-02 03:04 UTC  deployed files
  kafka-2  10.0.0.19  -     yes  as deployed  3.0 of 39.0 GiB, 8 %  zookeeper  active  2026-01-02 03:04 UTC  deployed files
                                                                    kafka      active  2026-01-02 03:04 UTC  deployed files
  kafka-3  10.0.0.20  -     yes  as deployed  3.0 of 39.0 GiB, 8 %  zookeeper  active  2026-01-02 03:04 UTC  deployed files
                                                                    kafka      active  2026-01-02 03:04 UTC  deployed files

  broker          member   Kafka  registered  leaders  replicas  in sync  not preferred  under-replicated  offline  under min ISR
  1               kafka-1  3.9.2  yes         1        2         2        0              0                 0        0
  2 (controller)  kafka-2  3.9.2  yes         1        2         2        0              0                 0        0
  3               kafka-3  3.9.2  yes         1        2         2        0              0                 0        0

  cluster id                     abcDEF
  inter.broker.protocol.version  3.9-IV0
  security                       plaintext
  partitions                     3 in 2 topics

  ZooKeeper  member   role      version  quorum
  1          kafka-1  follower  3.8.4
  2          kafka-2  follower  3.8.4
  3          kafka-3  leader    3.8.4
`,
  );
});

test("a service that started with class data", () => {
  const machine = { value: { services: [service("kafka", 1, { classData: true })], volume: null } };
  const line = shown({ members: [memberFacts(1, { machine }), memberFacts(2), memberFacts(3)] }).split("\n")[4];
  assert.match(line ?? "", / kafka +active +\S+ \S+ UTC +deployed files, class data$/);
});

test("a cluster with all that can be told of it", () => {
  const throttle = "leader.replication.throttled";
  const seen = cluster(
    [
      ...[0, 1, 2, 3].map((number) => partition("a", number, [3, 2], { leader: 2, isr: [2] })),
      partition("b", 0, [3], { leader: null }),
    ],
    { reassignments: { value: [{ topic: "a", partition: 0, replicas: [3, 2], adding: [], removing: [2] }] } },
  );
  assert.ok("value" in seen.topicConfigs);
  const topicConfigs = {
    value: new Map([
      ...seen.topicConfigs.value,
      ["b", [config("min.insync.replicas", "1"), config(`${throttle}.replicas`, "0:3", { source: 1 })]] as const,
    ]),
  };
  const rate = config(`${throttle}.rate`, "1000", { source: 2 });
  const [gone, silent] = [{ seen: "waited 8 s" }, { seen: "no answer in 10 s" }];
  const dedicated = member(4, {
    name: "zookeeper-1",
    address: "10.0.0.254",
    rack: "zone-b",
    apply: { hostKey: "ssh-ed25519 KEY", files: [], startHashes: new Map([["zookeeper", "z4"]]), properties: {} },
  });
  const { brokerId: _, ...onlyZookeeper } = dedicated;
  const machine = {
    value: { services: [service("zookeeper", 4)], volume: { used: 1e9, available: 8e9, size: 1e10 } },
  };
  const { server = silent } = memberFacts(4);
  const asked = { member: onlyZookeeper, ssh: { value: true }, machine, differences: { value: [] }, server } as const;
  assert.equal(
    shown({
      members: [
        memberFacts(1, { machine: silent, broker: { value: broker({ configs: [rate] }) } }),
        memberFacts(2, {
          differences: { value: [{ file: FILE, difference: "content" }] },
          machine: {
            value: {
              services: [
                service("zookeeper", 2),
                service("kafka", 2, { activeState: "failed", subState: "failed", since: null, startedWith: null }),
              ],
              volume: null,
            },
          },
        }),
        memberFacts(3, { ssh: gone, machine: gone, differences: gone, server: silent, broker: silent }),
        asked,
      ],
      cluster: { value: { ...seen, topicConfigs } },
    }),
    `stack dev at 2026-01-02 04:05 UTC: not healthy, 11 problems

  member       address     rack    SSH  files        data volume           service    state   since                 started with
  kafka-1      10.0.0.18   -       yes  as deployed  ?                     zookeeper  ?       ?                     ?
                                                                           kafka      ?       ?                     ?
  kafka-2      10.0.0.19   -       yes  1 differs    not mounted           zookeeper  active  2026-01-02 03:04 UTC  deployed files
                                                                           kafka      failed  -                     other files
  kafka-3      10.0.0.20   -       no   ?            ?                     zookeeper  ?       ?                     ?
                                                                           kafka      ?       ?                     ?
  zookeeper-1  10.0.0.254  zone-b  yes  as deployed  0.9 of 8.4 GiB, 12 %  zookeeper  active  2026-01-02 03:04 UTC  deployed files

  broker          member   Kafka  registered  leaders  replicas  in sync  not preferred  under-replicated  offline  under min ISR
  1               kafka-1  ?      yes         0        0         0        0              0                 0        0
  2 (controller)  kafka-2  3.9.2  yes         4        4         4        0              4                 0        4
  3               kafka-3  ?      yes         0        5         1        4              4                 1        4

  cluster id                       abcDEF
  inter.broker.protocol.version    3.9-IV0
  security                         plaintext
  partitions                       5 in 2 topics
  leader is not the preferred one  4: a-0, a-1, a-2, …
  under-replicated                 4: a-0, a-1, a-2, …
  offline                          1: b-0
  under min.insync.replicas        4: a-0, a-1, a-2, …
  reassignment                     a-0: replicas 3,2, adding none, removing 2
  throttle                         broker 1: leader.replication.throttled.rate=1000
  throttle                         topic b: leader.replication.throttled.replicas=0:3
  dynamic config                   broker 1: leader.replication.throttled.rate=1000, set for the broker

  ZooKeeper  member       role         version  no quorum
  1          kafka-1      follower     3.8.4
  2          kafka-2      follower     3.8.4
  3          kafka-3      not serving  ?
  4          zookeeper-1  follower     3.8.4

kafka-1: the machine did not tell its services and its data volume: no answer in 10 s. Remedy: run it again; if it stays so, look at the machine's load and its disk
kafka-2: kafka does not run (failed, failed). Remedy: npm run up: it brings up first what is down
kafka-2: no data volume is mounted. Remedy: attach the volume and restart the machine
kafka-3: 10.0.0.20 can't be reached over SSH (waited 8 s). Remedy: npm run up: it makes a machine again that is gone, and locally starts one that is stopped
kafka-2: /etc/kafka-cluster/install.env has another content than the one deployed. Remedy: npm run up -- --replace '**kafka-2-apply'
zookeeper: no quorum: 3 of 4 servers serve, 0 of them as leader. Remedy: start the servers that don't serve: brokers can't elect leaders without a quorum
kafka-3: ZooKeeper server 3 does not serve (no answer in 10 s). Remedy: look at /var/log/zookeeper/zookeeper.log on kafka-3
kafka-3: broker 3 does not answer (no answer in 10 s). Remedy: look at /var/log/kafka/server.log on kafka-3
kafka: offline partitions, without a leader: 1: b-0. Remedy: start the brokers that hold their replicas
kafka: partitions under their min.insync.replicas, which refuse acks=all: 4: a-0, a-1, a-2, …. Remedy: broker 3 has to run, reach the leaders and catch up
kafka: under-replicated partitions: 4: a-0, a-1, a-2, …. Remedy: broker 3 has to run, reach the leaders and catch up
`,
  );
});

test("a cluster that can't be asked", () => {
  const gone = { seen: "10.0.0.18 (kafka-1) is on no network of this computer: its bridge is gone" };
  const alone = memberFacts(1, { ssh: gone, machine: gone, differences: gone, server: gone, broker: gone });
  assert.equal(
    shown({ members: [alone], cluster: { seen: "no broker answers" } }),
    `stack dev at 2026-01-02 04:05 UTC: not healthy, 5 problems

  member   address    rack  SSH  files  data volume  service    state  since  started with
  kafka-1  10.0.0.18  -     no   ?      ?            zookeeper  ?      ?      ?
                                                     kafka      ?      ?      ?

  broker  member   Kafka  registered  leaders  replicas  in sync  not preferred  under-replicated  offline  under min ISR
  1       kafka-1  ?      ?           ?        ?         ?        ?              ?                 ?        ?

  cluster id                     ?
  inter.broker.protocol.version  ?
  security                       plaintext
  partitions                     ? in ? topics

  ZooKeeper  member   role         version  no quorum
  1          kafka-1  not serving  ?

kafka-1: 10.0.0.18 can't be reached over SSH (10.0.0.18 (kafka-1) is on no network of this computer: its bridge is gone). Remedy: npm run up: it makes a machine again that is gone, and locally starts one that is stopped
zookeeper: no quorum: 0 of 1 servers serve, 0 of them as leader. Remedy: start the servers that don't serve: brokers can't elect leaders without a quorum
kafka-1: ZooKeeper server 1 does not serve (10.0.0.18 (kafka-1) is on no network of this computer: its bridge is gone). Remedy: look at /var/log/zookeeper/zookeeper.log on kafka-1
kafka-1: broker 1 does not answer (10.0.0.18 (kafka-1) is on no network of this computer: its bridge is gone). Remedy: look at /var/log/kafka/server.log on kafka-1
kafka: the cluster could not be asked (no broker answers). Remedy: put the brokers right first
`,
  );
});
