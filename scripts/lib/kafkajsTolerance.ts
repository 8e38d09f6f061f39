import type { KafkaMessage } from "kafkajs";
import Cluster, { type TopicOffsets, type TopicQuery } from "kafkajs/src/cluster/index.js";
import Decoder from "kafkajs/src/protocol/decoder.js";
import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import decodeHeader from "kafkajs/src/protocol/recordBatch/header/v0/decoder.js";
import { type MetadataAnswer, requests } from "kafkajs/src/protocol/requests/index.js";
import { registerCodecs, UnreadableBatch } from "./compression/codecs.ts";
import { batchPosition, emptyBatch } from "./compression/batchPosition.ts";

/** Kafka's error code LEADER_NOT_AVAILABLE. */
const LEADER_NOT_AVAILABLE = 5;

/** A message's header as it came. */
export interface Header {
  /** UTF-8 where a client of Kafka's has written it. */
  readonly name: Buffer;
  readonly value: Buffer | null;
}

let done = false;

/**
 * Changes four things of kafkajs 2.2.4, for all its clients of this process; a test says when they no longer fit.
 *
 * - It takes one partition without a leader, or one topic with an error, for an error of the whole metadata, whoever is
 *   asking for what. Now a topic counts as failed only when it was asked for by its name, and has no partition with a leader.
 * - It asks brokers for offsets of partitions that no broker leads. Now these are left out, and resolved when they have
 *   a leader again.
 * - It reads gzip alone, and does not say where something stands that it can't read. Such a batch can be passed over:
 *   {@link passOverUnreadable}.
 * - It collects a message's headers in a plain object, which has a `constructor` of its own and no order among names. Now
 *   {@link headersOf} gives them as they came.
 */
export function makeTolerant(): void {
  if (done) return;
  done = true;
  registerCodecs();
  tolerateMetadata();
  leaveOutLeaderless();
  nameUnreadable();
  keepHeaders();
}

function tolerateMetadata(): void {
  const { protocol } = requests.Metadata;
  requests.Metadata.protocol = (version) => (args) => {
    const original = protocol(version)(args);
    const named = (args.topics?.length ?? 0) > 0;
    const parse = (answer: MetadataAnswer): Promise<MetadataAnswer> => Promise.resolve(tolerant(answer, named));
    return { ...original, response: { ...original.response, parse } };
  };
}

/**
 * The metadata without the topics that have an error.
 *
 * @param named whether the topics were asked for by their names
 * @throws KafkaJSProtocolError when one was, and there is nothing of it that can be used
 */
export function tolerant(answer: MetadataAnswer, named: boolean): MetadataAnswer {
  const usable = answer.topicMetadata.filter(({ topicErrorCode }) => topicErrorCode === 0);
  if (named) {
    const failed = answer.topicMetadata.find(({ topicErrorCode }) => topicErrorCode !== 0);
    if (failed) throw createErrorFromCode(failed.topicErrorCode);
    const leaderless = usable.some(({ partitionMetadata }) => partitionMetadata.every(({ leader }) => leader < 0));
    if (leaderless) throw createErrorFromCode(LEADER_NOT_AVAILABLE);
  }
  return { ...answer, topicMetadata: usable };
}

function leaveOutLeaderless(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own cluster below
  const { fetchTopicsOffset } = Cluster.prototype;
  Cluster.prototype.fetchTopicsOffset = async function (topics: readonly TopicQuery[]): Promise<TopicOffsets[]> {
    const led = topics.map((query) => {
      const leaders = new Map(
        this.findTopicPartitionMetadata(query.topic).map(({ partitionId, leader }) => [partitionId, leader]),
      );
      return { ...query, partitions: query.partitions.filter(({ partition }) => (leaders.get(partition) ?? 0) >= 0) };
    });
    const known = await fetchTopicsOffset.call(
      this,
      led.filter(({ partitions }) => partitions.length > 0),
    );
    // kafkajs expects each topic in the answer.
    return topics.map(({ topic }) => known.find((offsets) => offsets.topic === topic) ?? { topic, partitions: [] });
  };
}

function keepHeaders(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own decoder below
  const { readVarIntArray } = Decoder.prototype;
  Decoder.prototype.readVarIntArray = function <T>(this: Decoder, read: (decoder: Decoder) => T): T[] {
    if ((read as unknown) !== decodeHeader) return readVarIntArray.call(this, read) as T[];
    const headers = readVarIntArray.call(this, (decoder: Decoder): Header => {
      const name = decoder.readVarIntBytes() ?? Buffer.alloc(0);
      return { name, value: decoder.readVarIntBytes() };
    }) as Header[];
    // The decoder of records makes its object by `reduce`, whatever that gives.
    return Object.assign(headers, { reduce: () => [...headers] }) as unknown as T[];
  };
}

/** A message's headers, in their order and with all that have the same name; those before Kafka 0.11 have none. */
export function headersOf({ headers }: Pick<KafkaMessage, "headers">): readonly Header[] {
  return Array.isArray(headers) ? (headers as Header[]) : [];
}

/** Is told of batches that are passed over; undefined where they are errors. */
let tell: ((what: string) => void) | undefined;

/**
 * Lets this process's consumers pass over batches that can't be decompressed, or would become too large, as nothing that
 * a broker has taken may keep back what comes after it. Otherwise they fail.
 *
 * @param told is told each of them once
 */
export function passOverUnreadable(told: (what: string) => void): void {
  const known = new Set<string>();
  tell = (what) => {
    if (!known.has(what)) told(what);
    known.add(what);
  };
}

/** What a fetch asks for. */
interface FetchArgs {
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly fetchOffset: number | string }[];
  }[];
}

function nameUnreadable(): void {
  const { protocol } = requests.Fetch;
  requests.Fetch.protocol = (version) => (args) => {
    const original = protocol(version)(args);
    const decode = async (body: Buffer): Promise<unknown> => {
      for (;;) {
        try {
          return await original.response.decode(body);
        } catch (error) {
          if (!(error instanceof UnreadableBatch)) throw placedIn(error, args as FetchArgs);
          const { message, passed } = placed(error, body);
          error.message = message;
          if (passed === undefined) throw error;
          // What was fetched with it is read, too.
          tell?.(passed);
        }
      }
    };
    return { ...original, response: { ...original.response, decode } };
  };
}

/** An error with the batch's place; and what is said of a batch that is passed over. */
function placed(error: UnreadableBatch, body: Buffer): { readonly message: string; readonly passed?: string } {
  const position = batchPosition(body, error.compressed);
  if (!position) return error;
  const { topic, partition, offset, lastOffset } = position;
  const message = `topic ${topic}, partition ${partition}, offset ${offset}: ${error.message}`;
  if (!tell || !emptyBatch(body, error.compressed)) return { message };
  const offsets = lastOffset === offset ? `offset ${offset}` : `offsets ${offset} to ${lastOffset}`;
  return { message, passed: `topic ${topic}, partition ${partition}, ${offsets} can't be shown: ${error.message}` };
}

/** An error with what was asked for, as far as that is known. */
function placedIn(error: unknown, { topics }: FetchArgs): unknown {
  if (!(error instanceof Error)) return error;
  const asked = topics.flatMap(({ topic, partitions }) =>
    partitions.map(({ partition, fetchOffset }) => `topic ${topic}, partition ${partition} from offset ${fetchOffset}`),
  );
  error.message = `${asked.join("; ")}: ${error.message}`;
  return error;
}
