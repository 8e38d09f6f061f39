/**
 * Gives topics more replicas before brokers are restarted; never fewer.
 *
 *     node scripts/run.mjs growth
 *
 * Settings: a GrowthSpec in KAFKA_CLUSTER_SPEC, ReachSecrets on standard input. The result says how many partitions grew.
 */
import { text } from "node:stream/consumers";
import { counted } from "../model/kafka/counted.ts";
import type { GrowthResult, GrowthSpec } from "../model/specs/growthSpec.ts";
import type { ReachSecrets } from "../model/reach.ts";
import { withAdminRequests } from "./lib/adminRequests.ts";
import { exitSoon } from "./lib/kafka.ts";
import { byTopic } from "./lib/partitions.ts";
import { Network } from "./lib/reach.ts";
import { progress, result, runScript } from "./lib/report.ts";
import { waitFor } from "./lib/wait.ts";
import { moveReplicas, type MoverRequests } from "./mover/mover.ts";
import { growthGoals } from "./mover/growthGoals.ts";

/** How long brokers that are healthy may take to know each other, in milliseconds. */
const CONNECT_TIMEOUT_MS = 60_000;

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

runScript(async () => {
  const json = process.env.KAFKA_CLUSTER_SPEC;
  if (json === undefined) throw new Error("KAFKA_CLUSTER_SPEC is not set");
  const spec = JSON.parse(json) as GrowthSpec;
  if (Object.keys(spec.factors).length === 0) {
    result({ grown: 0 } satisfies GrowthResult);
    return;
  }
  const secrets = JSON.parse(await text(process.stdin)) as ReachSecrets;
  const network = new Network({ ...secrets, reach: spec.reach, timeoutMs: CONNECT_TIMEOUT_MS });
  try {
    await network.ready();
    const brokers = spec.brokers.map(({ address }) => address);
    const args = { brokers, clientId: "growth", openSocket: network.openSocket };
    result(await network.guard(withAdminRequests(args, (requests) => grow(spec, requests))));
  } finally {
    network.close();
    exitSoon();
  }
});
