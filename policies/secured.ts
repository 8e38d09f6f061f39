import { ingressRules } from "./ingress.ts";
import { type CheckedResource, record, type Rule } from "./rule.ts";

/** The ports of a cluster's services that take connections without TLS; a secured one has closed them. */
const PLAIN_PORTS: readonly (readonly [port: number, service: string])[] = [
  [9092, "Kafka"],
  [2181, "ZooKeeper"],
];

/** What a member's apply says of its security, in words: nothing when it is secured. */
function unsecuredMember({ type, props }: CheckedResource): readonly string[] {
  const text = record(props.environment)?.KAFKA_CLUSTER_SPEC;
  if (type !== "command:local:Command" || typeof text !== "string") return [];
  const spec = record(JSON.parse(text));
  // Only the apply of a member has files.
  if (!spec?.files || spec.security === "secured") return [];
  const remedy = "take it there step by step with the setting security (plaintext, opened, switched, secured)";
  return [`security is ${JSON.stringify(spec.security)}, and requireSecured is on; ${remedy}`];
}

/** Which ports without TLS a security group lets somebody in to. */
function plainPorts(resource: CheckedResource): readonly string[] {
  // Network ACLs are for whole subnets, and what is in them is not known.
  if (!resource.type.includes("SecurityGroup")) return [];
  return ingressRules(resource).flatMap(([path, value]) => {
    const { fromPort, toPort, ipProtocol, protocol } = record(value) ?? {};
    const every = [ipProtocol, protocol].some((each) => each === "-1" || each === "all");
    const has = (port: number): boolean => every || (Number(fromPort) <= port && port <= Number(toPort));
    return PLAIN_PORTS.filter(([port]) => has(port)).map(
      ([port, service]) =>
        `${path.replace(/\.$/, " ")}lets in port ${port}, ${service} without TLS, and requireSecured is on; ` +
        "name the ports that are needed: of a secured cluster's 9093, 9094 and 2182",
    );
  });
}

/** Members take only connections that are encrypted and authenticated, where the stack says so. */
export const secured: Rule = {
  name: "members-secured",
  description: "With requireSecured, every member is secured, and no security group lets in its ports without TLS.",
  settings: { requireSecured: { type: "boolean", default: false } },
  check: (resource, { requireSecured }) =>
    requireSecured === true
      ? [...unsecuredMember(resource), ...plainPorts(resource)].map((found) => `${resource.name}: ${found}`)
      : [],
};
