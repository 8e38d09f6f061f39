import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../model/kafka/counted.ts";
import type { PartitionReplicas } from "../../model/kafka/partition.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { kafkaReason } from "../lib/kafka.ts";
import type { Move } from "../lib/kafkajsCluster.ts";
import { firstOf } from "../lib/named.ts";
import { keyOf } from "../lib/partitions.ts";
import { progress, UserError } from "../lib/report.ts";

/** Partitions that are moved at the same time, at most: each takes disk on both sides until it has ended. */
const WINDOW = 50;

/** Pause between looks at the moves, in milliseconds. */
const INTERVAL_MS = 250;

/** Pause between lines of progress, in milliseconds. */
const PROGRESS_MS = 5_000;

/** How long nothing may get further, in milliseconds. */
const STALL_MS = 600_000;

/** Says how many bytes the brokers have of what is copied to them: "3.1 of 10.4 MiB copied"; nothing where that is no MiB. */
export type Copied = () => Promise<string>;

/** What is asked of the cluster. */
export type MoveRequests = Pick<AdminRequests, "movesUnderWay" | "startMoves" | "metadata">;

/**
 * Starts moves, a bounded number at a time, and waits until they have ended and all of their replicas are in sync.
 * Other moves count among those that take place at the same time, and those of the same topics are waited for, too.
 *
 * @param renewLimits called now and then
 * @throws UserError when nothing has got further for ten minutes
 */
export async function carryOut(
  requests: MoveRequests,
  goals: readonly PartitionReplicas[],
  copied: Copied,
  renewLimits: () => Promise<void>,
): Promise<void> {
  const waiting = [...goals];
  let change = { seen: "", at: Date.now() };
  let said = 0;
  let copies = await copied();
  for (;;) {
    const seen = await step(requests, goals, waiting).catch((error: unknown) => `no answer: ${kafkaReason(error)}`);
    if (seen === undefined) return;
    const now = Date.now();
    if (now - said >= PROGRESS_MS) {
      said = now;
      [copies] = await Promise.all([copied(), renewLimits()]);
      progress(withCopies(seen, copies));
    }
    if (change.seen !== withCopies(seen, copies)) change = { seen: withCopies(seen, copies), at: now };
    if (now - change.at > STALL_MS) {
      throw new UserError(
        `no partition has got further for ${STALL_MS / 60_000} min: ${change.seen}; ` +
          "see that every broker runs and that rebalance.throttleMiBps is above what producers write, and run npm run up again",
      );
    }
    await sleep(INTERVAL_MS);
  }
}

function withCopies(seen: string, copies: string): string {
  return copies === "" ? seen : `${seen}; ${copies}`;
}

/** Starts what may be started now, and says what is still missing; nothing when all is done. */
async function step(
  requests: MoveRequests,
  goals: readonly PartitionReplicas[],
  waiting: PartitionReplicas[],
): Promise<string | undefined> {
  const moves = await requests.movesUnderWay();
  const { partitions } = await requests.metadata();
  const live = new Map(partitions.map((partition) => [keyOf(partition), partition]));
  if (waiting.length > 0) {
    const moving = new Map(moves.map((move) => [keyOf(move), targetOf(move)]));
    // A move to another goal takes the place of the one that is under way. A topic may have been deleted.
    const now = waiting.filter((goal) => moving.has(keyOf(goal)) && moving.get(keyOf(goal)) !== goal.replicas.join());
    const rest = waiting.filter((goal) => !moving.has(keyOf(goal)) && live.has(keyOf(goal)));
    now.push(...rest.splice(0, Math.max(0, WINDOW - moves.length)));
    await requests.startMoves(now);
    waiting.splice(0, waiting.length, ...rest);
    const waits = rest.length === 0 ? "" : `, ${rest.length} ${rest.length === 1 ? "waits" : "wait"}`;
    return `${counted(now.length, "partition")} ${now.length === 1 ? "begins" : "begin"} to move${waits}`;
  }
  const unfinished = goals.filter((goal) => {
    const partition = live.get(keyOf(goal));
    if (!partition) return false;
    const { replicas, isr } = partition;
    return replicas.join() !== goal.replicas.join() || replicas.some((broker) => !isr.includes(broker));
  });
  const topics = new Set(goals.map(({ topic }) => topic));
  const missing = new Set([...unfinished, ...moves.filter(({ topic }) => topics.has(topic))].map(keyOf));
  if (missing.size === 0) return undefined;
  return `${counted(missing.size, "partition")} ${missing.size === 1 ? "is" : "are"} moved: ${firstOf([...missing], 5)}`;
}

/** The replicas that a partition has when its move has ended. */
function targetOf({ replicas, removing }: Move): string {
  return replicas.filter((broker) => !removing.includes(broker)).join();
}
