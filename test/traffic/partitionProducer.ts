import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaJSError, Producer } from "kafkajs";
import { disconnect, kafkaReason } from "../../scripts/lib/kafka.ts";
import { UserError } from "../../scripts/lib/report.ts";
import { within } from "../../scripts/lib/wait.ts";
import { type Entry, type TrafficClient, trafficClient } from "./client.ts";
import { now } from "./log.ts";

/** How long a broker waits for its followers before it answers, in milliseconds; the record is then sent again. */
const ACKNOWLEDGE_TIMEOUT_MS = 4_000;
/** How long it may owe an answer, in milliseconds. */
const SILENCE_MS = 5_000;
/** Pause after kafkajs has given up, in milliseconds; its own retries take some 2 s. */
const PAUSE_MS = 100;

/** What a {@link PartitionProducer} is made from. */
export interface PartitionProducerArgs extends Entry {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Writes to one partition with acks=all, one record at a time, and writes none twice however often it has to try.
 *
 * What kafkajs gives: its idempotent producer takes the sequence number back when a request fails
 * (src/producer/sendMessages.js), and keeps its id and sequence over a disconnect. So a record that is sent again, also by
 * a new `send` after kafkajs gave up, has the number that it had, and the broker knows it and answers with its offset.
 *
 * What it does not give: another record would take over the number of one that failed, and be acknowledged as the one that
 * the broker has already: lost by the client (KAFKA-14397 was the same in the Java client). So one producer writes to one
 * partition, one record after the other, and a record that is given up takes its producer with it: the next one has an id
 * and a sequence of its own. With that, acknowledged records are to be there exactly once, in order.
 */
export class PartitionProducer {
  readonly #args: PartitionProducerArgs;
  #link: Link | undefined;
  #closed = false;

  constructor(args: PartitionProducerArgs) {
    this.#args = args;
  }

  /**
   * Writes a record.
   *
   * @param limitMs how long it is tried, in milliseconds
   * @returns its offset
   * @throws Error when it is given up, with the reason of the last try; it may have been written all the same
   */
  async write(value: string, limitMs: number): Promise<number> {
    const deadline = now() + limitMs;
    let reason = "no answer";
    while (now() < deadline && !this.#closed) {
      try {
        const late = new Error(`no answer within ${limitMs / 1_000} s; before: ${reason}`);
        return await within(deadline - now(), this.#send(value), late);
      } catch (error) {
        reason = kafkaReason(error);
        if (isFinal(error)) break;
        if (this.#link) this.#link.ready = false;
        await sleep(PAUSE_MS);
      }
    }
    this.#drop();
    throw new Error(reason);
  }

  /** Connects, so that the first write does not take the time. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /** Ends the connections, and a write that is under way with them. */
  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    this.#link?.client.close();
    this.#link = undefined;
  }

  async #connected(): Promise<Producer> {
    if (this.#closed) throw new UserError("the traffic is over");
    const link = (this.#link ??= linkOf(this.#args));
    if (link.ready) return link.producer;
    // kafkajs keeps to the connections and addresses that it has, and forgets them with a disconnect. The producer's id
    // and its sequence stay (src/producer/index.js).
    link.client.cut("connecting anew");
    await disconnect(link.producer);
    await link.producer.connect();
    link.ready = true;
    return link.producer;
  }

  async #send(value: string): Promise<number> {
    const producer = await this.#connected();
    const { topic, partition } = this.#args;
    const messages = [{ value, partition }];
    const [answer] = await producer.send({ topic, acks: -1, timeout: ACKNOWLEDGE_TIMEOUT_MS, messages });
    const offset = Number(answer?.baseOffset ?? -1);
    if (offset < 0) throw new Error("acknowledged without an offset");
    return offset;
  }
}

/** A producer with its connections. */
interface Link {
  readonly client: TrafficClient;
  readonly producer: Producer;
  /** Whether the producer has an id and, as far as is known, metadata that is right. */
  ready: boolean;
}

function linkOf(args: PartitionProducerArgs): Link {
  const client = trafficClient(args, `traffic-${args.topic}-${args.partition}`, SILENCE_MS);
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => () => args.partition,
    // Like the client's: left to itself, an idempotent producer tries for ever, with the connections that it has.
    retry: { retries: 9 },
  });
  return { client, producer, ready: false };
}

/**
 * Whether another try can't succeed: the broker refused the record or, after it has lost what it had acknowledged, the
 * sequence number. `UNKNOWN` is whatever the broker did not expect, at a shutdown for instance.
 */
export function isFinal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { cause, name, type, retriable } = error as Partial<KafkaJSError> & { type?: unknown };
  if (cause instanceof Error && cause !== error) return isFinal(cause);
  return name === "KafkaJSProtocolError" && retriable === false && type !== "UNKNOWN";
}
