import { isNewer } from "./versions.ts";

/**
 * The first version that was measured to ask for no more in-sync replicas than a partition has (KAFKA-21110):
 *
 * | replicas | min.insync.replicas | in sync | 2.4.0   | 3.9.2   |
 * | -------- | ------------------- | ------- | ------- | ------- |
 * | 1        | 2                   | 1       | refused | taken   |
 * | 2        | 3                   | 2       | refused | taken   |
 * | 2        | 3                   | 1       | refused | refused |
 * | 2        | 2                   | 1       | refused | refused |
 *
 * Source: writes with acks=all by kafka-console-producer.sh to clusters of three brokers of both versions; what is refused
 * ends with NOT_ENOUGH_REPLICAS.
 */
const COUNTS_REPLICAS_SINCE = "3.9.2";

/** Whether a version takes min.insync.replicas for no more than the replicas that a partition has. */
export function countsReplicas(version: string): boolean {
  return !isNewer(COUNTS_REPLICAS_SINCE, version);
}

/**
 * How many replicas of a partition have to be in sync so that its leader takes a write with acks=all.
 *
 * @param version of Kafka that the leader runs
 */
export function inSyncNeeded(version: string, minInSync: number, replicas: number): number {
  return Math.max(1, countsReplicas(version) ? Math.min(minInSync, replicas) : minInSync);
}

/** What comes of a min.insync.replicas above the replicas that there are. */
export function aboveReplicas(version: string, consequence: string): string {
  return countsReplicas(version)
    ? `Kafka ${version} asks for no more in-sync replicas than there are replicas, so the minimum would not be kept`
    : consequence;
}
