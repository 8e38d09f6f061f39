/**
 * Brings one member to the state that the program describes and proves it healthy; or stops it.
 *
 *     node scripts/run.mjs apply create|update|delete
 *
 * Settings: an ApplySpec in KAFKA_CLUSTER_SPEC, ApplySecrets on standard input. The result says what was done.
 */
import { text } from "node:stream/consumers";
import type { ApplySecrets, ApplySpec } from "../components/applySpec.ts";
import { DEPLOY_USER, INSTALL_SCRIPT } from "../components/render/paths.ts";
import type { Service } from "../components/render/nodeFile.ts";
import { differingFiles, startHash, writeFile } from "./apply/files.ts";
import { brokerHealth, type Health, zookeeperHealth } from "./apply/health.ts";
import {
  assertPortFree,
  assertRunning,
  lastLines,
  neededActions,
  startService,
  stopService,
  stopServiceUnless,
} from "./apply/services.ts";
import { waitForCloudInit } from "./lib/cloudInit.ts";
import { exitSoon } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { progress, result, runScript, UserError } from "./lib/report.ts";
import { LazySocket, type OpenSocket } from "./lib/sockets.ts";
import type { Ssh } from "./lib/ssh.ts";
import { waitFor } from "./lib/wait.ts";

/** A machine's way from switched on to SSH, with an image that has to be fetched and unpacked first. */
const CONNECT_TIMEOUT_MS = 180_000;
/** A start after an unclean stop recovers every log segment. */
const HEALTH_TIMEOUT_MS = 300_000;
/** A machine that is about to be deleted and can't be reached need not be stopped. */
const STOP_CONNECT_TIMEOUT_MS = 15_000;
/** How long an ensemble may be without a quorum; to elect a new leader takes it less than a second. */
const QUORUM_LOST_MS = 5_000;

async function main(): Promise<void> {
  const spec = JSON.parse(process.env.KAFKA_CLUSTER_SPEC ?? "{}") as ApplySpec;
  const secrets = JSON.parse(await text(process.stdin)) as ApplySecrets;
  const stopping = process.argv[2] === "delete";
  const network = new Network({
    reach: spec.reach,
    privateKey: secrets.privateKey,
    timeoutMs: stopping ? STOP_CONNECT_TIMEOUT_MS : CONNECT_TIMEOUT_MS,
  });
  const connecting = network.connect({ name: spec.name, address: spec.address, user: DEPLOY_USER }, spec.hostKey);
  try {
    if (stopping) await stop(spec, connecting);
    else await apply(spec, await connecting);
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
    remedy: `After the cause is mended, make the machine anew: npm run up -- --replace '**${spec.name}-machine'`,
  });
  const files = await differingFiles(ssh, spec.files);
  for (const file of files) await writeFile(ssh, file);
  await ssh.sudo([INSTALL_SCRIPT]);

  const hashes = new Map(spec.services.map((service) => [service, startHash(service, spec.files)]));
  const actions = await neededActions(ssh, hashes);
  for (const service of [...spec.services].reverse()) {
    if (actions.get(service) === "restart") {
      progress(`${spec.name}: stopping ${service}`);
      await stopService(ssh, service);
    }
  }
  for (const [service, hash] of hashes) {
    if (actions.get(service) === "none") continue;
    await assertPortFree(ssh, service).catch((error: unknown) => {
      throw new UserError(`${spec.name} (${spec.address}): ${(error as Error).message}`);
    });
    await startService(ssh, service, hash);
  }
  const health: Partial<Record<Service, string>> = {};
  for (const service of spec.services) health[service] = await healthy(spec, ssh, service);
  result({ written: files.map((file) => file.path), actions: Object.fromEntries(actions), health });
}

async function stop(spec: ApplySpec, connecting: Promise<Ssh>): Promise<void> {
  const ssh = await connecting.catch((error: unknown) => {
    progress(`${spec.name}: nothing to stop: ${(error as Error).message}`);
    return undefined;
  });
  if (!ssh) return;
  for (const service of [...spec.services].reverse()) {
    progress(`${spec.name}: stopping ${service}`);
    if (service !== "kafka") await stopService(ssh, service);
    else if (await stopServiceUnless(ssh, service, quorumIsLost(spec, ssh))) {
      progress(`${spec.name}: kafka was stopped by force: without a ZooKeeper quorum it would go on waiting for one`);
    }
  }
}

/**
 * Tells whether a ZooKeeper server beside the broker has been without a quorum for {@link QUORUM_LOST_MS}. When a
 * cluster is destroyed, the last members lose it, and a broker's controlled shutdown waits until it comes back.
 */
function quorumIsLost(spec: ApplySpec, ssh: Ssh): () => Promise<boolean> {
  let served = Date.now();
  return async () => {
    if (!spec.services.includes("zookeeper")) return false;
    const health = await zookeeperHealth(socketsOf(ssh), spec.address).catch(asSeen);
    if ("value" in health) served = Date.now();
    return Date.now() - served >= QUORUM_LOST_MS;
  };
}

/** Opens connections from the member itself: SSH is all that this computer needs to have with it. */
function socketsOf(ssh: Ssh): OpenSocket {
  return (to) => new LazySocket(ssh.forward(to));
}

async function healthy(spec: ApplySpec, ssh: Ssh, service: Service): Promise<string> {
  const check = (): Promise<Health> =>
    service === "zookeeper"
      ? zookeeperHealth(socketsOf(ssh), spec.address)
      : brokerHealth(socketsOf(ssh), spec.address, spec.brokerId ?? -1);
  const started = Date.now();
  let lastLook = started;
  const state = await waitFor(
    `${service} on ${spec.name}`,
    async () => {
      const health = await check().catch(asSeen);
      if ("seen" in health && Date.now() - lastLook > 2_000) {
        lastLook = Date.now();
        await assertRunning(ssh, service);
      }
      return health;
    },
    HEALTH_TIMEOUT_MS,
  ).catch(async (error: unknown) => {
    const reason = (error as Error).message;
    // Without SSH there are no lines, and that is the error then.
    const log = reason.includes("last lines") ? "" : `\nThe last lines of its log:\n${await lastLines(ssh, service)}`;
    throw new UserError(`${spec.name} (${spec.address}) is not healthy: ${reason}${log}`);
  });
  progress(`${spec.name}: ${service} is healthy (${state}) after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return state;
}

/** A server that does not answer yet is no error; a lost SSH connection is. */
function asSeen(error: unknown): { seen: string } {
  if (error instanceof UserError) throw error;
  return { seen: (error as Error).message };
}

runScript(() => main().finally(exitSoon));
