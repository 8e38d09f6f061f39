import type { ApplySpec } from "../../components/applySpec.ts";
import type { Service } from "../../components/render/nodeFile.ts";
import { INSTALL_SCRIPT } from "../../components/render/paths.ts";
import { progress, UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { alterBroker, takeLeadersBack } from "./broker.ts";
import { overriddenProperties } from "./cluster.ts";
import { checkDataVolume } from "./dataVolume.ts";
import { differingFiles, writeFile } from "./files.ts";
import { keepFiles, restoreFiles } from "./former.ts";
import { passGate } from "./gate.ts";
import { endpointOf, healthy } from "./health.ts";
import { type Action, observeServices, type Plan, planServices } from "./plan.ts";
import { assertPortFree, forgetRestarts, startService, stopService } from "./services.ts";
import { remember } from "./started.ts";

/** What an apply has done, for the record. */
export interface RollOut {
  /** Paths of the files that were written. */
  readonly written: readonly string[];
  readonly actions: Readonly<Partial<Record<Service, Action["kind"]>>>;
  readonly health: Readonly<Partial<Record<Service, string>>>;
}

/**
 * Writes the files that differ, lets services take what they can while they run, restarts those that have to be, one
 * after the other, and waits until all are healthy. A member that was healthy before and is not after gets its former
 * files back.
 *
 * @throws UserError with the reason, and the last lines of the service's log
 */
export async function rollOut(spec: ApplySpec, ssh: Ssh): Promise<RollOut> {
  const [files, observed] = await Promise.all([differingFiles(ssh, spec.files), observeServices(ssh, spec)]);
  const plans = planServices(spec, files, observed);
  // Before anything is touched: what can't be restarted now is left as it is.
  for (const { service, state } of restarts(plans)) await passGate(spec, ssh, service, state);

  if (files.length > 0) {
    await keepFiles(
      ssh,
      files.map(({ path }) => path),
    );
  }
  for (const file of files) await writeFile(ssh, file);
  try {
    await ssh.sudo([INSTALL_SCRIPT]);
    const health = await bringUp(spec, ssh, plans);
    return {
      written: files.map(({ path }) => path),
      actions: Object.fromEntries(plans.map(({ service, action }) => [service, action.kind])),
      health,
    };
  } catch (error) {
    if (files.length > 0) await rollBack(spec, ssh, plans, error as Error);
    throw error;
  }
}

/** The services that are to be restarted, the last that started first. */
function restarts(plans: readonly Plan[]): Plan[] {
  return plans.filter(({ action }) => action.kind === "restart").reverse();
}

async function bringUp(spec: ApplySpec, ssh: Ssh, plans: readonly Plan[]): Promise<RollOut["health"]> {
  for (const { service, action } of restarts(plans)) {
    progress(`${spec.name}: stopping ${service}${action.kind === "restart" ? `: ${action.because}` : ""}`);
    await stopService(ssh, service);
  }
  for (const { service, action, after } of plans) {
    // One that ran has its volume and its port.
    if (action.kind === "start") await assertStartable(spec, ssh, service);
    if (action.kind === "start" || action.kind === "restart") await startService(ssh, service, after);
  }
  const states = await Promise.all(plans.map(({ service }) => healthy(spec, ssh, service)));
  const broker = plans.find(({ service }) => service === "kafka");
  await Promise.all([
    broker && settleBroker(spec, ssh, broker),
    ...plans.map(({ service }) => forgetRestarts(ssh, service)),
  ]);
  return Object.fromEntries(plans.map(({ service }, index) => [service, states[index]]));
}

/** Makes sure that a service that did not run finds its port free, and a broker its own data volume. */
async function assertStartable(spec: ApplySpec, ssh: Ssh, service: Service): Promise<void> {
  if (service === "kafka") await checkDataVolume(spec, ssh);
  await assertPortFree(ssh, service, endpointOf(spec, service, spec.address).port).catch((error: unknown) => {
    throw new UserError(`${spec.name} (${spec.address}): ${(error as Error).message}`);
  });
}

/** What a broker needs once it is healthy: its new properties, or its leaders back. */
async function settleBroker(spec: ApplySpec, ssh: Ssh, plan: Plan): Promise<void> {
  const { action, before, after } = plan;
  const sockets = ssh.openSocket;
  switch (action.kind) {
    case "none":
      return;
    case "alter": {
      await alterBroker(spec, sockets, { set: action.set });
      const changed = Object.entries(action.set).map(([key, value]) => `${key}=${value}`);
      progress(`${spec.name}: kafka has taken ${changed.join(", ")} while it runs`);
      const overrides = [...new Set([...(before?.overrides ?? []), ...Object.keys(action.set)])];
      await remember(ssh, "kafka", { ...after, overrides });
      return;
    }
    case "start":
    case "restart":
      await Promise.all([dropOverrides(spec, ssh, plan), takeLeadersBack(spec, sockets)]);
      return;
    default:
      action satisfies never;
  }
}

/**
 * Lets a broker that was started follow its file again where it took another value while it ran. What an operator has set
 * beside the file, such as a throttle, stays.
 */
async function dropOverrides(spec: ApplySpec, ssh: Ssh, { before, after }: Plan): Promise<void> {
  const overridden = await overriddenProperties(spec, ssh.openSocket);
  const remove = overridden.filter((key) => key in after.properties || before?.overrides.includes(key));
  if (remove.length > 0) await alterBroker(spec, ssh.openSocket, { remove });
}

/**
 * Puts a member's former files back and starts what was stopped with them, if it ran with them before.
 *
 * @throws UserError with the reason of the failure and what has become of the member
 */
async function rollBack(spec: ApplySpec, ssh: Ssh, plans: readonly Plan[], reason: Error): Promise<void> {
  const stopped = restarts(plans);
  // One that was down already has nothing to go back to: the next update goes on with the files of now.
  if (plans.some(({ action }) => action.kind === "start") || stopped.some(({ before }) => !before)) return;
  progress(`${spec.name}: it failed; its former files are put back`);
  let outcome = "Its former files are back and it runs with them; the members after it are untouched";
  try {
    await restoreFiles(ssh);
    await ssh.sudo([INSTALL_SCRIPT]);
    for (const { service } of stopped) await stopService(ssh, service);
    for (const { service, before } of [...stopped].reverse()) if (before) await startService(ssh, service, before);
    for (const { service } of [...stopped].reverse()) {
      await healthy(spec, ssh, service);
      await forgetRestarts(ssh, service);
    }
    if (stopped.length > 0) await takeLeadersBack(spec, ssh.openSocket).catch(() => undefined);
  } catch (error) {
    outcome = `Nor did it come up with its former files: ${(error as Error).message}`;
  }
  throw new UserError(`${reason.message}\n${outcome}`);
}
