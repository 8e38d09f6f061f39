import type { Admin } from "kafkajs";
import { UserError } from "../../scripts/lib/report.ts";
import { waitFor, within } from "../../scripts/lib/wait.ts";
import { askAdmin, type Entry } from "./client.ts";

/** How long deleting may take, in milliseconds. */
const DELETE_TIMEOUT_MS = 10_000;

/** The topic of a traffic. */
export interface TopicArgs extends Entry {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Fewest in-sync replicas with which a leader acknowledges. */
  readonly minInSyncReplicas: number;
  /** More of the topic's properties: `unclean.leader.election.enable`. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Creates the topic, which must not be there, and waits until all its replicas are in sync.
 *
 * @param timeoutMs in milliseconds
 * @throws UserError when that takes too long, or the topic is there already
 */
export async function createTopic(args: TopicArgs, timeoutMs: number): Promise<void> {
  const { topic, partitions, replicationFactor, minInSyncReplicas, properties } = args;
  const all = Object.entries({ "min.insync.replicas": String(minInSyncReplicas), ...properties });
  const configEntries = all.map(([name, value]) => ({ name, value }));
  let attempts = 0;
  let created = false;
  const look = async (admin: Admin): Promise<{ value: true } | { seen: string }> => {
    if (!created) {
      attempts += 1;
      const topics = [{ topic, numPartitions: partitions, replicationFactor, configEntries }];
      const made = await admin.createTopics({ topics, waitForLeaders: false });
      // After an attempt without an answer it may be there, too.
      if (!made && attempts === 1) throw new UserError(`topic ${topic} is there already: traffic needs its own`);
      created = true;
    }
    const [metadata] = (await admin.fetchTopicMetadata({ topics: [topic] })).topics;
    const inSync = (metadata?.partitions ?? []).map(({ isr }) => isr.length);
    const whole = inSync.length === partitions && inSync.every((count) => count === replicationFactor);
    return whole ? { value: true } : { seen: `in sync: ${inSync.join(", ")}` };
  };
  const what = `topic ${topic} with ${partitions} × ${replicationFactor} replicas in sync`;
  await waitFor(what, () => askAdmin(args, look), timeoutMs);
}

/** Deletes the topic if that can be done within 10 s: the report is what counts, and the cluster may be gone. */
export async function deleteTopic(entry: Entry, topic: string): Promise<void> {
  const deleted = askAdmin(entry, (admin) => admin.deleteTopics({ topics: [topic] }));
  await within(DELETE_TIMEOUT_MS, deleted, new Error("no answer")).catch(() => undefined);
}
