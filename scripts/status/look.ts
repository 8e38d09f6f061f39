/** What a broker sees of the cluster at one moment, and how far its own replicas go then. */
import { type LogEnd, logEndsRequest } from "../lib/logEndProtocol.ts";
import type { BrokerConnection } from "../lib/kafkajsCluster.ts";
import { byTopic } from "../lib/partitions.ts";
import { type Metadata, metadataOf } from "./brokerAnswers.ts";

/** See the module. */
export interface Look {
  readonly metadata: Metadata;
  readonly ends: readonly LogEnd[];
}

/** Asks a broker, for the ends of its replicas of partitions that have others. */
export async function lookAt(broker: BrokerConnection, id: number): Promise<Look> {
  const metadata = await metadataOf(broker);
  const shared = metadata.partitions.filter(({ replicas }) => replicas.length > 1 && replicas.includes(id));
  const topics = [...byTopic(shared)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition }) => partition),
  }));
  if (topics.length === 0) return { metadata, ends: [] };
  return { metadata, ends: await broker.connectionPool.send(logEndsRequest(topics)) };
}
