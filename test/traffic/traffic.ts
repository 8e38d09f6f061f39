import { setMaxListeners } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { UserError } from "../../scripts/lib/report.ts";
import { waitFor } from "../../scripts/lib/wait.ts";
import type { Entry } from "./client.ts";
import { judge } from "./judge.ts";
import { type Acknowledged, type Failed, now, silentPartitions } from "./log.ts";
import { PartitionProducer } from "./partitionProducer.ts";
import { longestPartitionPause, longestPause } from "./pauses.ts";
import { produce } from "./produce.ts";
import { readAll } from "./reader.ts";
import type { TrafficReport } from "./report.ts";
import { createTopic } from "./topic.ts";

/** Most writes a second: the cluster is to be watched, not loaded. */
const MAX_RATE = 300;
/** How long it may take until all producers are connected, in milliseconds. */
const CONNECT_TIMEOUT_MS = 60_000;
/** How long reading all may take, in milliseconds. */
const READ_TIMEOUT_MS = 120_000;

/** What the traffic is. */
export interface TrafficOptions extends Entry {
  /** A topic that is not there yet. */
  readonly topic: string;
  /** Each has a producer of its own. @default 6 */
  readonly partitions?: number;
  /** @default 3 */
  readonly replicationFactor?: number;
  /** @default 2 */
  readonly minInSyncReplicas?: number;
  /** More of the topic's properties. @default none */
  readonly properties?: Readonly<Record<string, string>>;
  /** Writes to all partitions together, at most 300; fewer when one takes longer than its share. @default 60 */
  readonly writesPerSecond?: number;
  /** How long one write is tried, in milliseconds. @default 120 s */
  readonly retryForMs?: number;
  /** How long it may take until the topic is there, in milliseconds. @default 60 s */
  readonly topicTimeoutMs?: number;
}

/** Writes that go on while a cluster is changed. Each is unique; at the end all are read and compared. */
export class Traffic {
  readonly #options: Required<Omit<TrafficOptions, "openSocket" | "login">> & Entry;
  readonly #producers: readonly PartitionProducer[];
  readonly #log = { acknowledged: [] as Acknowledged[], failed: [] as Failed[] };
  readonly #stop = new AbortController();
  readonly #eventLoopDelay = monitorEventLoopDelay();
  #startedAt = now();
  #produced: Promise<unknown> = Promise.resolve();

  private constructor(options: TrafficOptions) {
    const all = {
      partitions: 6,
      replicationFactor: 3,
      minInSyncReplicas: 2,
      properties: {},
      writesPerSecond: 60,
      retryForMs: 120_000,
      topicTimeoutMs: 60_000,
      ...options,
    };
    if (!(all.writesPerSecond > 0 && all.writesPerSecond <= MAX_RATE)) {
      throw new UserError(`${all.writesPerSecond} writes a second: above 0, and ${MAX_RATE} at most`);
    }
    this.#options = all;
    this.#producers = Array.from({ length: all.partitions }, (_, partition) => {
      return new PartitionProducer({ ...all, partition });
    });
  }

  /**
   * Creates the topic, connects a producer for each partition and begins to write.
   *
   * @throws UserError when that takes too long, the topic is there already, or the rate is not allowed
   */
  static async start(options: TrafficOptions): Promise<Traffic> {
    const traffic = new Traffic(options);
    try {
      await traffic.#start();
      return traffic;
    } catch (error) {
      traffic.close();
      throw error;
    }
  }

  /** Number of writes that were acknowledged until now. */
  get acknowledged(): number {
    return this.#log.acknowledged.length;
  }

  /**
   * Waits until every partition has acknowledged a write that was begun after this call.
   *
   * @param timeoutMs in milliseconds
   * @default timeoutMs 60 s
   * @throws UserError with the partitions that have not
   */
  async flowing(timeoutMs = 60_000): Promise<void> {
    const since = now();
    const { topic, partitions } = this.#options;
    const check = (): { value: true } | { seen: string } => {
      const silent = silentPartitions(this.#log.acknowledged, partitions, since);
      return silent.length === 0 ? { value: true } : { seen: `nothing in partitions ${silent.join(", ")}` };
    };
    await waitFor(`acknowledged writes to ${topic}`, () => Promise.resolve(check()), timeoutMs);
  }

  /**
   * Lets the writes under way end, reads everything and judges it. Connections are closed, also after an error.
   *
   * @throws Error when the topic can't be read to its end
   */
  async stop(): Promise<TrafficReport> {
    const { topic, partitions } = this.#options;
    try {
      this.#stop.abort();
      await this.#produced;
      const seconds = (now() - this.#startedAt) / 1_000;
      const blockedMs = this.#eventLoopDelay.max / 1e6;
      const consumed = await readAll({ ...this.#options, acknowledged: this.#log.acknowledged }, READ_TIMEOUT_MS);
      return {
        ...judge(this.#log, consumed),
        topic,
        partitions,
        seconds,
        pause: longestPartitionPause(this.#log),
        commonPause: longestPause(this.#log),
        blockedMs,
      };
    } finally {
      this.close();
    }
  }

  /** Ends the traffic at once, without a report. */
  close(): void {
    this.#stop.abort();
    this.#eventLoopDelay.disable();
    for (const producer of this.#producers) producer.close();
  }

  async #start(): Promise<void> {
    const { partitions, writesPerSecond, retryForMs, topicTimeoutMs } = this.#options;
    await createTopic(this.#options, topicTimeoutMs);
    const connect = async (producer: PartitionProducer): Promise<{ value: true }> => {
      await producer.connect();
      return { value: true };
    };
    await Promise.all(
      this.#producers.map((producer) => {
        return waitFor("a producer to connect", () => connect(producer), CONNECT_TIMEOUT_MS);
      }),
    );
    const intervalMs = (1_000 * partitions) / writesPerSecond;
    const [log, stop] = [this.#log, this.#stop.signal];
    // Each partition waits for its turn or the stop.
    setMaxListeners(partitions, stop);
    this.#eventLoopDelay.enable();
    this.#startedAt = now();
    this.#produced = Promise.all(
      this.#producers.map((producer, partition) => {
        const delayMs = (intervalMs * partition) / partitions;
        return produce({ partition, producer, log, intervalMs, delayMs, retryForMs, stop });
      }),
    );
  }
}
