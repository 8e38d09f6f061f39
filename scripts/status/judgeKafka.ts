import { counted } from "../../model/kafka/counted.ts";
import type { TopicPartition } from "../../model/kafka/partition.ts";
import { ADMIN_PROPERTIES } from "../../model/render/machinePaths.ts";
import { memberPort, type Phase, usesTls } from "../../model/security/phase.ts";
import { firstOf } from "../lib/named.ts";
import { keyOf } from "../lib/partitions.ts";
import { applyAgain, isDown } from "./causes.ts";
import { isOfMoves } from "./dynamicConfigs.ts";
import { fullCause, ROOM_FIRST } from "./judgeVolume.ts";
import type { BrokerStatus, DynamicConfig, KafkaStatus, PartitionStatus, StalledReplica } from "./kafkaReport.ts";
import type { ClusterStatus, MemberStatus, StatusProblem } from "./statusReport.ts";

/** Partitions that are named in a line. */
const NAMED = 3;

/** Finds the problems of brokers and partitions. */
export function judgeKafka({ kafka, members, security }: ClusterStatus): StatusProblem[] {
  const subject = "kafka";
  const problems = kafka.brokers.flatMap((broker) => judgeBroker(broker, members, security));
  if (kafka.reason !== null) {
    const text = `the cluster could not be asked (${kafka.reason})`;
    problems.push({ kind: "unknown", subject, text, remedy: "put the brokers right first" });
  } else if (kafka.controllerId === null) {
    const remedy = "ZooKeeper's quorum first, then the brokers' /var/log/kafka/server.log";
    problems.push({ kind: "broker", subject, text: "no broker is the controller", remedy });
  }
  for (const text of kafka.unknown) {
    const remedy = "run it again; if it stays so, look at ZooKeeper and the controller";
    problems.push({ kind: "unknown", subject, text: `the brokers did not tell ${text}`, remedy });
  }
  if (kafka.otherBrokers && kafka.otherBrokers.length > 0) {
    const ids = kafka.otherBrokers.map(({ id, replicas }) => `${id} (${counted(replicas, "replica")})`).join(" and ");
    const [are, member, them] = kafka.otherBrokers.length === 1 ? ["is", "member", "it"] : ["are", "members", "them"];
    const text = `broker ${ids} ${are} registered and no ${member} of the last deployment`;
    const remedy = `npm run up goes on with the update that has brought ${them}; stop by hand what no update has brought`;
    problems.push({ kind: "broker", subject, text, remedy });
  }
  const { offline, underMinIsr, underReplicated } = kafka;
  const about = (
    kind: StatusProblem["kind"],
    found: readonly PartitionStatus[] | null,
    what: string,
    remedy: string,
  ) => {
    if (found && found.length > 0) problems.push({ kind, subject, text: `${what}: ${named(found)}`, remedy });
  };
  about("offline", offline, "offline partitions, without a leader", "start the brokers that hold their replicas");
  about(
    "underMinIsr",
    underMinIsr,
    "partitions under their min.insync.replicas, which refuse acks=all",
    catchUp(underMinIsr ?? []),
  );
  about("underReplicated", underReplicated, "under-replicated partitions", catchUp(underReplicated ?? []));
  return [...problems, ...judgeStalled(kafka.stalled, members, kafka.brokers), ...judgeThrottles(kafka)];
}

/** One problem for each follower and the leader that it gets nothing from. */
function judgeStalled(
  stalled: readonly StalledReplica[],
  members: readonly MemberStatus[],
  brokers: readonly BrokerStatus[],
): StatusProblem[] {
  const pairs = new Map<string, StalledReplica[]>();
  for (const each of stalled) {
    const pair = `${each.leader} ${each.follower}`;
    pairs.set(pair, [...(pairs.get(pair) ?? []), each]);
  }
  return [...pairs.values()].flatMap((found): StatusProblem[] => {
    const [first] = found;
    if (!first) return [];
    const { leader, follower } = first;
    const member = brokers.find(({ id }) => id === follower)?.member ?? "its member";
    const text =
      `broker ${follower} gets nothing of what broker ${leader} has, and counts as in sync, so that acks=all waits: ` +
      named(found);
    const full = fullCause(members, member);
    const remedy = `${full ? ROOM_FIRST : `the connection between both first; then /var/log/kafka/server.log on ${member}`}`;
    return [{ kind: "replication", subject: "kafka", text, remedy }];
  });
}

