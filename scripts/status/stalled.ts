/** Finds followers that get nothing of what their leaders have, although they count as in sync. */
import type { PartitionMetadata, TopicPartition } from "../../model/kafka/partition.ts";
import { keyOf } from "../lib/partitions.ts";
import type { Look } from "./look.ts";

/** A follower that lacks what its leader has. */
export interface Lag extends TopicPartition {
  /** broker.id of either. */
  readonly leader: number;
  readonly follower: number;
  /** Where the leader's log ended at the first look. */
  readonly leaderEnd: bigint;
  /** Where the follower's did. */
  readonly followerEnd: bigint;
}

/** What brokers saw, by their ids. */
export type Looks = ReadonlyMap<number, Look>;

/**
 * The followers that count as in sync and lack something. That is usual while messages come: who has asked the leader
 * first lacks what came between.
 */
export function lags(looks: Looks): Lag[] {
  const endOf = endsIn(looks);
  return led(looks).flatMap(({ topic, partition, leader, isr }) => {
    const leaderEnd = endOf(leader, { topic, partition });
    return isr.flatMap((follower): Lag[] => {
      const followerEnd: bigint | undefined = follower === leader ? undefined : endOf(follower, { topic, partition });
      if (leaderEnd === undefined || followerEnd === undefined || followerEnd >= leaderEnd) return [];
      return [{ topic, partition, leader, follower, leaderEnd, followerEnd }];
    });
  });
}

/**
 * Those of the lags that later looks leave as they were: the leader leads, its follower counts as in sync, and has got
 * nothing. One that has got something is only slow.
 */
export function stillLagging(found: readonly Lag[], looks: Looks): Lag[] {
  const endOf = endsIn(looks);
  const now = new Map(led(looks).map((each) => [keyOf(each), each]));
  return found.filter((lag) => {
    const partition = now.get(keyOf(lag));
    if (partition?.leader !== lag.leader || !partition.isr.includes(lag.follower)) return false;
    return endOf(lag.follower, lag) === lag.followerEnd;
  });
}

/** Partitions as those see them who lead them by their own account. */
function led(looks: Looks): PartitionMetadata[] {
  return [...looks].flatMap(([leader, { metadata }]) =>
    metadata.partitions.filter((each) => each.leader === leader).map((each) => ({ ...each, leader })),
  );
}

/** Gives the end of a broker's replica; undefined where it has not told. */
function endsIn(looks: Looks): (broker: number, partition: TopicPartition) => bigint | undefined {
  const ends = new Map(
    [...looks].map(([id, look]) => [id, new Map(look.ends.map((each) => [keyOf(each), each.end]))] as const),
  );
  return (broker, partition) => ends.get(broker)?.get(keyOf(partition));
}
