import type { TopicPartition } from "../../model/kafka/partition.ts";
import { disconnect, type KafkaClient } from "../lib/kafka.ts";
import { createCluster } from "../lib/kafkajsCluster.ts";

/** What a client says that commits for a group without being a member of it. */
const NO_MEMBER = { groupGenerationId: -1, memberId: "" } as const;

/** Where a group is to begin. */
export interface GroupOffset extends TopicPartition {
  readonly groupId: string;
  readonly offset: string;
}

/**
 * Commits an offset for a group that has no member yet, so that its first one begins there, however much lies before.
 *
 * @throws Error when the group's coordinator does not take it
 */
export async function commitOffset(
  { kafka }: Pick<KafkaClient, "kafka">,
  { groupId, topic, partition, offset }: GroupOffset,
): Promise<void> {
  const cluster = createCluster(kafka);
  try {
    await cluster.retrier(async () => {
      await cluster.refreshMetadata();
      const coordinator = await cluster.findGroupCoordinator({ groupId });
      const topics = [{ topic, partitions: [{ partition, offset }] }];
      await coordinator.offsetCommit({ groupId, ...NO_MEMBER, topics });
    });
  } finally {
    await disconnect(cluster);
  }
}
