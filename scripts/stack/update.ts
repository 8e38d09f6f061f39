/** `npm run up`, `replace` and `preview`: what is lost is found, the plan is said and judged, and then Pulumi begins. */
import { askForRoom } from "../aws/machineRoom.ts";
import { progress, UserError } from "../lib/report.ts";
import { findDaemon, searchDaemon } from "../lib/daemon.ts";
import { lookAtSpace, startStopped } from "../local/presence.ts";
import { recordIn } from "../../model/record.ts";
import type { Roll } from "../../model/rollOrder.ts";
import { movesLeftOut } from "../plan/assignmentStep.ts";
import { refusals } from "../plan/guard.ts";
import { type Lost, lostParts } from "../plan/lost.ts";
import { memberPlans, planText, plannedRoll } from "../plan/memberPlans.ts";
import { deployedMembers, type RecordedPart, recordedParts, recordedRoll } from "../plan/record.ts";
import { rollNotes } from "../plan/rollNotes.ts";
import { readFailures, type Step } from "../plan/planSteps.ts";
import { type StackOutputs, summary } from "../summary.ts";
import { pulumiAttached } from "./engine.ts";
import { failureText } from "./failures.ts";
import { fingerprint, forgetUpdate, isOfLastUpdate, rememberUpdate } from "./lastUpdate.ts";
import { askedParallelism, assertQuorumFits } from "./parallelism.ts";
import { type Planned, planUpdate, previewOptions, rollEnvironment, rollFor, runLogged } from "./planning.ts";
import { awsOptions, configured, configuredServers, readCheckpoint, stackConfigFile } from "./prepare.ts";
import { readReplacement, type Replacement } from "./replacement.ts";
import { runAgain, runFailedAgain } from "./unfinished.ts";

/** All members boot at once, and a member has several resources: more than Pulumi's default of 8 at a time. */
const PARALLEL = ["--parallel", "32"];

/** What every run of Pulumi on the stack gets. */
export function runOptions(): string[] {
  return [...PARALLEL, "--config-file", stackConfigFile()];
}

/** Ends this process with Pulumi's exit code. */
export function finish(command: string, code: number): void {
  process.exitCode = code;
  if (code === 0) return;
  const remedy = command === "preview" ? "put it right" : "what was made is on record: put it right";
  progress(`pulumi ${command} ended with exit code ${code}; ${remedy} and run it again`);
}

/** A cluster that lives, as an update meets it. */
interface Living {
  readonly members: ReadonlySet<string>;
  /** Their names in the order on record. */
  readonly recordedRoll: readonly string[];
  /** What was lost behind Pulumi's back. */
  readonly lost: Lost;
  /** Options for Pulumi that follow from it. */
  readonly options: readonly string[];
  readonly replacement?: Replacement;
}

const NOTHING_LOST: Lost = { replace: new Map(), volumes: new Set(), stopped: [], says: [] };

/**
 * Runs `pulumi up` and, when it fails or is interrupted, has the next one run again what did not end.
 *
 * @param roll in which order members are changed. @default what the options and the record say
 * @returns its exit code
 */
export async function runUpdate(args: readonly string[], roll?: Roll): Promise<number> {
  await forgetUpdate();
  const checkpoint = await readCheckpoint();
  const isFirst = deployedMembers(checkpoint).size === 0;
  if (isFirst) {
    assertQuorumFits(askedParallelism(args, process.env.PULUMI_OPTION_PARALLEL), await configuredServers());
  }
  const { code, log } = await runLogged(args, {
    env: rollEnvironment(roll ?? rollFor(args, recordedRoll(checkpoint))),
  });
  if (code === 0) return code;
  await runFailedAgain(readFailures(log));
  const failed = failureText(log, !isFirst);
  if (failed !== undefined) progress(failed);
  return code;
}

/**
 * Runs `npm run up`, or `npm run replace` when its arguments are given.
 *
 * @throws UserError when the plan is not safe; nothing has been touched then
 */
export async function update(args: readonly string[], replaceArgs?: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return finish("up", await pulumiAttached(["up", ...args]));
  const setUpEnd = performance.now();
  const living = await meet(args, replaceArgs);
  const options = [...args, ...(living?.replacement?.options ?? []), ...(living?.options ?? [])];
  let roll: Roll | undefined;
  if (living) {
    for (const line of living.lost.says) progress(line);
    roll = rollFor(options, living.recordedRoll);
    const planned = await planWithMoves([...runOptions(), ...previewOptions(options)], roll);
    if (planned.code !== 0) {
      process.stdout.write(planned.text);
      finish("preview", planned.code);
      return;
    }
    await judge(planned, living);
    if (options.length === 0 && (await isDone(planned.steps, living.lost))) {
      process.stdout.write(`${planned.text.slice(Math.max(0, planned.text.indexOf("Resources:")))}\n`);
      progress(
        "nothing is planned, and program and configuration are those of the last update: there is nothing to do",
      );
      return summarize(setUpEnd);
    }
    // What was planned, whoever becomes the controller meanwhile.
    if (!roll.fixed) roll = { order: plannedRoll(planned.steps) };
    await startMachines(living.lost.stopped);
  }
  // Nobody is asked: a preview of Pulumi's own would only run the program once more.
  const code = await runUpdate(["up", "--yes", "--skip-preview", ...runOptions(), ...options], roll);
  if (code === 0) {
    // One with options, such as --target, may not have been a whole one.
    if (args.length === 0) await rememberUpdate(await fingerprint());
    await summarize(setUpEnd);
  }
  finish("up", code);
}

