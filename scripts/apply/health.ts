import { KAFKA_PORT, ZOOKEEPER_PORTS } from "../../components/render/paths.ts";
import { disconnect, kafkaClient } from "../lib/kafka.ts";
import type { OpenSocket } from "../lib/sockets.ts";

/** How long ZooKeeper may take to answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 2_000;

/** What a health check gives: a sentence that describes the good state, or what is seen instead. */
export type Health = { value: string } | { seen: string };

/** Asks a ZooKeeper server with the four-letter word `srvr` whether it serves in a quorum. */
export async function zookeeperHealth(openSocket: OpenSocket, address: string): Promise<Health> {
  const answer = await fourLetterWord(openSocket, address, "srvr");
  const mode = /^Mode: (\w+)$/m.exec(answer)?.[1];
  return mode ? { value: mode } : { seen: `ZooKeeper at ${address} answers "${answer.trim().split("\n")[0] ?? ""}"` };
}

/**
 * Asks the broker itself whether it is registered in the cluster and in sync for every partition that it holds a
 * replica of.
 */
export async function brokerHealth(openSocket: OpenSocket, address: string, brokerId: number): Promise<Health> {
  const client = kafkaClient({
    brokers: [`${address}:${KAFKA_PORT}`],
    clientId: "kafka-cluster-apply",
    openSocket,
  });
  const admin = client.kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (!brokers.some((broker) => broker.nodeId === brokerId)) {
      return { seen: `brokers ${brokers.map((broker) => broker.nodeId).join(", ") || "none"} are registered` };
    }
    const { topics } = await admin.fetchTopicMetadata();
    const behind = topics.flatMap((topic) =>
      topic.partitions
        .filter((partition) => partition.replicas.includes(brokerId) && !partition.isr.includes(brokerId))
        .map((partition) => `${topic.name}-${partition.partitionId}`),
    );
    if (behind.length > 0) {
      return { seen: `${behind.length} partitions not in sync: ${behind.slice(0, 5).join(", ")}` };
    }
    return { value: `one of ${brokers.length} brokers, in sync` };
  } finally {
    await disconnect(admin);
    client.close();
  }
}

function fourLetterWord(openSocket: OpenSocket, address: string, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const { client: port } = ZOOKEEPER_PORTS;
    const socket = openSocket({ host: address, port });
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer from ${address}:${port} in ${ANSWER_TIMEOUT_MS / 1000} s`));
    }, ANSWER_TIMEOUT_MS);
    socket
      .setEncoding("utf8")
      .on("connect", () => socket.write(word))
      .on("data", (text: string) => {
        answer += text;
      })
      .on("error", reject)
      .on("close", () => {
        clearTimeout(timer);
        resolve(answer);
      });
  });
}
