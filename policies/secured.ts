import { record, type Rule } from "./rule.ts";

/** Members take only connections that are encrypted and authenticated, where the stack says so. */
export const secured: Rule = {
  name: "members-secured",
  description: "With requireSecured, every member of a cluster is secured.",
  settings: { requireSecured: { type: "boolean", default: false } },
  check: ({ type, name, props }, { requireSecured }) => {
    const text = record(props.environment)?.KAFKA_CLUSTER_SPEC;
    if (requireSecured !== true || type !== "command:local:Command" || typeof text !== "string") return [];
    const spec = record(JSON.parse(text));
    // Only the apply of a member has files.
    if (!spec?.files || spec.security === "secured") return [];
    const remedy = "take it there step by step with the setting security (plaintext, opened, switched, secured)";
    return [`${name}: security is ${JSON.stringify(spec.security)}, and requireSecured is on; ${remedy}`];
  },
};
