/**
 * Brings one member to the state that the program describes and proves it healthy; or stops it.
 *
 *     node scripts/run.mjs apply create|update|delete
 *
 * Settings: an ApplySpec in KAFKA_CLUSTER_SPEC, ApplySecrets on standard input. The result says what was done.
 */
import { type ApplySecrets, type ApplySpec, SECRET_HASHES } from "../model/specs/applySpec.ts";
import { DEPLOY_USER } from "../model/render/machinePaths.ts";
import { startClassData } from "./apply/classData.ts";
import { readSpec, withSecrets } from "./apply/spec.ts";
import { stopForGood, stopForReplacement } from "./apply/stop.ts";
import { rollOut } from "./apply/rollOut.ts";
import { waitForCloudInit } from "./lib/awaitCloudInit.ts";
import { isDestroying } from "./lib/destroying.ts";
import { Network } from "./lib/reach.ts";
import { result } from "./lib/report.ts";
import { readSecrets, specText } from "./lib/scriptInput.ts";
import { runClusterScript } from "./lib/withCluster.ts";
import type { Ssh } from "./lib/ssh.ts";

/** A machine's way from switched on to SSH, with an image that has to be fetched and unpacked first. */
const CONNECT_TIMEOUT_MS = 180_000;
/** A machine that is about to be deleted and can't be reached need not be stopped. */
const STOP_CONNECT_TIMEOUT_MS = 15_000;

async function main(): Promise<void> {
  const spec = readSpec(specText(), process.env[SECRET_HASHES]);
  const secrets = await readSecrets<ApplySecrets>();
  const stopping = process.argv[2] === "delete";
  const network = new Network({
    ...secrets,
    reach: spec.reach,
    timeoutMs: stopping ? STOP_CONNECT_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
  });
  const connecting = network.connect({ name: spec.name, address: spec.address, user: DEPLOY_USER }, spec.hostKey);
  try {
    if (!stopping) await apply(withSecrets(spec, secrets), await connecting);
    else if (isDestroying()) await stopForGood(spec, connecting);
    else await stopForReplacement(spec, network, connecting);
  } finally {
    network.close();
  }
}

async function apply(spec: ApplySpec, ssh: Ssh): Promise<void> {
  await waitForCloudInit({
    machine: `${spec.name} (${spec.address})`,
    read: async (file) => {
      const { code, stdout } = await ssh.exec(["sudo", "-n", "cat", file]);
      return code === 0 ? stdout : undefined;
    },
    remedy: `After the cause is mended, make the machine anew: npm run replace -- ${spec.name}`,
  });
  const done = await rollOut(spec, ssh);
  await startClassData(spec, ssh, done.written);
  result(done);
}

runClusterScript(main);
