/** Where a partition's replicas are, and how many of them have to be in sync for a write. */
export interface PartitionView {
  readonly topic: string;
  readonly partition: number;
  /** Broker ids. */
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  /** min.insync.replicas of the topic. */
  readonly minInSync: number;
}

/** A partition that can't do without a broker now. */
export interface Blocker {
  readonly topic: string;
  /** Whether it never can, with the replicas and the min.insync.replicas that it has. */
  readonly forGood: boolean;
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
        : `${left} in-sync replicas would be left, min.insync.replicas is ${minInSync}`;
    const absent = behind.length === 0 ? "" : `; not in sync: broker ${behind.join(", ")}`;
    return [{ topic, forGood, reason: `${topic}-${partition}: ${why}${absent}` }];
  });
}

/** Blockers that a message names; the rest is counted. */
const NAMED = 5;

/**
 * What stands in the way, and what to do about it, in a few lines.
 *
 * @param found at least one
 */
export function blockedMessage(found: readonly Blocker[]): string {
  const lines = found.slice(0, NAMED).map(({ reason }) => `  ${reason}`);
  if (found.length > NAMED) lines.push(`  and ${found.length - NAMED} more partitions`);
  const lasting = [...new Set(found.filter(({ forGood }) => forGood).map(({ topic }) => topic))];
  const remedies = [
    ...(lasting.length > 0
      ? [`give ${lasting.slice(0, NAMED).join(", ")} more replicas, or a lower min.insync.replicas`]
      : []),
    ...(found.some(({ forGood }) => !forGood) ? ["bring the brokers back whose replicas are not in sync"] : []),
    "or set rollout.acceptUnavailable to true for this update",
  ];
  return `${lines.join("\n")}\nRemedy: ${remedies.join("; ")}`;
}
