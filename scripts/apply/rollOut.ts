import type { ApplySpec } from "../../model/specs/applySpec.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { INSTALL_SCRIPT } from "../../model/render/machinePaths.ts";
import { progress, UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { takeLeadersBack } from "./broker.ts";
import { checkDataVolume } from "./checkDataVolume.ts";
import { HurtBroker, takeBack } from "./dynamicUpdate.ts";
import { differingFiles, writeFile } from "./files.ts";
import { keepFiles, restoreFiles } from "./former.ts";
import { passGate } from "./gate.ts";
import { endpointOf, healthy } from "./health.ts";
import { type Action, observeServices, type Plan, planServices } from "./plan.ts";
import { StillStarting } from "./logRecovery.ts";
import { assertPortFree, forgetRestarts, launchServices } from "./services.ts";
import { settleBroker } from "./settleBroker.ts";
import type { Running } from "./started.ts";

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
 * files back, and a broker that is hurt by what it was told while it ran its former values.
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
    // What still gets further is not made to begin anew; a broker may be hurt where no file was written.
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
  // What systemd counted before it settled says nothing against what has run since.
  const settled = plans.filter(
    ({ action: { kind }, state }) => kind !== "start" && kind !== "restart" && !state.looping,
  );
  await forgetRestarts(
    ssh,
    settled.map(({ service }) => service),
  );
  const states = await Promise.all(plans.map(({ service }) => healthy(spec, ssh, service)));
  const broker = plans.find(({ service }) => service === "kafka");
  await Promise.all([
    broker && settleBroker(spec, ssh, broker),
    forgetRestarts(
      ssh,
      plans.map(({ service }) => service),
    ),
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
 * Puts former files back and starts what was stopped with them, if it ran with them before; takes back what a broker that is
 * hurt was told while it ran, and sees that it is healthy again.
 *
 * A service that was down has no files to go back to: the next update goes on with those of now. A broker that is hurt and
 * had run gets its own back also where the ZooKeeper server beside it was down.
 *
 * @param hasFormer whether files were written
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
  const values = reason instanceof HurtBroker ? reason.back : undefined;
  const back = servicesToTakeBack(plans, values !== undefined);
  if (back.length === 0 && values === undefined) return;
  const isWhole = back.length === plans.length;
  const hurt = values && plans.find(({ service }) => service === "kafka");
  const restores = hasFormer && back.length > 0;
  const former = restores ? "former files" : "former values";
  progress(`${spec.name}: it failed; its ${former} are put back`);
  let outcome = `Its ${former} are back and it runs with them; the members after it are untouched`;
  try {
    if (restores) await restoreFiles(ssh, isWhole ? [] : filesOfAlone(spec, "kafka"));
    await ssh.sudo([INSTALL_SCRIPT]);
    const runs = (plan: Plan): Running => (back.includes(plan) ? (plan.before ?? plan.after) : plan.after);
    const stopped = hurt && (await takeBack(spec, ssh, values, runs(hurt).properties)) ? hurt : undefined;
    // What was not told to restart still runs as before.
    const again = plans.filter((plan) => plan === stopped || (back.includes(plan) && told.has(plan.service)));
    if (again.length > 0) {
      await launchServices(
        ssh,
        again.map((plan) => ({ service: plan.service, running: runs(plan) })),
      );
    }
    // One that is hurt is looked at again, also where it was only told.
    const looked = plans.filter((plan) => plan === hurt || again.includes(plan));
    for (const { service } of looked) {
      await healthy(spec, ssh, service);
      await forgetRestarts(ssh, [service]);
    }
    if (again.length > 0) await takeLeadersBack(spec, ssh.openSocket).catch(() => undefined);
  } catch (error) {
    outcome = `Nor did it come up with its ${former}: ${(error as Error).message}`;
  }
  throw new UserError(`${reason.message}\n${outcome}`);
}

/**
 * The services whose former files come back: all, or none where one was down; of a member whose broker is hurt and had run,
 * at least the broker.
 */
export function servicesToTakeBack(plans: readonly Plan[], isHurt: boolean): readonly Plan[] {
  const wasDown = ({ action, before }: Plan): boolean =>
    action.kind === "start" || (action.kind === "restart" && before === undefined);
  if (!plans.some(wasDown)) return plans;
  return isHurt ? plans.filter((plan) => plan.service === "kafka" && !wasDown(plan)) : [];
}

/** Paths of the files that one service reads and no other. */
function filesOfAlone({ files }: ApplySpec, service: Service): string[] {
  return files.filter(({ restarts }) => restarts.join() === service).map(({ path }) => path);
}
