import type { RuleConfig } from "../../../policies/rule.ts";
import { RULES } from "../../../policies/rules.ts";
import type { Recorded } from "../components/deploy.ts";

/**
 * Runs all rules of the policy pack over recorded resources.
 *
 * @param config the settings of each rule, by its name
 * @returns `rule: message`, in the order of the resources
 */
export function violations(
  resources: readonly Recorded[],
  config: Readonly<Record<string, RuleConfig>> = {},
): readonly string[] {
  return resources.flatMap(({ type, name, inputs, protect, secrets }) =>
    RULES.flatMap((rule) =>
      rule
        .check({ type, name, props: inputs, opts: { protect }, secrets }, config[rule.name] ?? {})
        .map((message) => `${rule.name}: ${message}`),
    ),
  );
}
