import type { Consumer, Kafka, KafkaMessage } from "kafkajs";
import { disconnect, kafkaReason } from "../lib/kafka.ts";
import type { KafkaClient } from "../lib/kafka.ts";
import { UserError } from "../lib/report.ts";
import type { Deadline } from "./deadline.ts";
import { firstDifference } from "./difference.ts";
import { commitOffset } from "./groupOffset.ts";
import type { SpecBroker } from "../../model/specs/verificationSpec.ts";

/** Header that carries the run's id, beside the key. */
const RUN_HEADER = "verification-run";

/** Where a message was written. */
export interface Position {
  readonly partition: number;
  readonly offset: string;
}

/**
 * Sends a JSON document and waits until all in-sync replicas have it (acks=all).
 *
 * @param key the run's id
 * @throws UserError when it isn't acknowledged
 */
export async function sendDocument(
  kafka: Kafka,
  topic: string,
  key: string,
  document: unknown,
  deadline: Deadline,
): Promise<Position> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const send = async (): Promise<Position> => {
    await producer.connect();
    const [metadata] = await producer.send({
      topic,
      acks: -1,
      messages: [{ key, value: JSON.stringify(document), headers: { [RUN_HEADER]: key } }],
    });
    if (metadata?.baseOffset === undefined) throw new Error("the acknowledgement has no offset");
    return { partition: metadata.partition, offset: metadata.baseOffset };
  };
  try {
    return await deadline.race("acknowledgement of the message", send(), () => "no answer");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`topic ${topic} did not take the message with acks=all: ${kafkaReason(error)}`);
  } finally {
    await disconnect(producer);
  }
}

/** What a consumer has to find, and through whom. */
export interface ReadArgs {
  readonly broker: SpecBroker;
  readonly topic: string;
  readonly groupId: string;
  readonly key: string;
  readonly position: Position;
  readonly document: unknown;
}

/** The most that is fetched of a partition at once, in bytes: the message, and little of what others have sent after it. */
const FETCH_BYTES = 65_536;

/**
 * Reads the message at its position as a consumer group of its own, and compares it: what else is in the topic costs
 * nothing and is not looked at.
 *
 * @throws UserError when it isn't there in time, or isn't the one that was sent
 */
export async function readDocument(client: KafkaClient, args: ReadArgs, deadline: Deadline): Promise<void> {
  const consumer = client.kafka.consumer({
    groupId: args.groupId,
    maxBytesPerPartition: FETCH_BYTES,
    // The broker answers as soon as there is a byte to give; this bounds what leaving the group has to wait for.
    maxWaitTimeInMs: 20,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  const what = `message ${args.key} of topic ${args.topic} through broker ${args.broker.id} at ${args.broker.address}`;
  let read = 0;
  const work = commitOffset(client, { groupId: args.groupId, topic: args.topic, ...args.position }).then(() =>
    findMessage(consumer, args, () => (read += 1)),
  );
  try {
    const message = await deadline.race(what, work, () =>
      [`${read} other message(s)`, ...client.lastLogLines()].join("; "),
    );
    const problem = messageProblem(message, args.key, args.document);
    if (problem !== undefined) throw new UserError(`${what} is not the one that was sent: ${problem}`);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${what} can't be read: ${kafkaReason(error)}`);
  } finally {
    await disconnect(consumer);
  }
}

/** Runs the consumer until it meets the position. */
function findMessage(consumer: Consumer, args: ReadArgs, onOther: () => void): Promise<KafkaMessage> {
  return new Promise((resolve, reject) => {
    const start = async () => {
      consumer.on("consumer.crash", ({ payload }) => {
        reject(payload.error);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [args.topic], fromBeginning: false });
      await consumer.run({
        // Nobody goes on from where this group ends.
        autoCommit: false,
        eachMessage: ({ partition, message }) => {
          if (partition === args.position.partition && message.offset === args.position.offset) resolve(message);
          else onOther();
          return Promise.resolve();
        },
      });
    };
    start().catch(reject);
  });
}

/**
 * What of a message read back differs from the one that was sent.
 *
 * @returns one sentence, or undefined when nothing does
 */
export function messageProblem(
  message: Pick<KafkaMessage, "key" | "value">,
  key: string,
  document: unknown,
): string | undefined {
  const seenKey = message.key?.toString() ?? "none";
  if (seenKey !== key) return `key: expected ${key}, seen ${seenKey}`;
  const text = message.value?.toString() ?? "";
  let seen: unknown;
  try {
    seen = JSON.parse(text);
  } catch {
    return `value: expected a JSON document, seen ${JSON.stringify(text.slice(0, 200))}`;
  }
  return firstDifference(document, seen);
}
