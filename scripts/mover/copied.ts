import { MIB } from "../../model/settings/memorySize.ts";
import type { PartitionReplicas } from "../../model/kafka/partition.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { keyOf } from "../lib/partitions.ts";
import type { Copied } from "./moves.ts";

/**
 * Measures on the brokers' disks how far copies are.
 *
 * @param present where partitions are, without the copies that are being made
 * @param goals where they shall be
 */
export function copiedBytes(
  requests: Pick<AdminRequests, "replicaSizes">,
  present: readonly PartitionReplicas[],
  goals: readonly PartitionReplicas[],
  brokerIds: readonly number[],
): Copied {
  const holders = new Map(present.map((partition) => [keyOf(partition), partition.replicas]));
  const copies = goals.flatMap((goal) => {
    const from = holders.get(keyOf(goal)) ?? [];
    return goal.replicas
      .filter((broker) => !from.includes(broker))
      .map((to) => ({ to: `${to} ${keyOf(goal)}`, from: from.map((broker) => `${broker} ${keyOf(goal)}`) }));
  });
  // What a broker has removed meanwhile was as large as it was seen to be.
  const largest = new Map<string, number>();
  return async () => {
    const now = new Map<string, number>();
    await Promise.all(
      brokerIds.map(async (id) => {
        for (const replica of await requests.replicaSizes(id).catch(() => [])) {
          const key = `${id} ${keyOf(replica)}`;
          now.set(key, replica.size);
          largest.set(key, Math.max(replica.size, largest.get(key) ?? 0));
        }
      }),
    );
    const all = copies.reduce((sum, { from }) => sum + Math.max(0, ...from.map((key) => largest.get(key) ?? 0)), 0);
    const done = copies.reduce((sum, { to }) => sum + (now.get(to) ?? 0), 0);
    const shown = (all / MIB).toFixed(1);
    return shown === "0.0" ? "" : `${(done / MIB).toFixed(1)} of ${shown} MiB copied`;
  };
}
