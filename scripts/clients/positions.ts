import type { Admin } from "kafkajs";

/** How many partitions are named before the others are only counted. */
const MOST_NAMED = 8;

/** Where a group goes on in a partition. */
export interface Position {
  readonly partition: number;
  /** Of the next message. */
  readonly offset: bigint;
  /** The offset after the last message. */
  readonly end: bigint;
}

/**
 * Asks for a group's positions in a topic, in the order of partitions; those where it has none are left out, and so are
 * those without a leader.
 *
 * @throws Error when there is no answer
 */
export async function positions(
  admin: Pick<Admin, "fetchOffsets" | "fetchTopicOffsets">,
  group: string,
  topic: string,
): Promise<Position[]> {
  const [committed = { partitions: [] }] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, BigInt(high)]));
  return committed.partitions
    .flatMap(({ partition, offset }) => {
      const end = ends.get(partition);
      // A group without a position has -1.
      return end === undefined || BigInt(offset) < 0n ? [] : [{ partition, offset: BigInt(offset), end }];
    })
    .sort((a, b) => a.partition - b.partition);
}

/**
 * Says where a group goes on, since nothing seems to happen where it has read all.
 *
 * @returns nothing when it has no position
 */
export function goesOn(group: string, known: readonly Position[], fromBeginning: boolean): string | undefined {
  if (known.length === 0) return undefined;
  const named = known.slice(0, MOST_NAMED).map(({ partition, offset, end }) => {
    const left = end > offset ? `${end - offset} to read` : "the end, nothing to read yet";
    return `at offset ${offset} of partition ${partition} (${left})`;
  });
  const more = known.length - named.length;
  return (
    `group ${group} goes on ${named.join(", ")}${more > 0 ? ` and in ${more} more` : ""}` +
    (fromBeginning ? "; another --group reads from the beginning" : "")
  );
}
