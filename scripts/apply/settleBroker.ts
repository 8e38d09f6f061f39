/** What a broker needs once it is healthy: its new properties, its leaders, and what its file says in force. */
import { brokerDefinitions } from "../../model/kafka/definitions.ts";
import { THREADS, threadSteps } from "../../model/kafka/dynamicChange.ts";
import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { progress } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { waitFor } from "../lib/wait.ts";
import { alterBroker, takeLeadersBack } from "./broker.ts";
import { type BrokerConfig, brokerConfigs } from "./clusterView.ts";
import { alterWatched, type BrokerChange, formerValues, HurtBroker, lookInForce } from "./dynamicUpdate.ts";
import { corrections, OWN } from "./inForce.ts";
import type { Plan } from "./plan.ts";
import { remember } from "./started.ts";

/** How long a broker may take to have another number of threads, in milliseconds. */
const STEP_TIMEOUT_MS = 30_000;

/**
 * Lets a healthy broker take what it can while it runs, and makes sure that what its file says is in force.
 *
 * @throws UserError when the broker refuses, HurtBroker when it does not stand a change
 */
export async function settleBroker(spec: ApplySpec, ssh: Ssh, plan: Plan): Promise<void> {
  const { action, before } = plan;
  const ours = before?.overrides ?? [];
  switch (action.kind) {
    case "none":
      return holdToFile(spec, ssh, plan, { ours, fresh: false });
    case "alter": {
      const configs = await brokerConfigs(spec, ssh.openSocket);
      await alterWatched(spec, ssh, { set: action.set }, configs);
      const names = Object.keys(action.set);
      const changed = Object.entries(action.set).map(([key, value]) => `${key}=${value}`);
      progress(`${spec.name}: kafka has taken ${changed.join(", ")} while it runs`);
      const held = holdToFile(spec, ssh, plan, { ours: [...ours, ...names], fresh: false });
      return held.catch((error: unknown) => {
        throw alsoBack(error as Error, formerValues(names, configs));
      });
    }
    case "start":
    case "restart":
      // One after the other: a broker that does not stand a correction is not to be found out by its leaders.
      await holdToFile(spec, ssh, plan, { ours, fresh: true });
      return takeLeadersBack(spec, ssh.openSocket);
    default:
      action satisfies never;
  }
}

/** A failure after a change that the broker has taken: that is taken back, too. */
export function alsoBack(error: Error, own: BrokerChange): HurtBroker {
  const { set, remove }: BrokerChange = error instanceof HurtBroker ? error.back : {};
  // What it had before both of them goes before what it had between them.
  const isOwn = (name: string): boolean => name in (own.set ?? {}) || (own.remove?.includes(name) ?? false);
  const between = Object.entries(set ?? {}).filter(([name]) => !isOwn(name));
  return new HurtBroker(error.message, {
    set: { ...Object.fromEntries(between), ...own.set },
    remove: [...(remove ?? []).filter((name) => !isOwn(name)), ...(own.remove ?? [])],
  });
}

/**
 * Takes numbers of threads as near to what they shall be as Kafka lets them come at once: a broker at most doubles or halves
 * them (see `threadSteps`).
 */
async function approachThreads(
  spec: ApplySpec,
  ssh: Ssh,
  configs: readonly BrokerConfig[],
  { set = {}, remove = [] }: BrokerChange,
): Promise<void> {
  for (const { name, value, synonyms } of configs) {
    const without = synonyms.find(({ source }) => source !== OWN)?.value;
    const wanted = set[name] ?? (remove.includes(name) ? without : undefined);
    if (!THREADS.includes(name) || typeof wanted !== "string") continue;
    for (const step of threadSteps(Number(value), Number(wanted))) {
      const change = { set: { [name]: String(step) } };
      await alterBroker(spec, ssh.openSocket, change);
      await waitFor(`${name}=${step} to be in force`, () => lookInForce(spec, ssh, change), STEP_TIMEOUT_MS);
    }
  }
}

/** Puts right what has been set while brokers ran, where it goes before what the file says. */
async function holdToFile(
  spec: ApplySpec,
  ssh: Ssh,
  { before, after, action }: Plan,
  known: { readonly ours: readonly string[]; readonly fresh: boolean },
): Promise<void> {
  const configs = await brokerConfigs(spec, ssh.openSocket);
  const definitions = brokerDefinitions(spec.kafkaVersion);
  const { set, remove, changed, kept, says } = corrections(configs, {
    definitions,
    file: after.properties,
    ...known,
  });
  await approachThreads(spec, ssh, configs, { set, remove });
  // What changes nothing that is in force needs no look.
  if (changed.length > 0) await alterWatched(spec, ssh, { set, remove }, configs);
  else await alterBroker(spec, ssh.openSocket, { set, remove });
  for (const said of says) progress(`${spec.name}: ${said}`);
  const remembered = known.fresh ? [] : (before?.overrides ?? []);
  const isKnown = action.kind !== "alter" && [...kept].sort().join() === [...remembered].sort().join();
  if (!isKnown) await remember(ssh, "kafka", { ...after, overrides: kept });
}