/** What limits moves, and is no use when there are none: the next ones would crawl, and so does a replica that catches up. */
function judgeThrottles({ throttles, reassignments }: KafkaStatus): StatusProblem[] {
  const left = reassignments?.length === 0 ? (throttles ?? []).filter(({ name }) => isOfMoves(name)) : [];
  if (left.length === 0) return [];
  const first = left.slice(0, NAMED).map(({ entity, name, value }) => `${entity}: ${name}=${value}`);
  const more = left.length > NAMED ? `, and ${left.length - NAMED} more` : "";
  const text = `throttles of moves are left, and no reassignment is under way: ${first.join(", ")}${more}`;
  const remedy =
    "npm run up takes away what the program has set; what somebody else has, kafka-configs.sh --delete-config";
  return [{ kind: "throttle", subject: "kafka", text, remedy }];
}

function judgeBroker(broker: BrokerStatus, members: readonly MemberStatus[], security: Phase): StatusProblem[] {
  const { id, member: subject } = broker;
  const problems: StatusProblem[] = [];
  // One that neither answers nor is registered is one problem.
  const seen = [
    ...(broker.answers ? [] : [`does not answer (${broker.reason})`]),
    ...(broker.registered === false ? ["is not registered in the cluster"] : []),
  ];
  if (seen.length > 0 && !isDown(members, subject, "kafka")) {
    const full = fullCause(members, subject);
    const remedy = full ? ROOM_FIRST : `look at /var/log/kafka/server.log on ${subject}`;
    problems.push({ kind: "broker", subject, text: `broker ${id} ${seen.join(" and ")}${full}`, remedy });
  }
  if (broker.seesOtherwise && broker.seesOtherwise.length > 0) {
    const text = `broker ${id} ${broker.seesOtherwise.join(", ")}: it has not been told by the controller`;
    const remedy = `the connection between it and the controller first; then /var/log/kafka/server.log on ${subject}`;
    problems.push({ kind: "view", subject, text, remedy });
  }
  for (const config of broker.dynamicConfigs) {
    const { name, value, overrides } = config;
    if (!overrides) continue;
    const text =
      `broker ${id} has ${name}=${value ?? "[secret]"} set while it runs, over ` +
      `${overrides.name}=${overrides.value} of server.properties`;
    problems.push({ kind: "drift", subject, text, remedy: configRemedy(broker, config, members, security) });
  }
  return problems;
}

/** An apply lets a broker that it starts follow its file again, in the properties that stand there by this name. */
function configRemedy(
  { id, member }: BrokerStatus,
  { name, scope, overrides }: DynamicConfig,
  members: readonly MemberStatus[],
  security: Phase,
): string {
  if (scope === "broker" && overrides?.name === name) return applyAgain(member);
  const { address = "" } = members.find((each) => each.name === member) ?? {};
  const entity = scope === "broker" ? `--entity-name ${id}` : "--entity-default";
  return (
    `kafka-configs.sh --bootstrap-server ${address}:${memberPort("kafka", security)} ` +
    `${usesTls(security) ? `--command-config ${ADMIN_PROPERTIES} ` : ""}--entity-type brokers ${entity} ` +
    `--alter --delete-config ${name}`
  );
}

/** `12: a-0, a-1, b-0, …` */
export function named(partitions: readonly TopicPartition[]): string {
  return `${partitions.length}: ${firstOf(partitions.map(keyOf), NAMED)}`;
}

/** What brings partitions back in sync. */
function catchUp(partitions: readonly PartitionStatus[]): string {
  const ids = outOfSync(partitions);
  const whole = partitions.filter((each) => outOfSync([each]).length === 0);
  return [
    ...(ids.length === 0
      ? []
      : [`broker ${ids.join(" and ")} ${ids.length === 1 ? "has" : "have"} to run, reach the leaders and catch up`]),
    ...(whole.length === 0
      ? []
      : [`more replicas, or a lower min.insync.replicas, where all are in sync (${named(whole)})`]),
  ].join("; ");
}

/** The brokers whose replicas are not in sync. */
function outOfSync(partitions: readonly PartitionStatus[]): number[] {
  const ids = partitions.flatMap(({ replicas, isr, adding }) =>
    replicas.filter((id) => !isr.includes(id) && !adding.includes(id)),
  );
  return [...new Set(ids)].sort((a, b) => a - b);
}
