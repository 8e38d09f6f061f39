/**
 * Gives topics more replicas before brokers are restarted; never fewer.
 *
 *     node scripts/run.mjs growth
 *
 * Settings: a GrowthSpec in KAFKA_CLUSTER_SPEC, ReachSecrets on standard input. The result says how many partitions grew.
 */
import { counted } from "../model/kafka/counted.ts";
import type { ReachSecrets } from "../model/reach.ts";
import type { GrowthResult, GrowthSpec } from "../model/specs/growthSpec.ts";
import { byTopic } from "./lib/partitions.ts";
import { progress, result } from "./lib/report.ts";
import { readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { waitFor } from "./lib/wait.ts";
import { CONNECT_TIMEOUT_MS, runClusterScript, withCluster } from "./lib/withCluster.ts";
import { moveReplicas, type MoverRequests } from "./mover/mover.ts";
import { growthGoals } from "./mover/growthGoals.ts";

async function grow(spec: GrowthSpec, requests: MoverRequests): Promise<GrowthResult> {
  const { brokers, factors, throttleBytesPerSecond } = spec;
  const metadata = await waitFor(
    `brokers ${brokers.map(({ id }) => id).join(", ")} to be in the cluster`,
    async () => {
      const value = await requests.metadata();
      const missing = brokers.filter(({ id }) => !value.brokers.some((broker) => broker.id === id));
      return missing.length === 0 ? { value } : { seen: `not yet: ${missing.map(({ id }) => id).join(", ")}` };
    },
    CONNECT_TIMEOUT_MS,
  );
  const goals = growthGoals(metadata, await requests.movesUnderWay(), brokers, factors);
  for (const [topic, partitions] of byTopic(goals)) {
    const get = partitions.length === 1 ? "gets" : "get";
    progress(
      `topic ${topic}: ${counted(partitions.length, "partition")} ${get} ${factors[topic]} replicas, before brokers restart`,
    );
  }
  await moveReplicas(requests, goals, throttleBytesPerSecond);
  return { grown: goals.length };
}

runClusterScript(async () => {
  const spec = readSpecVariable<GrowthSpec>();
  if (Object.keys(spec.factors).length === 0) {
    result({ grown: 0 } satisfies GrowthResult);
    return;
  }
  const cluster = { ...spec, clientId: "growth", secrets: await readSecrets<ReachSecrets>() };
  result(await withCluster(cluster, (requests) => grow(spec, requests)));
});
