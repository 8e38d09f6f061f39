import { ADMIN_PROPERTIES } from "../../components/render/paths.ts";
import { memberPort, type Phase, usesTls } from "../../components/security/phase.ts";
import { applyAgain, isDown } from "./causes.ts";
import type { BrokerStatus, DynamicConfig, PartitionStatus } from "./kafkaReport.ts";
import type { ClusterStatus, MemberStatus, StatusProblem } from "./report.ts";

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
    "start the brokers that hold their replicas",
  );
  about(
    "underReplicated",
    underReplicated,
    "under-replicated partitions",
    `broker ${outOfSync(underReplicated ?? [])} has to run and catch up`,
  );
  return problems;
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
    const remedy = `look at /var/log/kafka/server.log on ${subject}`;
    problems.push({ kind: "broker", subject, text: `broker ${id} ${seen.join(" and ")}`, remedy });
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
export function named(partitions: readonly PartitionStatus[]): string {
  const first = partitions.slice(0, NAMED).map(({ topic, partition }) => `${topic}-${partition}`);
  return `${partitions.length}: ${first.join(", ")}${partitions.length > NAMED ? ", …" : ""}`;
}

/** The brokers whose replicas are not in sync: `2 and 3`. */
function outOfSync(partitions: readonly PartitionStatus[]): string {
  const ids = partitions.flatMap(({ replicas, isr, adding }) =>
    replicas.filter((id) => !isr.includes(id) && !adding.includes(id)),
  );
  return [...new Set(ids)].sort((a, b) => a - b).join(" and ");
}
