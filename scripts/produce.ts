import type { Kafka } from "kafkajs";
import { readDocuments } from "./clients/documents.ts";
import { PRODUCE_HELP, produceOptions } from "./clients/options.ts";
import { AdminRequests } from "./lib/adminRequests.ts";
import { disconnect, exitSoon, kafkaClient, type KafkaClient, kafkaReason } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { progress, runScript, UserError } from "./lib/report.ts";
import { entrance } from "./lib/stack.ts";
import { createTopicIfMissing, topicPartitions } from "./lib/topics.ts";

/** Replicas of a topic that has to be created, as in the operations note; fewer when there are fewer brokers. */
const REPLICATION_FACTOR = 2;

/** The operations note's producer: sends JSON documents and prints where each was written. */
async function produce(args: readonly string[]): Promise<void> {
  const options = produceOptions(args);
  if (options === "help") {
    process.stdout.write(PRODUCE_HELP);
    return;
  }
  const documents = await readDocuments(options.files);
  const { brokers, login, ...way } = await entrance(options);
  const network = new Network(way);
  const client = kafkaClient({ brokers, clientId: "produce", openSocket: network.openSocket, ...(login && { login }) });
  try {
    await network.ready();
    await network.guard(createTopic(client, options.topic));
    await network.guard(send(client.kafka, options.topic, documents));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `nothing more was sent to topic ${options.topic} through ${brokers.join(", ")}: ${kafkaReason(error)}`,
    );
  } finally {
    client.close();
    network.close();
    exitSoon();
  }
}

/** The brokers create no topic by themselves, so that a misspelt name makes none. */
async function createTopic(client: KafkaClient, topic: string): Promise<void> {
  const requests = new AdminRequests(client);
  try {
    if (await topicPartitions(requests, topic)) return;
    const replicationFactor = Math.min(REPLICATION_FACTOR, (await requests.metadata()).brokers.length);
    if (await createTopicIfMissing(requests, { topic, partitions: 1, replicationFactor })) {
      progress(`topic ${topic} created with 1 partition and replication factor ${replicationFactor}`);
    }
  } finally {
    await requests.close();
  }
}

async function send(kafka: Kafka, topic: string, documents: readonly unknown[]): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    for (const document of documents) {
      const written = await producer.send({ topic, acks: -1, messages: [{ value: JSON.stringify(document) }] });
      for (const { topicName, partition, baseOffset } of written) {
        process.stdout.write(
          `written: topic ${topicName}, partition ${partition}, offset ${baseOffset ?? "unknown"}\n`,
        );
      }
    }
  } finally {
    await disconnect(producer);
  }
}

runScript(() => produce(process.argv.slice(2)));
