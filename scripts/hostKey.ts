/**
 * Learns the SSH host key of a machine that was just made, and so waits until it can be logged in to.
 *
 *     node scripts/run.mjs hostKey
 *
 * Settings: a HostKeySpec in KAFKA_CLUSTER_SPEC, ReachSecrets on standard input. Result: HostKeyResult. There is nothing
 * to delete.
 */
import { text } from "node:stream/consumers";
import type { HostKeyResult, HostKeySpec } from "../model/specs/hostKeySpec.ts";
import type { ReachSecrets } from "../model/reach.ts";
import { exitSoon } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { result, runScript } from "./lib/report.ts";

/** From switched on until cloud-init has made the user, with an image that may be fetched first. */
const TIMEOUT_MS = 600_000;

async function learn(): Promise<HostKeyResult> {
  const { reach, ...machine } = JSON.parse(process.env.KAFKA_CLUSTER_SPEC ?? "{}") as HostKeySpec;
  const { privateKey } = JSON.parse(await text(process.stdin)) as ReachSecrets;
  const network = new Network({ reach, privateKey, timeoutMs: TIMEOUT_MS });
  try {
    return { hostKey: await network.learnHostKey(machine) };
  } finally {
    network.close();
  }
}

runScript(() => learn().then(result).finally(exitSoon));
