import type { PartitionReplicas } from "../../model/kafka/partition.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import type { ConfigChange } from "../lib/configChange.ts";
import { byTopic, keyOf } from "../lib/partitions.ts";
import { ownConfigs } from "./clusterConfigs.ts";

/** What a broker may send and take for the replicas of {@link REPLICAS}, in bytes per second. */
export const RATES = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"] as const;
const SENDERS = "leader.replication.throttled.replicas";
const TAKERS = "follower.replication.throttled.replicas";
/** The replicas of a topic that the rates hold for. */
export const REPLICAS = [SENDERS, TAKERS] as const;

/** In place of a list of replicas: all. No tool sets it for moves, so it is an operator's, and what goes with it. */
const ALL = "*";

/** The limits that stand in a cluster. */
export interface StandingLimits {
  /** Ids of the brokers that are registered. */
  readonly brokers: readonly number[];
  /** All topics. */
  readonly topics: ReadonlySet<string>;
  /** Topics with a list of replicas. */
  readonly listed: readonly string[];
  /** Topics of which an operator limits all replicas. */
  readonly operators: ReadonlySet<string>;
  /** Ids of brokers with a rate. 2.4.0 does not tell of these. */
  readonly rated: readonly number[];
}

/**
 * Looks which limits stand. A broker that does not answer counts as one without.
 *
 * @throws Error when there is no answer, or a topic is deleted at that moment
 */
export async function standingLimits(
  requests: Pick<AdminRequests, "metadata" | "describeConfigs">,
): Promise<StandingLimits> {
  const metadata = await requests.metadata();
  const brokers = metadata.brokers.map(({ id }) => id);
  const topics = new Set(metadata.partitions.map(({ topic }) => topic));
  const [ofTopics, ofBrokers] = await Promise.all([
    ownConfigs(requests, "topic", [...topics], REPLICAS),
    Promise.all(brokers.map((id) => ownConfigs(requests, "broker", [String(id)], RATES).catch(() => new Map()))),
  ]);
  const isAll = (configs: Readonly<Record<string, string>>): boolean => Object.values(configs).includes(ALL);
  return {
    brokers,
    topics,
    listed: [...ofTopics].filter(([, configs]) => !isAll(configs)).map(([topic]) => topic),
    operators: new Set([...ofTopics].filter(([, configs]) => isAll(configs)).map(([topic]) => topic)),
    rated: brokers.filter((_, index) => (ofBrokers[index]?.size ?? 0) > 0),
  };
}

/**
 * The configs that limit moves, and nothing else: rates of brokers, and for each topic the replicas that they hold for,
 * as kafka-reassign-partitions.sh sets them (KIP-73).
 *
 * @param present where partitions are, without the copies that are being made
 * @param brokerIds all that get a rate
 * @param bytesPerSecond of each broker, to send and to take
 */
export function limitsOf(
  present: readonly PartitionReplicas[],
  goals: readonly PartitionReplicas[],
  brokerIds: readonly number[],
  bytesPerSecond: number,
): ConfigChange[] {
  const holders = new Map(present.map((partition) => [keyOf(partition), partition.replicas]));
  const replicas =
    (of: (goal: PartitionReplicas, now: readonly number[]) => readonly number[]) =>
    (topicGoals: readonly PartitionReplicas[]): string =>
      topicGoals
        .flatMap((goal) => of(goal, holders.get(keyOf(goal)) ?? []).map((broker) => `${goal.partition}:${broker}`))
        .join(",");
  const senders = replicas((_, now) => now);
  const takers = replicas((goal, now) => goal.replicas.filter((broker) => !now.includes(broker)));
  const copied = goals.filter(({ replicas: wanted, ...goal }) =>
    wanted.some((broker) => !holders.get(keyOf(goal))?.includes(broker)),
  );
  if (copied.length === 0) return [];
  return [
    ...brokerIds.map((id): ConfigChange => ({
      resource: { type: "broker", id },
      set: Object.fromEntries(RATES.map((rate) => [rate, String(bytesPerSecond)])),
    })),
    ...[...byTopic(copied)].map(([name, topicGoals]): ConfigChange => ({
      resource: { type: "topic", name },
      set: { [SENDERS]: senders(topicGoals), [TAKERS]: takers(topicGoals) },
    })),
  ];
}

/** Takes limits away: one that is not set is no error. */
export function withoutLimits(topics: readonly string[], brokerIds: readonly number[]): ConfigChange[] {
  return [
    ...topics.map((name): ConfigChange => ({ resource: { type: "topic", name }, remove: REPLICAS })),
    ...brokerIds.map((id): ConfigChange => ({ resource: { type: "broker", id }, remove: RATES })),
  ];
}
