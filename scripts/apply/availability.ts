import { counted } from "../../model/kafka/counted.ts";
import type { PartitionMetadata } from "../../model/kafka/partition.ts";
import { isKafkasOwn } from "../../model/kafka/topicNames.ts";
import { firstOf } from "../lib/named.ts";

/** Where a partition's replicas are, and how many of them have to be in sync for a write. */
export interface PartitionView extends Omit<PartitionMetadata, "leader"> {
  /** min.insync.replicas of the topic. */
  readonly minInSync: number;
}

/** A partition that can't do without a broker now. */
export interface Blocker {
  readonly topic: string;
  /** Whether it never can, with the replicas and the min.insync.replicas that it has. */
  readonly forGood: boolean;
  /** Number of replicas with which it could, all of them in sync. */
  readonly enough: number;
  /** The min.insync.replicas with which it could; 0 where none lets it, since it has one replica. */
  readonly lower: number;
  /** One sentence. */
  readonly reason: string;
}

/**
 * The partitions that a broker must not be taken from: they would lose their last in-sync replica, or refuse writes with
 * acks=all since fewer than min.insync.replicas are left.
 */
export function blockers(partitions: readonly PartitionView[], broker: number): Blocker[] {
  return partitions.flatMap(({ topic, partition, replicas, isr, minInSync }) => {
    if (!isr.includes(broker)) return [];
    const left = isr.length - 1;
    const needed = Math.max(1, minInSync);
    if (left >= needed) return [];
    const forGood = replicas.length - 1 < needed;
    const behind = replicas.filter((id) => !isr.includes(id));
    const why =
      left === 0
        ? `broker ${broker} has its only in-sync replica`
        : `${counted(left, "in-sync replica")} would be left, min.insync.replicas is ${minInSync}`;
    const absent = behind.length === 0 ? "" : `; not in sync: broker ${behind.join(", ")}`;
    const reason = `${topic}-${partition}: ${why}${absent}`;
    return [{ topic, forGood, enough: needed + 1, lower: replicas.length - 1, reason }];
  });
}

/** Blockers that a message names; the rest is counted. */
const NAMED = 5;

/**
 * What stands in the way, and what to do about it, in a few lines.
 *
 * @param found at least one
 * @param brokers number of brokers: no topic can have more replicas
 */
export function blockedMessage(found: readonly Blocker[], brokers: number): string {
  const lines = found.slice(0, NAMED).map(({ reason }) => `  ${reason}`);
  if (found.length > NAMED) lines.push(`  and ${found.length - NAMED} more partitions`);
  const lasting = found.filter(({ forGood }) => forGood);
  const grown = lasting.filter(({ enough }) => enough <= brokers);
  // No setting names Kafka's own.
  const [own, named] = [true, false].map((isOwn) => grown.filter(({ topic }) => isKafkasOwn(topic) === isOwn));
  const withReplicas = (topics: readonly Blocker[] = []): string =>
    namesOf(topics, ({ topic, enough }) => `${topic} (replicationFactor ${enough})`);
  const lowered = namesOf(
    lasting.filter(({ lower }) => lower > 0),
    ({ topic, lower }) => `${topic} (${lower})`,
  );
  const remedies = [
    ...(named?.length
      ? [
          `name in the setting topics ${withReplicas(named)}, and run npm run up again: ` +
            "topics get more replicas before a broker is stopped",
        ]
      : []),
    ...(own?.length ? [`give more replicas by kafka-reassign-partitions.sh to ${withReplicas(own)}`] : []),
    ...(lowered === ""
      ? []
      : [`lower min.insync.replicas by kafka-configs.sh, or in an update that restarts no broker, of ${lowered}`]),
    ...(found.some(({ forGood }) => !forGood) ? ["bring the brokers back whose replicas are not in sync"] : []),
    "or set rollout.acceptUnavailable to true for this update",
  ];
  return `${lines.join("\n")}\nRemedy: ${remedies.join("; ")}`;
}

/** Topics, each once, as they are to be shown. */
function namesOf(found: readonly Blocker[], shown: (blocker: Blocker) => string): string {
  return firstOf([...new Set(found.map(shown))], NAMED);
}
