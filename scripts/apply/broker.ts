import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { byTopic, keyOf } from "../lib/partitions.ts";
import { progress } from "../lib/report.ts";
import type { OpenSocket } from "../lib/sockets.ts";
import { waitFor } from "../lib/wait.ts";
import { withRequests } from "./clusterView.ts";

/** How long leaders may take to come back, in milliseconds: an election takes some milliseconds a partition. */
const LEADERS_TIMEOUT_MS = 60_000;

/**
 * Lets the running broker take properties, and others back to what its file says.
 *
 * @throws UserError when the broker refuses, for example since a number of threads would more than double
 */
export async function alterBroker(
  spec: ApplySpec,
  openSocket: OpenSocket,
  change: { readonly set?: Readonly<Record<string, string>>; readonly remove?: readonly string[] },
): Promise<void> {
  await withRequests(spec, openSocket, (requests) =>
    requests.incrementalAlterConfigs([{ resource: { type: "broker", id: spec.brokerId ?? -1 }, ...change }]),
  );
}

/**
 * Gives the broker the partitions back that it is the preferred leader of, and waits until it leads them.
 *
 * @throws UserError when one of them can't be had
 */
export async function takeLeadersBack(spec: ApplySpec, openSocket: OpenSocket): Promise<void> {
  const { brokerId, brokers } = spec;
  if (brokers.length === 1) return;
  let elected = 0;
  await withRequests(spec, openSocket, (requests) =>
    waitFor(
      `broker ${brokerId} to lead the partitions that it is preferred for`,
      async () => {
        const { partitions } = await requests.metadata();
        const missing = partitions.filter(
          // One that it is not in sync for it can't lead: that waits for another broker.
          ({ replicas, isr, leader }) =>
            replicas[0] === brokerId && leader !== brokerId && isr.includes(brokerId ?? -1),
        );
        if (missing.length === 0) return { value: true };
        elected += missing.length;
        const topics = [...byTopic(missing)].map(([topic, partitions]) => ({
          topic,
          partitions: partitions.map(({ partition }) => partition),
        }));
        const refused = await requests.electPreferredLeaders(topics);
        const first = refused[0];
        if (first) return { seen: `${keyOf(first)}: ${first.reason}` };
        return { seen: `${missing.length} partitions led by others` };
      },
      LEADERS_TIMEOUT_MS,
    ),
  );
  if (elected > 0) progress(`${spec.name}: broker ${brokerId} leads its partitions again`);
}
