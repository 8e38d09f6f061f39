import type { PartitionReplicas } from "../../components/kafka/replicaTable.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import type { ConfigChange } from "../lib/configChange.ts";
import { byTopic, keyOf } from "../lib/partitions.ts";
import { waitFor } from "../lib/wait.ts";
import { haveConfig } from "./cluster.ts";

const RATES = ["leader.replication.throttled.rate", "follower.replication.throttled.rate"] as const;
const SENDERS = "leader.replication.throttled.replicas";
const TAKERS = "follower.replication.throttled.replicas";

/** How long brokers may take to take in their configs, in milliseconds. */
const SETTLE_TIMEOUT_MS = 30_000;

/**
 * The configs that limit moves, and nothing else: rates of brokers, and for each topic the replicas that they hold for,
 * as kafka-reassign-partitions.sh sets them (KIP-73).
 *
 * @param present where partitions are, without the copies that are being made
 * @param brokerIds all that live
 * @param bytesPerSecond of each broker, to send and to take
 */
export function throttle(
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

/**
 * Takes away all limits of moves, also those that an interrupted run or another tool has left.
 *
 * @throws UserError when a broker has not taken that in after half a minute
 */
export async function removeThrottle(
  requests: AdminRequests,
  topics: readonly string[],
  brokerIds: readonly number[],
): Promise<void> {
  const limited = await haveConfig(requests, "topic", topics, [SENDERS, TAKERS]);
  await requests.incrementalAlterConfigs([
    ...limited.map((name): ConfigChange => ({ resource: { type: "topic", name }, remove: [SENDERS, TAKERS] })),
    ...brokerIds.map((id): ConfigChange => ({ resource: { type: "broker", id }, remove: RATES })),
  ]);
  // A broker learns of its own configs over ZooKeeper. 2.4.0 does not tell of these, and is not waited for.
  await waitFor(
    "brokers to limit moves no more",
    async () => {
      const limiting = await haveConfig(requests, "broker", brokerIds.map(String), RATES);
      return limiting.length === 0 ? { value: true } : { seen: `brokers ${limiting.join(", ")} do` };
    },
    SETTLE_TIMEOUT_MS,
  );
}
