import { inSyncNeeded } from "../../model/kafka/inSyncNeeded.ts";
import { TOPIC_CONFIGS } from "./askKafka.ts";
import type { ClusterFacts, Facts, MemberFacts } from "./facts.ts";
import { versionOf } from "./machineFacts.ts";
import { dynamicConfig, throttles } from "./dynamicConfigs.ts";
import type { BrokerStatus, KafkaStatus, PartitionStatus } from "./kafkaReport.ts";
import { viewDifferences } from "./views.ts";

/** Makes of what the brokers told what is shown of Kafka. */
export function kafkaStatus({ members, cluster, kafkaVersion, stalled }: Facts): KafkaStatus {
  const facts = "value" in cluster ? cluster.value : undefined;
  const versions = new Map(members.map((facts) => [facts.member.brokerId, brokerVersion(facts)]));
  const isUnderMinIsr = underMinIsr((id) => versions.get(id ?? undefined) ?? kafkaVersion);
  const partitions = facts && partitionsOf(facts);
  const topics = new Set(partitions?.map(({ topic }) => topic));
  const having = (test: (partition: PartitionStatus) => boolean): PartitionStatus[] | null =>
    partitions?.filter(test) ?? null;
  const brokers = members.flatMap((each) => brokerStatus(each, facts, partitions, isUnderMinIsr));
  return {
    deployedVersion: kafkaVersion,
    reason: "seen" in cluster ? cluster.seen : null,
    clusterId: facts?.metadata.clusterId ?? null,
    controllerId: facts?.metadata.controllerId ?? null,
    topicCount: partitions ? topics.size : null,
    partitionCount: partitions?.length ?? null,
    brokers,
    otherBrokers:
      facts?.metadata.brokerIds
        .filter((id) => !members.some(({ member }) => member.brokerId === id))
        .toSorted((a, b) => a - b)
        .map((id) => ({ id, replicas: partitions?.filter(({ replicas }) => replicas.includes(id)).length ?? 0 })) ??
      null,
    preferredNotLeader: having(isLedByAnother),
    underReplicated: having(isUnderReplicated),
    offline: having(isOffline),
    underMinIsr: facts && "value" in facts.topicConfigs ? having(isUnderMinIsr) : null,
    stalled: stalled.map(({ leaderEnd, followerEnd, ...lag }) => ({ ...lag, behind: Number(leaderEnd - followerEnd) })),
    reassignments: facts && "value" in facts.reassignments ? facts.reassignments.value : null,
    throttles: facts && "value" in facts.topicConfigs ? throttles(brokers, facts.topicConfigs.value) : null,
    unknown: facts ? unknown(facts) : [],
  };
}

/** Partitions by topic and number, with their topics' min.insync.replicas and their reassignments. */
function partitionsOf({ metadata, topicConfigs, reassignments }: ClusterFacts): PartitionStatus[] {
  const moving = "value" in reassignments ? reassignments.value : [];
  const minIsr = (topic: string): number | null => {
    const configs = "value" in topicConfigs ? topicConfigs.value.get(topic) : undefined;
    const value = configs?.find(({ name }) => name === TOPIC_CONFIGS.minIsr)?.value;
    return value === undefined || value === null ? null : Number(value);
  };
  const partitions = metadata.partitions.map((each) => {
    const move = moving.find(({ topic, partition }) => topic === each.topic && partition === each.partition);
    return { ...each, adding: move?.adding ?? [], minIsr: minIsr(each.topic) };
  });
  return partitions.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
}

function isLedByAnother({ leader, replicas }: PartitionStatus): boolean {
  return leader !== null && leader !== replicas[0];
}

/** As the brokers' metric UnderReplicatedPartitions counts: by number, without those that are being added (KIP-455). */
function isUnderReplicated({ replicas, isr, adding }: PartitionStatus): boolean {
  return isr.length < replicas.length - adding.length;
}

function isOffline({ leader }: PartitionStatus): boolean {
  return leader === null;
}

/**
 * Whether a partition refuses acks=all. `kafka-topics.sh --under-min-isr-partitions` also counts those that their leaders
 * take writes for, since they have fewer replicas than min.insync.replicas.
 */
function underMinIsr(versionOfBroker: (id: number | null) => string): (partition: PartitionStatus) => boolean {
  return ({ isr, minIsr, replicas, leader }) =>
    minIsr !== null && isr.length < inSyncNeeded(versionOfBroker(leader), minIsr, replicas.length);
}

/** Version of the distribution that a member's broker was started from. */
function brokerVersion({ machine }: MemberFacts): string | null {
  const services = "value" in machine ? machine.value.services : [];
  return versionOf(services.find(({ service }) => service === "kafka")?.home ?? null);
}

function brokerStatus(
  asked: MemberFacts,
  facts: ClusterFacts | undefined,
  partitions: readonly PartitionStatus[] | undefined,
  isUnderMinIsr: (partition: PartitionStatus) => boolean,
): BrokerStatus[] {
  const { member, broker } = asked;
  const { brokerId: id, name } = member;
  if (id === undefined || !broker) return [];
  const configs = "value" in broker ? broker.value.configs : [];
  const own = partitions?.filter(({ replicas }) => replicas.includes(id));
  const count = (test: (partition: PartitionStatus) => boolean): number => own?.filter(test).length ?? 0;
  return [
    {
      id,
      member: name,
      registered: facts ? facts.metadata.brokerIds.includes(id) : null,
      answers: "value" in broker,
      reason: "seen" in broker ? broker.seen : null,
      version: brokerVersion(asked),
      interBrokerProtocol: configs.find(({ name }) => name === "inter.broker.protocol.version")?.value ?? null,
      partitions: own
        ? {
            leaders: count(({ leader }) => leader === id),
            replicas: own.length,
            inSync: count(({ isr }) => isr.includes(id)),
            preferredNotLeader: count((each) => each.replicas[0] === id && isLedByAnother(each)),
            underReplicated: count(isUnderReplicated),
            offline: count(isOffline),
            underMinIsr: facts && "value" in facts.topicConfigs ? count(isUnderMinIsr) : null,
          }
        : null,
      dynamicConfigs: configs.flatMap((config) => dynamicConfig(config, member.apply?.properties ?? {})),
      seesOtherwise: facts && "value" in broker ? viewDifferences(facts.metadata, broker.value.metadata) : null,
    },
  ];
}

function unknown({ topicConfigs, reassignments }: ClusterFacts): string[] {
  return [
    ...("seen" in topicConfigs ? [`the topics' configurations: ${topicConfigs.seen}`] : []),
    ...("seen" in reassignments ? [`reassignments: ${reassignments.seen}`] : []),
  ];
}
