/** What a broker needs once it is healthy: its new properties, its leaders, and what its file says in force. */
import { brokerDefinitions } from "../../components/kafka/definitions.ts";
import type { ApplySpec } from "../../components/applySpec.ts";
import { progress } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { alterBroker, takeLeadersBack } from "./broker.ts";
import { brokerConfigs } from "./cluster.ts";
import { alterWatched } from "./dynamicUpdate.ts";
import { corrections } from "./inForce.ts";
import type { Plan } from "./plan.ts";
import { remember } from "./started.ts";

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
      await alterWatched(spec, ssh, { set: action.set }, await brokerConfigs(spec, ssh.openSocket));
      const changed = Object.entries(action.set).map(([key, value]) => `${key}=${value}`);
      progress(`${spec.name}: kafka has taken ${changed.join(", ")} while it runs`);
      return holdToFile(spec, ssh, plan, { ours: [...ours, ...Object.keys(action.set)], fresh: false });
    }
    case "start":
    case "restart":
      await Promise.all([holdToFile(spec, ssh, plan, { ours, fresh: true }), takeLeadersBack(spec, ssh.openSocket)]);
      return;
    default:
      action satisfies never;
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
  // What changes nothing that is in force needs no look.
  if (changed.length > 0) await alterWatched(spec, ssh, { set, remove }, configs);
  else await alterBroker(spec, ssh.openSocket, { set, remove });
  for (const said of says) progress(`${spec.name}: ${said}`);
  const remembered = known.fresh ? [] : (before?.overrides ?? []);
  const isKnown = action.kind !== "alter" && [...kept].sort().join() === [...remembered].sort().join();
  if (!isKnown) await remember(ssh, "kafka", { ...after, overrides: kept });
}
