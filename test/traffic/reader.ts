import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, Consumer } from "kafkajs";
import { disconnect, kafkaReason } from "../../scripts/lib/kafka.ts";
import { within } from "../../scripts/lib/wait.ts";
import { type Entry, type TrafficClient, trafficClient } from "./client.ts";
import { type Acknowledged, now, type Read } from "./log.ts";

/** How long a partition's end may stay short of what was acknowledged, in milliseconds, before that counts as a loss. */
const SETTLE_MS = 10_000;
/** Pause between two tries, in milliseconds. */
const PAUSE_MS = 200;

/** What is read. */
export interface ReadArgs extends Entry {
  readonly topic: string;
  readonly partitions: number;
  /** What has to be there. */
  readonly acknowledged: readonly Acknowledged[];
}

/** Offsets between which a partition's records are: from `low`, below `high`. */
interface Range {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Reads all partitions from their start to their high watermark, each try with a consumer group of its own.
 *
 * @param timeoutMs for all tries together, in milliseconds
 * @throws Error when none of them came to the end
 */
export async function readAll(args: ReadArgs, timeoutMs: number): Promise<Read[]> {
  const deadline = now() + timeoutMs;
  let reason = "no answer";
  for (let attempt = 1; now() < deadline; attempt += 1) {
    const group = `traffic-${args.topic}-${attempt}`;
    const client = trafficClient(args, group);
    try {
      const reading = readOnce(client, args, group);
      return await within(deadline - now(), reading, new Error(`took longer; before: ${reason}`));
    } catch (error) {
      reason = kafkaReason(error);
      await sleep(PAUSE_MS);
    } finally {
      client.close();
    }
  }
  throw new Error(`topic ${args.topic} could not be read to its end in ${timeoutMs / 1_000} s: ${reason}`);
}

async function readOnce(client: TrafficClient, args: ReadArgs, groupId: string): Promise<Read[]> {
  const admin = client.kafka.admin();
  const consumer = client.kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    readUncommitted: true,
    maxWaitTimeInMs: 200,
    retry: { restartOnFailure: () => Promise.resolve(false) },
  });
  try {
    await admin.connect();
    const records = await consume(consumer, args.topic, await ranges(admin, args));
    await disconnect(consumer);
    // A group that stays behind does no harm, and the records are read.
    await admin.deleteGroups([groupId]).catch(() => undefined);
    return records;
  } finally {
    await Promise.all([disconnect(consumer), disconnect(admin)]);
  }
}

/** A new leader's high watermark can be short of what was acknowledged until its followers have asked it. */
async function ranges(admin: Admin, { topic, partitions, acknowledged }: ReadArgs): Promise<Range[]> {
  const settled = now() + SETTLE_MS;
  const last = new Map<number, number>();
  for (const { partition, offset } of acknowledged) last.set(partition, Math.max(offset, last.get(partition) ?? -1));
  for (;;) {
    const offsets = await admin.fetchTopicOffsets(topic);
    const found = offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
    // There may be more by now: nobody has written to those.
    if (found.length < partitions) throw new Error(`${found.length} of ${partitions} partitions have a leader`);
    const short = found.filter(({ partition, high }) => high <= (last.get(partition) ?? -1));
    if (short.length === 0 || now() > settled) return found;
    await sleep(PAUSE_MS);
  }
}

function consume(consumer: Consumer, topic: string, wanted: readonly Range[]): Promise<Read[]> {
  const left = new Map(wanted.filter(({ low, high }) => low < high).map(({ partition, high }) => [partition, high]));
  if (left.size === 0) return Promise.resolve([]);
  const records: Read[] = [];
  return new Promise((resolve, reject) => {
    const start = async (): Promise<void> => {
      consumer.on("consumer.crash", ({ payload }) => {
        reject(payload.error);
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch: { partition, messages } }) => {
          const high = left.get(partition) ?? 0;
          for (const { offset, value } of messages) {
            // What came after the end was asked for is of no interest.
            if (Number(offset) < high) records.push({ partition, offset: Number(offset), value: String(value) });
          }
          if (Number(messages.at(-1)?.offset ?? -1) + 1 >= high) left.delete(partition);
          if (left.size === 0) resolve(records);
          return Promise.resolve();
        },
      });
    };
    start().catch(reject);
  });
}