/** Whether an update would change nothing, neither the cluster nor what is on record of it. */
async function isDone(steps: readonly Step[], lost: Lost): Promise<boolean> {
  return (
    lost.stopped.length === 0 &&
    steps.every(({ op }) => op === "same" || op === "read") &&
    (await isOfLastUpdate(await fingerprint()))
  );
}

async function summarize(setUpEnd: number): Promise<void> {
  // Out of the state, where what is secret is encrypted: the CLI takes a third of a second to say the same.
  const resources = (await readCheckpoint())?.checkpoint?.latest?.resources ?? [];
  const outputs: StackOutputs = recordIn(resources) ?? {};
  process.stdout.write(`\n${summary(outputs, { setUp: setUpEnd, pulumi: performance.now() - setUpEnd })}`);
}

function asksForHelp(args: readonly string[]): boolean {
  return args.some((arg) => arg === "--help" || arg === "-h");
}

/** Plans an update; where brokers go and nothing would move their partitions away first, it is planned again so that it does. */
async function planWithMoves(options: readonly string[], roll: Roll): Promise<Planned> {
  const planned = await planUpdate(options, true, roll);
  const leftOut = planned.code === 0 ? movesLeftOut(planned.steps) : undefined;
  if (leftOut === undefined) return planned;
  await runAgain([leftOut], "brokers go");
  return planUpdate(options, true, roll);
}

/** Runs `npm run preview`: Pulumi's own display, then what it means for the members. */
export async function preview(args: readonly string[]): Promise<void> {
  if (asksForHelp(args)) return finish("preview", await pulumiAttached(["preview", ...args]));
  const living = await meet(args);
  const options = [...args, ...(living?.options ?? [])];
  const roll = rollFor(options, living?.recordedRoll ?? []);
  const planned = await planUpdate([...runOptions(), ...options], false, roll);
  if (planned.code === 0 && living) {
    for (const line of living.lost.says) progress(line);
    if (movesLeftOut(planned.steps) !== undefined)
      progress("partitions are moved off the brokers that go, first of all");
    await judge(planned, living);
  }
  finish("preview", planned.code);
}

/** Looks at the cluster; undefined before the first deployment has succeeded, when nothing is at risk. */
async function meet(args: readonly string[], replaceArgs?: readonly string[]): Promise<Living | undefined> {
  const checkpoint = await readCheckpoint();
  const parts = recordedParts(checkpoint);
  const replacement = replaceArgs && readReplacement(replaceArgs, parts);
  const members = deployedMembers(checkpoint);
  if (members.size === 0 && !replacement) return undefined;
  const lost = await lookForLost(parts);
  const urns = new Set([...(replacement?.urns ?? []), ...lost.replace.keys()]);
  return {
    members,
    recordedRoll: recordedRoll(checkpoint),
    lost,
    options: [...[...urns].flatMap((urn) => ["--replace", urn]), ...(await refreshOption(args))],
    ...(replacement && { replacement }),
  };
}

/** On AWS Pulumi asks what there is. A Command of the local platform knows nothing but its last result. */
export async function refreshOption(args: readonly string[]): Promise<string[]> {
  const isAws = (await configured("platform")) === "aws";
  return isAws && !args.some((arg) => /^(--refresh(=|$)|-r)/.test(arg)) ? ["--refresh"] : [];
}

async function lookForLost(parts: readonly RecordedPart[]): Promise<Lost> {
  const space = parts.find(({ spec }) => spec)?.spec?.space;
  if (space === undefined) return NOTHING_LOST;
  // A preview does without the daemon; an update has started it.
  const search = await searchDaemon();
  return "daemon" in search ? lostParts(parts, await lookAtSpace(search.daemon, space)) : NOTHING_LOST;
}

/** Starts the machines that somebody stopped, and has their applies prove that they are healthy again. */
async function startMachines(stopped: readonly RecordedPart[]): Promise<void> {
  if (stopped.length === 0) return;
  const daemon = await findDaemon();
  // All at once: an ensemble that was off as a whole serves only when most of it is back.
  await Promise.all(
    stopped.map(({ member, spec }) => startStopped(daemon, spec?.space ?? "", member, spec?.address ?? "")),
  );
  const applies = recordedParts(await readCheckpoint()).filter(
    ({ member, part }) => part === "apply" && stopped.some((machine) => machine.member === member),
  );
  await runAgain(
    applies.map(({ urn }) => urn),
    "its machine was stopped",
  );
}

/** Says what is planned, and refuses what is not safe. */
async function judge({ steps, single }: Planned, { members, lost, replacement }: Living): Promise<void> {
  progress(planText(memberPlans(steps, lost.replace)));
  for (const line of rollNotes(steps, single)) progress(line);
  if (replacement?.volumeToo) {
    progress(`all data of ${replacement.member} is deleted; it copies what it holds from the other members`);
  }
  const volumesAnew = new Set([...lost.volumes, ...(replacement?.volumeToo ? [replacement.member] : [])]);
  const refused = refusals(steps, { living: members, volumesAnew });
  if (refused.length === 0) {
    if ((await configured("platform")) === "aws") await askForRoom(steps, await awsOptions());
    return;
  }
  throw new UserError(["this plan is not safe, and nothing has been touched:", ...refused].join("\n  "));
}
