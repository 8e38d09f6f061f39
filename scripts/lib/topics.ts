import type { Admin } from "kafkajs";

/** Shape of a topic that a script of this project creates. */
export interface TopicShape {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
}

/**
 * Creates a topic when it is missing.
 *
 * The topic says `min.insync.replicas=1` for itself: the brokers' 2 would make a topic with two replicas refuse
 * acks=all whenever one broker is away.
 *
 * @returns true when it was created, false when it existed, in whatever shape
 */
export function createTopicIfMissing(
  admin: Admin,
  { topic, partitions, replicationFactor }: TopicShape,
): Promise<boolean> {
  return admin.createTopics({
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: [{ name: "min.insync.replicas", value: "1" }],
      },
    ],
    // kafkajs would sleep 100 ms before it looks for leaders even once; the callers look for what they need themselves.
    waitForLeaders: false,
  });
}
