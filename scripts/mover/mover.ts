import type { PartitionReplicas } from "../../model/kafka/partition.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { progress } from "../lib/report.ts";
import { without } from "./clusterConfigs.ts";
import { copiedBytes } from "./copied.ts";
import { carryOut } from "./moves.ts";
import { Throttle } from "./throttle.ts";

/** What moves ask of the cluster. */
export type MoverRequests = Pick<
  AdminRequests,
  "metadata" | "movesUnderWay" | "startMoves" | "replicaSizes" | "describeConfigs" | "incrementalAlterConfigs"
>;

/**
 * Gives partitions the replicas that they shall have: limited, a bounded number at a time, until all of these are in
 * sync. What is there already or on its way is not done again, so a run goes on where another one was cut off. A topic
 * that is deleted and a broker that leaves meanwhile are no errors. However it ends, its limits are taken away.
 *
 * @param goals partitions with the replicas that they get, also those that are being moved already
 * @param bytesPerSecond the most that a broker sends and, apart from that, takes
 * @throws UserError when nothing has got further for ten minutes
 */
export async function moveReplicas(
  requests: MoverRequests,
  goals: readonly PartitionReplicas[],
  bytesPerSecond: number,
): Promise<void> {
  if (goals.length === 0) return;
  const [{ partitions, brokers }, moves] = await Promise.all([requests.metadata(), requests.movesUnderWay()]);
  const held = without("adding", partitions, moves);
  const throttle = new Throttle(requests, held, goals, bytesPerSecond);
  const ids = brokers.map(({ id }) => id);
  try {
    await throttle.begin();
    await carryOut(requests, goals, copiedBytes(requests, held, goals, ids), () => throttle.renew());
  } finally {
    // The error that ends the moves says more than one of this would.
    await throttle.end().catch((error: unknown) => {
      progress(`limits of moves are left, for the next run to take away: ${kafkaReason(error)}`);
    });
  }
}
