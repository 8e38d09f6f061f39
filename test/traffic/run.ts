/**
 * Traffic against the running stack, to look at by hand: what became of it, in one line and with its first faults.
 *
 *     node --import tsx test/traffic/run.ts [--seconds 60] [--rate 60] [--partitions 6] [--broker HOST:PORT …]
 *
 * Ctrl-C ends it earlier. Its topic is its own and deleted afterwards. The exit code is 1 when anything was lost.
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { exitSoon } from "../../scripts/lib/kafka.ts";
import { Network } from "../../scripts/lib/reach.ts";
import { progress, runScript, UserError } from "../../scripts/lib/report.ts";
import { entrance } from "../../scripts/stack/entrance.ts";
import { describe, faults } from "./report.ts";
import { underTraffic } from "./underTraffic.ts";

async function main(): Promise<void> {
  const number = (name: string, given: string | undefined, other: number): number => {
    const value = Number(given ?? other);
    if (!(value > 0)) throw new UserError(`--${name} ${given} is not a number above 0`);
    return value;
  };
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: { seconds: text, rate: text, partitions: text, user: text, broker: { ...text, multiple: true } },
  });
  const seconds = number("seconds", values.seconds, 60);
  const partitions = number("partitions", values.partitions, 6);
  const writesPerSecond = number("rate", values.rate, 60);
  const { broker: named = [], user } = values;
  const { brokers, login, ...way } = await entrance({ brokers: named, ...(user !== undefined && { user }) });
  const network = new Network(way);
  try {
    await network.ready();
    const replicas = { replicationFactor: Math.min(3, brokers.length), minInSyncReplicas: Math.min(2, brokers.length) };
    const entry = { brokers, openSocket: network.openSocket, ...(login && { login }), topic: `traffic-${Date.now()}` };
    const report = await underTraffic({ ...entry, ...replicas, partitions, writesPerSecond }, async () => {
      progress(`writing to ${entry.topic} through ${brokers.join(", ")} for ${seconds} s; Ctrl-C ends earlier`);
      const ended = new AbortController();
      await Promise.race([sleep(seconds * 1_000, undefined, { signal: ended.signal }), once(process, "SIGINT")]);
      ended.abort();
    });
    if (faults(report).length > 0) {
      progress(describe(report));
      process.exitCode = 1;
    }
  } finally {
    network.close();
    exitSoon();
  }
}

runScript(main);
