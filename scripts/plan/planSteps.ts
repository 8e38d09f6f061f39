import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { SINGLE_REPLICAS } from "../../model/singleReplicas.ts";
import { readSpec } from "../apply/spec.ts";
import { nameOf } from "../../model/urn.ts";
import { UNKNOWN } from "../../model/engineValues.ts";
import { serviceChanges } from "./serviceChanges.ts";

/** What a step changes: the resource's inputs before or after it. A secret is masked, and can't be read here. */
export interface StepState {
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Whether it was left half made. */
  readonly taint?: boolean;
  /** Whether it was replaced by an earlier update, and is still to be deleted. */
  readonly delete?: boolean;
}

/** A step that Pulumi's engine plans. A replacement is several of them: delete-replaced, replace, create-replacement. */
export interface Step {
  /** `same`, `create`, `update`, `delete`, `delete-replaced`, `replace`, `create-replacement`, `read`, … */
  readonly op: string;
  readonly urn: string;
  /** The inputs that are the reason of a replacement; `id` when an option of the command line asks for it. */
  readonly keys?: readonly string[] | null;
  readonly old?: StepState | null;
  readonly new?: StepState | null;
}

/** A line of the engine's event log, as far as it is read. */
interface Event {
  readonly resourcePreEvent?: { readonly metadata: Step };
  readonly resOpFailedEvent?: { readonly metadata: Step };
  readonly diagnosticEvent?: { readonly urn?: string; readonly message: string; readonly severity: string };
}

function readEvents(log: string): Event[] {
  // What follows the last line break is the half line of a Pulumi that was killed.
  const lines = log.split("\n").slice(0, -1);
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Event);
}

/** What the event log of a plan says. */
export interface PlanLog {
  /** In the order of the plan. */
  readonly steps: readonly Step[];
  /**
   * At which topics the roll would stop: those that have one replica, as the program found, on a broker that the plan stops;
   * undefined where it could not look.
   */
  readonly single: readonly string[] | undefined;
}

/** Reads the engine's event log (`--event-log`) of a plan, one JSON document a line. */
export function readPlan(log: string): PlanLog {
  const events = readEvents(log);
  const steps = events.flatMap(({ resourcePreEvent }) =>
    // A refresh before the plan (AWS) has a step for each resource that is on record.
    resourcePreEvent && resourcePreEvent.metadata.op !== "refresh" ? [resourcePreEvent.metadata] : [],
  );
  return { steps, single: singleReplicas(events, steps) };
}

function singleReplicas(events: readonly Event[], steps: readonly Step[]): string[] | undefined {
  const messages = events.map(({ diagnosticEvent }) => diagnosticEvent?.message);
  const said = messages.find((message) => message?.startsWith(SINGLE_REPLICAS))?.slice(SINGLE_REPLICAS.length);
  if (said === undefined) return undefined;
  const stopped = new Set(steps.filter(stopsBroker).map(({ urn }) => partOf(urn)?.member));
  return Object.entries(JSON.parse(said) as Record<string, readonly number[]>)
    .filter(([, holders]) => holders.some((id) => stopped.has(`kafka-${id}`)))
    .map(([topic]) => topic);
}

/** Reads out of an update's event log which resources' operations failed or were interrupted: their URNs. */
export function readFailures(log: string): string[] {
  return readEvents(log).flatMap(({ resOpFailedEvent }) => (resOpFailedEvent ? [resOpFailedEvent.metadata.urn] : []));
}

/** Reads out of an update's event log the errors of resources. */
export function readErrors(log: string): { readonly urn: string; readonly message: string }[] {
  return readEvents(log).flatMap(({ diagnosticEvent: { urn, message, severity } = { message: "", severity: "" } }) =>
    severity === "error" && urn !== undefined ? [{ urn, message }] : [],
  );
}

/** What a member is made of, on any platform. */
export type Part = "volume" | "machine" | "apply" | "interface" | "attachment" | "host-key";

const PART = /^(.+)-(volume|machine|apply|interface|attachment|host-key)$/;

/** Whether a resource is made by a component of the library, such as `Member`. */
export function isIn(urn: string, component: string): boolean {
  return new RegExp(`[:$]kafka-cluster:index:${component}\\$`).test(urn);
}

/** The member that a resource belongs to, and which part of it the resource is; undefined for all that is no member's. */
export function partOf(urn: string): { readonly member: string; readonly part: Part } | undefined {
  if (!isIn(urn, "Member")) return undefined;
  const [, member, part] = PART.exec(nameOf(urn)) ?? [];
  return member === undefined ? undefined : { member, part: part as Part };
}

/** Whether nothing of a member stays. */
export function leaves(steps: readonly Step[], member: string): boolean {
  const ops = steps.filter(({ urn }) => partOf(urn)?.member === member).map(({ op }) => op);
  return ops.length > 0 && ops.every((op) => op === "delete");
}

/** Whether a step only ends what an earlier update has begun: the deletion of what was replaced then. */
export function isLeftover({ op, old }: Step): boolean {
  return op === "delete-replaced" && old?.delete === true;
}

/**
 * Environment variable that a Command has in the state when its last update did not end, with the reason. No program sets
 * it: that difference makes the next update run it.
 */
export const UNFINISHED = "KAFKA_CLUSTER_UNFINISHED";

/** A variable of a Command's environment; undefined while it is not known, when it is a secret, and when there is none. */
export function textInput(state: StepState | null | undefined, variable: string): string | undefined {
  const environment = state?.inputs?.environment as Record<string, unknown> | undefined;
  const value = environment?.[variable];
  return typeof value === "string" && value !== UNKNOWN ? value : undefined;
}

/** Members in the order of their names: ZooKeeper servers of their own before brokers, each by number. */
export function inOrder(members: Iterable<string>): string[] {
  const isBroker = (name: string): number => Number(name.startsWith("kafka-"));
  return [...new Set(members)].sort((a, b) => isBroker(a) - isBroker(b) || a.localeCompare(b, "en", { numeric: true }));
}

/** Whether a step stops the broker of a member that lives. */
export function stopsBroker({ op, urn, old, new: next }: Step): boolean {
  if (partOf(urn)?.member.startsWith("kafka-") !== true) return false;
  if (op === "create-replacement") return true;
  const [before, after] = [textInput(old, SPEC_VARIABLE), textInput(next, SPEC_VARIABLE)];
  if (op !== "update" || before === undefined || after === undefined) return false;
  return serviceChanges(readSpec(before, undefined), readSpec(after, undefined)).some((change) =>
    change.startsWith("kafka is restarted"),
  );
}
