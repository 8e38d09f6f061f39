import { aboveReplicas } from "./inSyncNeeded.ts";
import type { Problem } from "./problem.ts";

/** Numbers of replicas that the cluster must have brokers for. */
const FACTORS = [
  "default.replication.factor",
  "offsets.topic.replication.factor",
  "transaction.state.log.replication.factor",
];

/**
 * Pairs of which the first must not be above the second, and what happens otherwise.
 *
 * replica.fetch.max.bytes below message.max.bytes is not among them: since 0.10.1 (KIP-74) a replica gets the first
 * batch of a partition whatever its size.
 */
const LIMITS: readonly (readonly [lower: string, upper: string, consequence: string])[] = [
  ["message.max.bytes", "socket.request.max.bytes", "the broker would cut the connection that brings such a message"],
  ["message.max.bytes", "log.segment.bytes", "such a message fits no segment"],
];

/** The same of in-sync replicas and replicas, and what happens where a version does not count the replicas. */
const IN_SYNC_LIMITS: typeof LIMITS = [
  ["min.insync.replicas", "default.replication.factor", "a topic would refuse every write with acks=all"],
  ["min.insync.replicas", "offsets.topic.replication.factor", "no consumer group could commit its offsets"],
  ["transaction.state.log.min.isr", "transaction.state.log.replication.factor", "no transaction could begin"],
];

/**
 * Problems that no property has by itself.
 *
 * @param number gives a property's number: as set, else Kafka's default; undefined where it is refused already
 */
export function clusterProblems(
  number: (key: string) => number | undefined,
  { version, brokerCount }: { readonly version: string; readonly brokerCount: number },
): Problem[] {
  const problems: Problem[] = [];
  for (const key of FACTORS) {
    const value = number(key);
    if (value !== undefined && value > brokerCount) {
      problems.push({ key, value, allowed: `at most the number of brokers, ${brokerCount}` });
    }
  }
  const inSync = IN_SYNC_LIMITS.map(([lower, upper, text]) => [lower, upper, aboveReplicas(version, text)] as const);
  for (const [lower, upper, consequence] of [...inSync, ...LIMITS]) {
    const value = number(lower);
    const limit = number(upper);
    if (value !== undefined && limit !== undefined && value > limit) {
      problems.push({ key: lower, value, allowed: `at most ${upper}, which is ${limit}: ${consequence}` });
    }
  }
  return problems;
}
