import type { ApplySpec } from "../../components/applySpec.ts";
import type { Service } from "../../components/render/nodeFile.ts";
import { INSTALL_SCRIPT } from "../../components/render/paths.ts";
import { progress, UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { takeLeadersBack } from "./broker.ts";
import { checkDataVolume } from "./dataVolume.ts";
import { HurtBroker, takeBack } from "./dynamicUpdate.ts";
import { differingFiles, writeFile } from "./files.ts";
import { keepFiles, restoreFiles } from "./former.ts";
import { passGate } from "./gate.ts";
import { endpointOf, healthy } from "./health.ts";
import { type Action, observeServices, type Plan, planServices } from "./plan.ts";
import { StillStarting } from "./recovery.ts";
import { assertPortFree, forgetRestarts, launchServices } from "./services.ts";
import { settleBroker } from "./settle.ts";

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
  const told = new Set<Service>();
  try {
    await ssh.sudo([INSTALL_SCRIPT]);
    const health = await bringUp(spec, ssh, plans, told);
    return {
      written: files.map(({ path }) => path),
      actions: Object.fromEntries(plans.map(({ service, action }) => [service, action.kind])),
      health,
    };
  } catch (error) {
    // What still gets further is not made to begin anew.
    const failed = files.length > 0 && !(error instanceof StillStarting);
    if (failed || error instanceof HurtBroker) {
      await rollBack(spec, ssh, plans, told, error as Error, files.length > 0);
    }
    throw error;
  }
}

/** The services that are to be restarted, the last that started first. */
function restarts(plans: readonly Plan[]): Plan[] {
  return plans.filter(({ action }) => action.kind === "restart").reverse();
}

/**
 * What systemd is told at once, step by step: all that is restarted, with what has to start before it. A broker that did
 * not run comes after: whether it may start on its volume, the ZooKeeper server beside it may have to say.
 */
export function launchSteps(plans: readonly Plan[]): Plan[][] {
  const last = plans.findLastIndex(({ action }) => action.kind === "restart");
  const started = (plan: Plan): boolean => plan.action.kind === "start" || plan.action.kind === "restart";
  const together = plans.slice(0, last + 1).filter(started);
  const alone = plans.slice(last + 1).filter(started);
  return [...(together.length > 0 ? [together] : []), ...alone.map((plan) => [plan])];
}

async function bringUp(
  spec: ApplySpec,
  ssh: Ssh,
  plans: readonly Plan[],
  told: Set<Service>,
): Promise<RollOut["health"]> {
  for (const { service, action } of restarts(plans)) {
    progress(`${spec.name}: stopping ${service}${action.kind === "restart" ? `: ${action.because}` : ""}`);
  }
  for (const step of launchSteps(plans)) {
    for (const { service, action } of step) {
      // One that ran has its volume and its port.
      if (action.kind === "start") await assertStartable(spec, ssh, service);
      else told.add(service);
    }
    await launchServices(
      ssh,
      step.map(({ service, after }) => ({ service, running: after })),
    );
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

/**
 * Puts a member's former files back and starts what was stopped with them, if it ran with them before.
 *
 * @throws UserError with the reason of the failure and what has become of the member
 */
async function rollBack(
  spec: ApplySpec,
  ssh: Ssh,
  plans: readonly Plan[],
  told: ReadonlySet<Service>,
  reason: Error,
  hasFormer: boolean,
): Promise<void> {
  // One that was down already has no files to go back to: the next update goes on with those of now. What was changed of
  // it while it runs is taken back all the same.
  const wasDown = plans.some(({ action }) => action.kind === "start") || restarts(plans).some(({ before }) => !before);
  if (wasDown && !(reason instanceof HurtBroker)) return;
  const former = wasDown ? "former values" : "former files";
  progress(`${spec.name}: it failed; its ${former} are put back`);
  let outcome = `Its ${former} are back and it runs with them; the members after it are untouched`;
  try {
    if (hasFormer && !wasDown) await restoreFiles(ssh);
    await ssh.sudo([INSTALL_SCRIPT]);
    const hurt = await takeValuesBack(spec, ssh, plans, reason);
    // What was not told to restart still runs as before.
    const again = plans.flatMap((plan) => {
      const running = wasDown ? plan.after : plan.before;
      const toldTo = plan === hurt || (!wasDown && told.has(plan.service));
      return toldTo && running ? [{ service: plan.service, running }] : [];
    });
    if (again.length > 0) await launchServices(ssh, again);
    for (const { service } of again) {
      await healthy(spec, ssh, service);
      await forgetRestarts(ssh, service);
    }
    if (again.length > 0) await takeLeadersBack(spec, ssh.openSocket).catch(() => undefined);
  } catch (error) {
    outcome = `Nor did it come up with its ${former}: ${(error as Error).message}`;
  }
  throw new UserError(`${reason.message}\n${outcome}`);
}

/** Gives a broker that did not stand a change its former values; gives its plan when it was stopped for that. */
async function takeValuesBack(
  spec: ApplySpec,
  ssh: Ssh,
  plans: readonly Plan[],
  reason: Error,
): Promise<Plan | undefined> {
  const broker = plans.find(({ service }) => service === "kafka");
  if (!broker || !(reason instanceof HurtBroker)) return undefined;
  const { properties } = broker.before ?? broker.after;
  return (await takeBack(spec, ssh, reason.back, properties)) ? broker : undefined;
}
