/** The policy pack: `npm run preview -- --policy-pack policies`, and the same with `up`. */
import { PolicyPack } from "@pulumi/policy";
import type { RuleConfig } from "./rule.ts";
import { RULES } from "./rules.ts";

new PolicyPack("kafka-cluster", {
  enforcementLevel: "mandatory",
  policies: RULES.map(({ name, description, settings, check }) => ({
    name,
    description,
    ...(settings && { configSchema: { properties: settings } }),
    validateResource: (resource, reportViolation) => {
      for (const message of check(resource, resource.getConfig<RuleConfig>())) reportViolation(message);
    },
  })),
});
