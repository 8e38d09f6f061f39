/** What a healthy cluster of three tells; the tests change what they are about. */
import type { Service } from "../../../model/render/nodeFile.ts";
import type { Config, Metadata, Partition } from "../../../scripts/status/brokerAnswers.ts";
import type { DeployedMember } from "../../../scripts/status/recordedCluster.ts";
import type { BrokerFacts, ClusterFacts, Facts, MemberFacts, ServiceFacts } from "../../../scripts/status/facts.ts";

const GIB = 1024 ** 3;
const SINCE = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

/** A file that both services read. */
export const FILE = { path: "/etc/kafka-cluster/install.env", content: "A=1\n", mode: "0644", restarts: [] };

/** The broker's properties as they were deployed. */
const PROPERTIES = { "log.retention.hours": "72", "message.max.bytes": "5", "num.io.threads": "8" };

/** A partition whose replicas are all in sync, led by the preferred leader. */
export function partition(
  topic: string,
  number: number,
  replicas: number[],
  changes: Partial<Partition> = {},
): Partition {
  return { topic, partition: number, leader: replicas[0] ?? null, replicas, isr: replicas, ...changes };
}

/** A configuration of server.properties or Kafka's default. */
export function config(name: string, value: string, changes: Partial<Config> = {}): Config {
  return { name, value, source: 4, synonyms: [name], ...changes };
}

/** A member's deployment with one apply. */
export function member(id: number, changes: Partial<DeployedMember> = {}): DeployedMember {
  const startHashes = new Map<Service, string>([
    ["zookeeper", `z${id}`],
    ["kafka", `k${id}`],
  ]);
  return {
    name: `kafka-${id}`,
    address: `10.0.0.${17 + id}`,
    brokerId: id,
    zookeeperId: id,
    apply: { hostKey: "ssh-ed25519 KEY", files: [FILE], startHashes, properties: PROPERTIES },
    ...changes,
  };
}

/** A service that runs with the deployed files. */
export function service(name: Service, id: number, changes: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    service: name,
    activeState: "active",
    subState: "running",
    end: null,
    since: SINCE,
    startedWith: `${name.slice(0, 1)}${id}`,
    home: "/opt/kafka_2.13-3.9.2",
    classData: false,
    ...changes,
  };
}

const METADATA: Metadata = { clusterId: "abcDEF", controllerId: 2, brokerIds: [1, 2, 3], partitions: [] };

/** What a broker says of itself. */
export function broker(changes: Partial<BrokerFacts> = {}): BrokerFacts {
  return { metadata: METADATA, ends: [], configs: [config("inter.broker.protocol.version", "3.9-IV0")], ...changes };
}

/** What a member says. */
export function memberFacts(id: number, changes: Partial<MemberFacts> = {}): MemberFacts {
  return {
    member: member(id),
    ssh: { value: true },
    machine: {
      value: {
        services: [service("zookeeper", id), service("kafka", id)],
        volume: { used: 3 * GIB, available: 36 * GIB, size: 40 * GIB },
      },
    },
    differences: { value: [] },
    server: { value: { role: id === 3 ? "leader" : "follower", version: "3.8.4" } },
    broker: { value: broker() },
    ...changes,
  };
}

/** What the controller says: two topics of which `a` asks for two replicas in sync. */
export function cluster(
  partitions = [partition("b", 0, [3, 1]), partition("a", 1, [2, 3]), partition("a", 0, [1, 2])],
  changes: Partial<ClusterFacts> = {},
): ClusterFacts {
  return {
    askedBroker: 2,
    metadata: { ...METADATA, partitions },
    topicConfigs: {
      value: new Map([
        ["a", [config("min.insync.replicas", "2")]],
        ["b", [config("min.insync.replicas", "1")]],
      ]),
    },
    reassignments: { value: [] },
    ...changes,
  };
}

/** What all say. */
export function facts(changes: Partial<Facts> = {}): Facts {
  return {
    stack: "dev",
    kafkaVersion: "3.9.2",
    security: "plaintext",
    certificates: [],
    unfinished: [],
    takenAt: Date.UTC(2026, 0, 2, 4, 5, 6),
    members: [memberFacts(1), memberFacts(2), memberFacts(3)],
    links: [],
    cluster: { value: cluster() },
    stalled: [],
    // Brokers see what the cluster is, where a test does not say otherwise.
    ...seeingTheSame(changes),
  };
}

/** Lets every broker that says nothing else of it see the cluster as the one that was asked. */
function seeingTheSame(changes: Partial<Facts>): Partial<Facts> {
  const { members = [memberFacts(1), memberFacts(2), memberFacts(3)], cluster: seen = { value: cluster() } } = changes;
  if ("seen" in seen) return { ...changes, members };
  const { metadata } = seen.value;
  return {
    ...changes,
    members: members.map((each) =>
      each.broker && "value" in each.broker && each.broker.value.metadata === METADATA
        ? { ...each, broker: { value: { ...each.broker.value, metadata } } }
        : each,
    ),
  };
}
