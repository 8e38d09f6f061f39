/**
 * Learns the SSH host key of a machine that was just made, and so waits until it can be logged in to.
 *
 *     node scripts/run.mjs hostKey
 *
 * Settings: a HostKeySpec in KAFKA_CLUSTER_SPEC, ReachSecrets on standard input. Result: HostKeyResult. There is nothing
 * to delete.
 */
import type { HostKeyResult, HostKeySpec } from "../model/specs/hostKeySpec.ts";
import type { ReachSecrets } from "../model/reach.ts";
import { Network } from "./lib/reach.ts";
import { result } from "./lib/report.ts";
import { readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { runClusterScript } from "./lib/withCluster.ts";

/** From switched on until cloud-init has made the user, with an image that may be fetched first. */
const TIMEOUT_MS = 600_000;

async function learn(): Promise<HostKeyResult> {
  const { reach, ...machine } = readSpecVariable<HostKeySpec>();
  const { privateKey } = await readSecrets<ReachSecrets>();
  const network = new Network({ reach, privateKey, timeoutMs: TIMEOUT_MS });
  try {
    return { hostKey: await network.learnHostKey(machine) };
  } finally {
    network.close();
  }
}

runClusterScript(() => learn().then(result));
