import { once } from "node:events";
import type { Consumer } from "kafkajs";
import { askForGroup } from "./clients/groupProtocol.ts";
import { CONSUME_HELP, consumeOptions } from "./clients/clientOptions.ts";
import type { ConsumeOptions } from "./clients/clientOptions.ts";
import { goesOn, positions } from "./clients/positions.ts";
import { printer } from "./clients/printer.ts";
import { checkTopicName, failure, permitted } from "./clients/refusal.ts";
import { leaderless } from "./clients/target.ts";
import { AdminRequests } from "./lib/adminRequests.ts";
import { disconnect, exitSoon, kafkaClient, type KafkaClient, kafkaReason } from "./lib/kafka.ts";
import { passOverUnreadable } from "./lib/kafkajsTolerance.ts";
import { Network } from "./lib/reach.ts";
import { progress, runScript, UserError, written } from "./lib/report.ts";
import { entrance } from "./stack/entrance.ts";
import { topicPartitions } from "./lib/topics.ts";

/** How often it looks for leaders of partitions that had none, in milliseconds. */
const METADATA_MAX_AGE_MS = 5_000;

/** The operations note's consumer: prints the messages of a topic as they come. */
async function consume(args: readonly string[]): Promise<void> {
  const options = consumeOptions(args);
  if (options === "help") {
    process.stdout.write(CONSUME_HELP);
    return;
  }
  const { topic, group } = options;
  checkTopicName(topic, "read");
  const { brokers, login, ...way } = await entrance(options);
  const user = login?.username;
  const network = new Network(way);
  passOverUnreadable(progress);
  const client = kafkaClient({ brokers, clientId: "consume", openSocket: network.openSocket, ...(login && { login }) });
  const requests = new AdminRequests(client);
  const consumer = client.kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    // Leaving the group waits for the fetch that is under way.
    maxWaitTimeInMs: 500,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await network.ready();
    const readTopic = { operation: "Read", resource: "topic", name: topic } as const;
    const readGroup = { operation: "Read", resource: "group", name: group } as const;
    await network.guard(permitted(user, [readTopic], requireTopic(requests, topic)));
    await network.guard(permitted(user, [readGroup], askForGroup(requests, group)));
    const start = await network.guard(whereItGoesOn(client, options));
    const printed = network.guard(printMessages(consumer, options, start));
    const ended = Promise.race([printed, once(process, "SIGINT"), once(process, "SIGTERM")]);
    // A user who may Describe both is refused only now.
    await permitted(user, [readTopic, readGroup], ended);
  } catch (error) {
    throw failure(`topic ${topic} can't be read`, brokers, error);
  } finally {
    await disconnect(consumer);
    await requests.close();
    client.close();
    network.close();
    exitSoon();
  }
}

async function requireTopic(requests: AdminRequests, topic: string): Promise<void> {
  const partitions = await topicPartitions(requests, topic);
  if (!partitions) {
    throw new UserError(`there is no topic ${topic}; \`npm run produce -- --topic ${topic}\` creates it`);
  }
  const without = partitions.filter(({ leader }) => leader < 0);
  if (without.length === 0) return;
  if (without.length === partitions.length) throw new UserError(leaderless(topic, without));
  progress(`${leaderless(topic, without)}; they are read when they have one`);
}

/** Where the group goes on; that it can't be asked is no reason not to read. */
async function whereItGoesOn({ kafka }: KafkaClient, options: ConsumeOptions): Promise<string | undefined> {
  const { group, topic, fromBeginning } = options;
  const admin = kafka.admin();
  try {
    await admin.connect();
    return goesOn(group, await positions(admin, group, topic), fromBeginning);
  } catch (error) {
    return `where group ${group} goes on is not known: ${kafkaReason(error)}`;
  } finally {
    await disconnect(admin);
  }
}

/**
 * Ends after `max` messages, when nothing reads them any more (`| head`), or when the consumer fails.
 *
 * @param start what is said when the group is joined first
 */
function printMessages(consumer: Consumer, options: ConsumeOptions, start: string | undefined): Promise<void> {
  const { topic, group, fromBeginning, max } = options;
  // What a program reads is not to be changed, what a terminal shows must not act on it.
  const form = options.form ?? (process.stdout.isTTY ? "terminal" : "raw");
  const print = printer(topic, form, { write: written, told: progress }, max);
  return new Promise((resolve, reject) => {
    const run = async () => {
      consumer.on("consumer.crash", ({ payload }) => {
        reject(payload.error);
      });
      let unsaid = start;
      consumer.on("consumer.group_join", () => {
        if (unsaid !== undefined) progress(unsaid);
        unsaid = undefined;
        progress(`waiting for messages of topic ${topic} as group ${group}; Ctrl-C ends`);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning });
      await consumer.run({
        eachMessage: async ({ partition, message }) => {
          if (await print(partition, message)) return;
          // What comes after stays for the group's next consumer.
          consumer.pause([{ topic }]);
          resolve();
        },
      });
    };
    run().catch(reject);
  });
}

runScript(() => consume(process.argv.slice(2)));
