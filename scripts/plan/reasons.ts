import { SPEC_VARIABLE } from "../../model/specs/specVariable.ts";
import { isDeepStrictEqual } from "node:util";
import { MACHINE_TRIGGERS } from "../../model/local/machineTriggers.ts";
import { UNKNOWN } from "../../model/engineValues.ts";
import { type Step, type StepState, textInput } from "./planSteps.ts";

/** Why a resource is replaced, in a few words; empty when the plan does not say. */
export function whyReplaced(steps: readonly Step[] = [], reasons: ReadonlyMap<string, string>): string {
  const step = steps.find(({ op }) => op === "create-replacement") ?? steps.find(({ op }) => op !== "same");
  const given = reasons.get(step?.urn ?? "");
  if (given !== undefined) return given;
  if (step?.old?.taint === true) return "it was left half made";
  const keys = (step?.keys ?? []).flatMap((key) => (key === "triggers" ? changedTriggers(step) : [key]));
  return keys.map((key) => (key === "id" ? "--replace" : key)).join(", ");
}

function changedTriggers(step: Step | undefined): string[] {
  const triggers = (state: StepState | null | undefined): unknown => state?.inputs?.triggers;
  const [before, after] = [triggers(step?.old), triggers(step?.new)];
  if (!Array.isArray(before) || !Array.isArray(after)) return ["triggers"];
  const changed = MACHINE_TRIGGERS.filter((_, index) => index < before.length && before[index] !== after[index]);
  return changed.length > 0 ? changed : ["a newer program"];
}

/** Names of what an update changes: of what a script is told, where there is a script, else of the inputs. */
export function changedInputs(steps: readonly Step[] = []): string[] {
  const step = steps.find(({ op }) => op === "update");
  const values = (state: StepState | null | undefined): Record<string, unknown> => {
    const spec = textInput(state, SPEC_VARIABLE);
    return { ...state?.inputs, ...(spec !== undefined && (JSON.parse(spec) as object)) };
  };
  const [before, after] = [values(step?.old), values(step?.new)];
  const changed = Object.keys({ ...before, ...after }).filter(
    (key) => !/^(__.*|environment|stdin)$/.test(key) && !isDeepStrictEqual(before[key], after[key]),
  );
  const known = changed.filter((key) => after[key] !== UNKNOWN);
  return known.length > 0 ? known : ["what is known only then"];
}
