import type { PartitionMetadata } from "../../model/kafka/partition.ts";
import type { ApplySpec } from "../../model/specs/applySpec.ts";
import type { OpenSocket } from "../lib/sockets.ts";
import { waitFor } from "../lib/wait.ts";
import { ZooKeeperReader } from "../lib/zookeeperReader.ts";
import { endpointOf } from "./health.ts";

/** How long an ensemble may take to serve, in milliseconds: its servers may be starting at the same time. */
const SERVE_TIMEOUT_MS = 120_000;

/** A partition as ZooKeeper has it on record. */
export type RecordedPartition = Omit<PartitionMetadata, "leader" | "replicas">;

/**
 * What ZooKeeper has on record of the cluster's partitions: for when no broker is there to be asked. None on a first
 * deployment.
 *
 * @throws UserError when no server of the ensemble serves
 */
export async function recordedPartitions(
  spec: Pick<ApplySpec, "name" | "ensemble" | "security">,
  openSocket: OpenSocket,
): Promise<RecordedPartition[]> {
  const reader = await waitFor(
    `the ensemble to tell ${spec.name} of the cluster's partitions`,
    async () => {
      const seen: string[] = [];
      for (const { address } of spec.ensemble) {
        try {
          return { value: await ZooKeeperReader.connect(openSocket, endpointOf(spec, "zookeeper", address)) };
        } catch (error) {
          seen.push((error as Error).message);
        }
      }
      return { seen: seen.join("; ") };
    },
    SERVE_TIMEOUT_MS,
  );
  try {
    return await readPartitions(reader);
  } finally {
    reader.close();
  }
}

async function readPartitions(reader: ZooKeeperReader): Promise<RecordedPartition[]> {
  const found: RecordedPartition[] = [];
  const topics = "/brokers/topics";
  for (const topic of (await reader.children(topics)) ?? []) {
    for (const partition of (await reader.children(`${topics}/${topic}/partitions`)) ?? []) {
      // A partition that was made and never led has none.
      const state = await reader.data(`${topics}/${topic}/partitions/${partition}/state`);
      if (state === undefined) continue;
      found.push({ topic, partition: Number(partition), isr: (JSON.parse(state) as RecordedPartition).isr });
    }
  }
  return found;
}
