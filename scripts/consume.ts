import { once } from "node:events";
import type { Consumer, Kafka } from "kafkajs";
import { formatMessage } from "./clients/format.ts";
import { CONSUME_HELP, consumeOptions } from "./clients/options.ts";
import type { ConsumeOptions } from "./clients/options.ts";
import { disconnect, exitSoon, kafkaClient, kafkaReason } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { progress, runScript, UserError } from "./lib/report.ts";
import { entrance } from "./lib/stack.ts";

/** The operations note's consumer: prints the messages of a topic as they come. */
async function consume(args: readonly string[]): Promise<void> {
  const options = consumeOptions(args);
  if (options === "help") {
    process.stdout.write(CONSUME_HELP);
    return;
  }
  const { brokers, login, ...way } = await entrance(options);
  const network = new Network(way);
  const client = kafkaClient({ brokers, clientId: "consume", openSocket: network.openSocket, ...(login && { login }) });
  const consumer = client.kafka.consumer({
    groupId: options.group,
    // Leaving the group waits for the fetch that is under way.
    maxWaitTimeInMs: 500,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await network.ready();
    await network.guard(requireTopic(client.kafka, options.topic));
    const printed = network.guard(printMessages(consumer, options));
    await Promise.race([printed, once(process, "SIGINT"), once(process, "SIGTERM")]);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = kafkaReason(error);
    // kafkajs takes a group that the user may not join for one without a coordinator.
    const permission =
      login && reason.includes("group coordinator")
        ? `; user ${login.username} needs authorization to Read group ${options.group} (setting users)`
        : "";
    throw new UserError(`topic ${options.topic} can't be read through ${brokers.join(", ")}: ${reason}${permission}`);
  } finally {
    await disconnect(consumer);
    client.close();
    network.close();
    exitSoon();
  }
}

async function requireTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    if (!(await admin.listTopics()).includes(topic)) {
      throw new UserError(`there is no topic ${topic}; \`npm run produce -- --topic ${topic}\` creates it`);
    }
  } finally {
    await disconnect(admin);
  }
}

/** Ends after `max` messages, or when the consumer fails. */
function printMessages(consumer: Consumer, { topic, group, fromBeginning, max }: ConsumeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = 0;
    const start = async () => {
      consumer.on("consumer.crash", ({ payload }) => {
        reject(payload.error);
      });
      consumer.on("consumer.group_join", () => {
        progress(`waiting for messages of topic ${topic} as group ${group}; Ctrl-C ends`);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning });
      await consumer.run({
        eachMessage: ({ partition, message }) => {
          process.stdout.write(`${formatMessage(topic, partition, message)}\n`);
          printed += 1;
          if (printed === max) {
            // What comes after stays for the group's next consumer.
            consumer.pause([{ topic }]);
            resolve();
          }
          return Promise.resolve();
        },
      });
    };
    start().catch(reject);
  });
}

runScript(() => consume(process.argv.slice(2)));
