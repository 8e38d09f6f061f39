import { type Document, readDocuments } from "./clients/documents.ts";
import { collision, replicasOfNewTopic } from "./clients/newTopic.ts";
import { PRODUCE_HELP, type ProduceOptions, produceOptions } from "./clients/clientOptions.ts";
import { checkTopicName, failure, kafkaType, permitted, type Sending, whatWasSent } from "./clients/refusal.ts";
import { checkLimits, choosePartition, needsKey, tooLarge, topicLimits, type TopicLimits } from "./clients/target.ts";
import { AdminRequests } from "./lib/adminRequests.ts";
import { disconnect, exitSoon, kafkaClient, type KafkaClient } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { progress, runScript, UserError } from "./lib/report.ts";
import { entrance, type StackBroker } from "./stack/entrance.ts";
import { createTopicIfMissing, topicPartitions } from "./lib/topics.ts";

/** The operations note's producer: sends JSON documents and prints where each was written. */
async function produce(args: readonly string[]): Promise<void> {
  const options = produceOptions(args);
  if (options === "help") {
    process.stdout.write(PRODUCE_HELP);
    return;
  }
  checkTopicName(options.topic, "write");
  const documents = options.tombstone ? [] : await readDocuments(options.files, { lines: options.lines });
  const { brokers, login, stackBrokers, ...way } = await entrance(options);
  const network = new Network(way);
  const client = kafkaClient({ brokers, clientId: "produce", openSocket: network.openSocket, ...(login && { login }) });
  const requests = new AdminRequests(client);
  const sending: Sending = { written: 0 };
  try {
    await network.ready();
    await network.guard(prepare(requests, options.topic, { user: login?.username, stackBrokers }));
    await network.guard(send(client, requests, { options, documents, user: login?.username, sending }));
  } catch (error) {
    throw failure(whatWasSent(options.topic, sending, error), brokers, error);
  } finally {
    await requests.close();
    client.close();
    network.close();
    exitSoon();
  }
}

/** The brokers create no topic by themselves, so that a misspelt name makes none. */
async function prepare(
  requests: AdminRequests,
  topic: string,
  {
    user,
    stackBrokers,
  }: { readonly user?: string | undefined; readonly stackBrokers?: readonly StackBroker[] | undefined },
): Promise<void> {
  // Write includes Describe.
  const write = { operation: "Write", resource: "topic", name: topic } as const;
  if (await permitted(user, [write], topicPartitions(requests, topic))) return;
  const metadata = await requests.metadata();
  const replicationFactor = replicasOfNewTopic(topic, metadata, stackBrokers);
  const creation = createTopicIfMissing(requests, { topic, partitions: 1, replicationFactor }).catch(
    (error: unknown) => {
      const like = kafkaType(error) === "INVALID_TOPIC_EXCEPTION" ? collision(topic, metadata) : undefined;
      throw like === undefined ? error : new UserError(like);
    },
  );
  if (await permitted(user, [{ ...write, operation: "Create" }], creation)) {
    progress(`topic ${topic} created with 1 partition and replication factor ${replicationFactor}`);
  }
}

/** What is sent, by whom, and how far it has got. */
interface Work {
  readonly options: ProduceOptions;
  readonly documents: readonly Document[];
  readonly user: string | undefined;
  readonly sending: Sending;
}

async function send(
  { kafka }: KafkaClient,
  requests: AdminRequests,
  { options, documents, user, sending }: Work,
): Promise<void> {
  const { topic, key = null, headers } = options;
  const limits = await topicLimits(requests, topic);
  checkLimits(options, documents, limits);
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    for (const document of options.tombstone ? [undefined] : documents) {
      const partition = await choosePartition(requests, options);
      const message = { key, value: document?.bytes ?? null, headers, partition };
      sending.unconfirmed = document?.source ?? "the tombstone";
      const sent = producer.send({ topic, acks: -1, messages: [message] }).catch((error: unknown) => {
        throw refused(options, document, limits, error);
      });
      const written = await permitted(user, [{ operation: "Write", resource: "topic", name: topic }], sent);
      delete sending.unconfirmed;
      sending.written += 1;
      for (const { topicName, partition: at, baseOffset } of written) {
        process.stdout.write(`written: topic ${topicName}, partition ${at}, offset ${baseOffset ?? "unknown"}\n`);
      }
    }
  } finally {
    await disconnect(producer);
  }
}

/** A refusal with what is to do; the broker's own where nothing is known. */
function refused(
  { topic, key }: ProduceOptions,
  document: Document | undefined,
  limits: TopicLimits,
  error: unknown,
): unknown {
  const type = kafkaType(error);
  if (type === "INVALID_RECORD" && key === undefined) return new UserError(needsKey(topic));
  if (document && (type === "MESSAGE_TOO_LARGE" || type === "RECORD_LIST_TOO_LARGE")) {
    return new UserError(tooLarge(topic, document, limits.maxMessageBytes));
  }
  return error;
}

runScript(() => produce(process.argv.slice(2)));
