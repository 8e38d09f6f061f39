import { named } from "./judgeKafka.ts";
import type { BrokerStatus, KafkaStatus } from "./kafkaReport.ts";
import type { ClusterStatus, MemberStatus, StatusReport } from "./statusReport.ts";

const GIB = 1024 ** 3;
/** What stands for a value that there is none of, and for one that is not known. */
const NONE = "-";
const UNKNOWN = "?";

/** What the cluster is like, for people: in the words of Kafka and ZooKeeper, in aligned columns. */
export function table(report: StatusReport): string {
  const { stack, takenAt, healthy, problems } = report;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [
    `stack ${stack} at ${minute(takenAt)}: ${healthy ? "healthy" : `not healthy, ${count}`}\n`,
    columns(memberRows(report)),
    columns(brokerRows(report.kafka)),
    columns(kafkaRows(report)),
    columns(serverRows(report)),
    problems.map(({ subject, text, remedy }) => `${subject}: ${text}. Remedy: ${remedy}\n`).join(""),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function memberRows({ members }: ClusterStatus): string[][] {
  return [
    ["member", "address", "rack", "SSH", "files", "data volume", "service", "state", "since", "started with"],
    ...members.flatMap((member) =>
      // The member's own columns stand in its first line.
      serviceRows(member).map((row, index) => [...ownCells(member).map((cell) => (index > 0 ? "" : cell)), ...row]),
    ),
  ];
}

function ownCells(member: MemberStatus): string[] {
  const { name, address, rack, reachable } = member;
  return [name, address, rack ?? NONE, reachable ? "yes" : "no", files(member), volume(member)];
}

function files({ drift }: MemberStatus): string {
  if (!drift) return UNKNOWN;
  return drift.length === 0 ? "as deployed" : `${drift.length} ${drift.length === 1 ? "differs" : "differ"}`;
}

function serviceRows({ services }: MemberStatus): string[][] {
  const rows = services.map(({ service, state, since, startedWithDeployedFiles: asDeployed, classData }) => [
    service,
    state ?? UNKNOWN,
    since === null ? (state === null ? UNKNOWN : NONE) : minute(since),
    `${asDeployed === null ? UNKNOWN : asDeployed ? "deployed files" : "other files"}${classData ? ", class data" : ""}`,
  ]);
  return rows.length > 0 ? rows : [[UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]];
}

function volume({ volume, reachable, unknown }: MemberStatus): string {
  if (!volume) return reachable && unknown.length === 0 ? "not mounted" : UNKNOWN;
  // Of what services can use: the percentage follows from it.
  return `${(volume.used / GIB).toFixed(1)} of ${((volume.used + volume.available) / GIB).toFixed(1)} GiB, ${volume.usedPercent} %`;
}

function brokerRows({ brokers, controllerId }: KafkaStatus): string[][] {
  return [
    [
      ...["broker", "member", "Kafka", "registered", "leaders", "replicas", "in sync"],
      ...["not preferred", "under-replicated", "offline", "under min ISR"],
    ],
    ...brokers.map((broker) => [
      `${broker.id}${broker.id === controllerId ? " (controller)" : ""}`,
      broker.member,
      broker.version ?? UNKNOWN,
      broker.registered === null ? UNKNOWN : broker.registered ? "yes" : "no",
      ...partitionCells(broker),
    ]),
  ];
}

function partitionCells({ partitions }: BrokerStatus): string[] {
  if (!partitions) return Array<string>(7).fill(UNKNOWN);
  const { leaders, replicas, inSync, preferredNotLeader, underReplicated, offline, underMinIsr } = partitions;
  const counts = [leaders, replicas, inSync, preferredNotLeader, underReplicated, offline, underMinIsr];
  return counts.map((count) => (count === null ? UNKNOWN : String(count)));
}

function kafkaRows({ kafka, security, certificates: [first] }: ClusterStatus): string[][] {
  const protocols = new Set(kafka.brokers.flatMap(({ interBrokerProtocol }) => interBrokerProtocol ?? []));
  const rows: [string, string][] = [
    ["cluster id", kafka.clusterId ?? UNKNOWN],
    ["inter.broker.protocol.version", [...protocols].join(", ") || UNKNOWN],
    ["security", security],
    ...(first ? [["certificates valid until", minute(first.ends)] as [string, string]] : []),
    ["partitions", `${kafka.partitionCount ?? UNKNOWN} in ${kafka.topicCount ?? UNKNOWN} topics`],
  ];
  const lists = [
    ["leader is not the preferred one", kafka.preferredNotLeader],
    ["under-replicated", kafka.underReplicated],
    ["offline", kafka.offline],
    ["under min.insync.replicas", kafka.underMinIsr],
  ] as const;
  for (const [label, partitions] of lists) {
    if (partitions && partitions.length > 0) rows.push([label, named(partitions)]);
  }
  for (const { topic, partition, replicas, adding, removing } of kafka.reassignments ?? []) {
    const text = `${topic}-${partition}: replicas ${list(replicas)}, adding ${list(adding)}, removing ${list(removing)}`;
    rows.push(["reassignment", text]);
  }
  for (const { entity, name, value } of kafka.throttles ?? []) rows.push(["throttle", `${entity}: ${name}=${value}`]);
  for (const { id, dynamicConfigs } of kafka.brokers) {
    for (const { name, value, scope } of dynamicConfigs) {
      rows.push(["dynamic config", `broker ${id}: ${name}=${value ?? "[secret]"}, set for the ${scope}`]);
    }
  }
  return rows;
}

function serverRows({ zookeeper: { quorum, servers } }: ClusterStatus): string[][] {
  return [
    ["ZooKeeper", "member", "role", "version", quorum ? "quorum" : "no quorum"],
    ...servers.map(({ id, member, role, version }) => [`${id}`, member, role ?? "not serving", version ?? UNKNOWN, ""]),
  ];
}

function list(ids: readonly number[]): string {
  return ids.join(",") || "none";
}

/** `2026-01-02 03:04 UTC` */
function minute(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

/** Lines of which each column is as wide as its widest cell. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  }
  return rows
    .map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")}`.trimEnd() + "\n")
    .join("");
}
