import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { firstAndMore } from "../lib/named.ts";
import { readSpec } from "../apply/spec.ts";
import { isIn, partOf, type Step, type StepState, stopsBroker, textInput } from "./planSteps.ts";

/** Topics that a line names; the rest is counted. */
const NAMED = 5;

/**
 * What a plan means for topics: which get more replicas before a broker is stopped, and at which the roll stops, since they
 * have one replica. A line each.
 *
 * @param single topics with one replica on a broker that is stopped, as the cluster said; undefined where it gave no answer,
 *   so that the settings' count
 */
export function rollNotes(steps: readonly Step[], single: readonly string[] | undefined): string[] {
  return [...gains(steps), ...stops(steps, single)];
}

function gains(steps: readonly Step[]): string[] {
  const step = steps.find(({ op, urn }) => op === "update" && isIn(urn, "Growth"));
  const { factors = {} } = specOf<{ factors: Record<string, number> }>(step?.new) ?? {};
  const topics = Object.entries(factors).map(([topic, factor]) => `${topic} (${factor})`);
  return topics.length === 0
    ? []
    : [`before a broker is stopped, topics with fewer replicas get them: ${some(topics)}`];
}

function stops(steps: readonly Step[], single: readonly string[] | undefined): string[] {
  const applies = steps.filter(({ urn }) => partOf(urn)?.part === "apply");
  const specs = applies.flatMap(({ new: next, old }) => {
    const text = textInput(next, SPEC_VARIABLE) ?? textInput(old, SPEC_VARIABLE);
    return text === undefined ? [] : [readSpec(text, undefined)];
  });
  // The only broker is restarted all the same.
  const isAsked = specs.some(({ brokers, rollout }) => brokers.length > 1 && !rollout.acceptUnavailable);
  if (!isAsked || !applies.some(stopsBroker)) return [];
  const known = new Map([
    ...ofSettings(steps, "Topic", "topics"),
    ...ofSettings(steps, "Verification", "verification"),
  ]);
  const topics = (single ?? [...known.keys()]).map((topic) => {
    const setting = known.get(topic);
    return setting === undefined ? topic : `${topic} (${setting})`;
  });
  if (topics.length === 0) return [];
  const [who, has, its] = topics.length === 1 ? ["topic", "has", "its broker"] : ["topics", "have", "their brokers"];
  return [
    `${who} ${some(topics)} ${has} one replica: the roll stops at ${its}, unless the settings name more replicas or ` +
      "rollout.acceptUnavailable is true",
  ];
}

/** Topics that had one replica before the update and are to have one after it, with the setting that says so. */
function ofSettings(steps: readonly Step[], component: string, setting: string): [string, string][] {
  return steps.flatMap((step): [string, string][] => {
    if (!isIn(step.urn, component)) return [];
    const states = [step.old, step.new].map((state) => specOf<TopicTold>(state));
    const [topic] = states.flatMap((spec) => spec?.name ?? spec?.topic ?? []);
    const isSingle = states.every((spec) => spec?.replicationFactor === 1);
    return topic !== undefined && isSingle ? [[topic, setting]] : [];
  });
}

/** What a topic's script and the verification's are told of their topic. */
interface TopicTold {
  readonly name?: string;
  readonly topic?: string;
  readonly replicationFactor?: number;
}

function specOf<T>(state: StepState | null | undefined): Partial<T> | undefined {
  const text = textInput(state, SPEC_VARIABLE);
  return text === undefined ? undefined : (JSON.parse(text) as Partial<T>);
}

function some(names: readonly string[]): string {
  return firstAndMore(names, NAMED);
}
