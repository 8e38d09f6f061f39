import { KAFKA_PORTS } from "../model/render/machinePaths.ts";
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { brokerHealth } from "../scripts/apply/health.ts";
import { UserError } from "../scripts/lib/report.ts";
import { plainSocket } from "../scripts/lib/sockets.ts";

/** Pause between two looks of the bare script, in milliseconds. */
const POLL_MS = 200;

/** A broker that the bare script restarts. */
export interface Broker {
  readonly machine: string;
  readonly address: string;
  readonly id: number;
}

/**
 * The bare work of a rolling restart: stop, start, wait until in sync, broker after broker. No gate, no leaders given back,
 * no record, no way back: the floor that a rolling `npm run up` is measured against.
 *
 * @param client the daemon's client program and what names its project: `lxc --project kc-bench`
 * @returns how long it took, in seconds
 */
export async function restartBare(client: readonly string[], brokers: readonly Broker[]): Promise<number> {
  const started = performance.now();
  for (const { machine, address, id } of brokers) {
    systemctl(client, machine, "stop");
    systemctl(client, machine, "start");
    while (!(await inSync(address, id))) await sleep(POLL_MS);
  }
  return (performance.now() - started) / 1000;
}

async function inSync(address: string, id: number): Promise<boolean> {
  return (
    "value" in
    (await brokerHealth(plainSocket, { host: address, port: KAFKA_PORTS.plaintext }, id).catch(() => ({ seen: "" })))
  );
}

function systemctl([file = "", ...client]: readonly string[], machine: string, verb: "stop" | "start"): void {
  const args = [...client, "exec", machine, "--", "systemctl", verb, "kafka"];
  const { status, stderr } = spawnSync(file, args, { encoding: "utf8" });
  if (status !== 0) throw new UserError(`${file} ${args.join(" ")} ended with exit code ${status}: ${stderr}`);
}
