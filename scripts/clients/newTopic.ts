import { collide } from "../../model/kafka/topicNames.ts";
import type { ClusterMetadata } from "../lib/adminProtocol.ts";
import { UserError } from "../lib/report.ts";
import type { StackBroker } from "../stack/entrance.ts";

/** Replicas of a topic that has to be created, as in the operations note; fewer where a cluster has fewer brokers. */
const REPLICATION_FACTOR = 2;

/**
 * How many replicas a new topic gets. All brokers that the cluster has count: a topic that is made with one replica, since
 * only one broker is up, keeps one.
 *
 * @param stackBrokers those of the stack. @default those that are up, or hold a replica of any topic
 * @throws UserError when fewer brokers are up than it needs, with those that are not
 */
export function replicasOfNewTopic(
  topic: string,
  { brokers: up, partitions }: Pick<ClusterMetadata, "brokers" | "partitions">,
  stackBrokers?: readonly StackBroker[],
): number {
  const known =
    stackBrokers ??
    [...new Set([...up.map(({ id }) => id), ...partitions.flatMap(({ replicas }) => replicas)])]
      .sort((a, b) => a - b)
      .map((id) => ({ id, name: undefined }));
  const wanted = Math.max(1, Math.min(REPLICATION_FACTOR, known.length));
  if (up.length >= wanted) return wanted;
  const missing = known.filter(({ id }) => !up.some((broker) => broker.id === id));
  const named = missing.map(({ id, name }) => (name === undefined ? String(id) : `${id} (${name})`)).join(", ");
  throw new UserError(
    `topic ${topic} was not made, and nothing was sent: it needs ${wanted} brokers for its ${wanted} replicas, ` +
      `and broker(s) ${named} of the cluster's ${known.length} are down: npm run status tells what they lack`,
  );
}

/** Why Kafka makes no topic with a name: another one is its like. Undefined when none is seen. */
export function collision(topic: string, { partitions }: Pick<ClusterMetadata, "partitions">): string | undefined {
  const like = partitions.find((row) => row.topic !== topic && collide(row.topic, topic))?.topic;
  if (like === undefined) return undefined;
  return (
    `--topic ${topic}: there is a topic ${like}, whose name differs in '.' and '_' alone, and Kafka makes no second one; ` +
    "nothing was made or sent"
  );
}
