import { disconnect, kafkaClient } from "../lib/kafka.ts";
import { type BrokerConnection, createCluster, movesUnderWay } from "../lib/kafkajsCluster.ts";
import type { OpenSocket } from "../lib/sockets.ts";
import { answerOf } from "./answer.ts";
import { brokerConfigs, topicConfigs } from "./brokerAnswers.ts";
import type { Answer, BrokerFacts, ClusterFacts } from "./facts.ts";
import { type Look, lookAt } from "./look.ts";

/** Configurations of topics that are looked at. */
export const TOPIC_CONFIGS = {
  minIsr: "min.insync.replicas",
  throttles: ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"],
} as const;

/** A broker that was asked. */
export interface AskedBroker {
  readonly id: number;
  /** `host:port` */
  readonly address: string;
  readonly answer: Answer<BrokerFacts>;
}

/** Asks a broker about the cluster and itself. */
export function askBroker(openSocket: OpenSocket, address: string, id: number): Promise<Answer<BrokerFacts>> {
  return connected(openSocket, address, async (broker) => {
    const [look, configs] = await Promise.all([lookAt(broker, id), brokerConfigs(broker, id)]);
    return { ...look, configs };
  });
}

/** Looks at a broker once more. */
export function lookAgain(openSocket: OpenSocket, { address, id }: AskedBroker): Promise<Answer<Look>> {
  return connected(openSocket, address, (broker) => lookAt(broker, id));
}

/** What the controller says of the cluster, or another broker when it does not answer. */
export async function askCluster(
  openSocket: OpenSocket,
  brokers: readonly AskedBroker[],
): Promise<Answer<ClusterFacts>> {
  const answering = brokers.flatMap(({ id, address, answer }) =>
    "value" in answer ? [{ id, address, metadata: answer.value.metadata }] : [],
  );
  const asked = answering.find(({ id, metadata }) => id === metadata.controllerId) ?? answering[0];
  if (!asked) return { seen: "no broker answers" };
  const { id, address, metadata } = asked;
  const topics = [...new Set(metadata.partitions.map(({ topic }) => topic))];
  const names = [TOPIC_CONFIGS.minIsr, ...TOPIC_CONFIGS.throttles];
  const [configs, reassignments] = await Promise.all([
    topics.length === 0
      ? { value: new Map() }
      : connected(openSocket, address, (broker) => topicConfigs(broker, topics, names)),
    id === metadata.controllerId
      ? connected(openSocket, address, movesUnderWay)
      : { seen: "the controller does not answer" },
  ]);
  return { value: { askedBroker: id, metadata, topicConfigs: configs, reassignments } };
}

/** Gives what the work with one broker gives, in the time that an answer may take. */
async function connected<T>(
  openSocket: OpenSocket,
  address: string,
  work: (broker: BrokerConnection) => Promise<T>,
): Promise<Answer<T>> {
  const client = kafkaClient({
    brokers: [address],
    clientId: "kafka-cluster-status",
    openSocket,
  });
  const cluster = createCluster(client.kafka);
  try {
    return await answerOf(cluster.brokerPool.findConnectedBroker().then(work));
  } finally {
    await disconnect(cluster);
    client.close();
  }
}
