import { type CheckedResource, list, record, type Rule } from "./rule.ts";

/** Names under which the resource types of AWS give a network, or a list of them. */
const CIDR_PROPERTIES = ["cidrBlock", "ipv6CidrBlock", "cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"];

/** Rules that let traffic in, by their paths. */
export function ingressRules({ type, props }: CheckedResource): readonly (readonly [path: string, rule: unknown])[] {
  switch (type) {
    case "aws:ec2/securityGroup:SecurityGroup":
    case "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
    case "aws:ec2/networkAcl:NetworkAcl":
    case "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl":
      return list(props.ingress)
        .map((rule, index) => [`ingress[${index}].`, rule] as const)
        .filter(([, rule]) => record(rule)?.action !== "deny");
    case "aws:ec2/securityGroupRule:SecurityGroupRule":
      return props.type === "ingress" ? [["", props]] : [];
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return [["", props]];
    case "aws:ec2/networkAclRule:NetworkAclRule":
      return props.egress !== true && props.ruleAction !== "deny" ? [["", props]] : [];
    default:
      return [];
  }
}

/** No way in from the whole Internet. */
export const ingress: Rule = {
  name: "no-ingress-from-anywhere",
  description: "No security group and no network ACL lets in 0.0.0.0/0 or ::/0.",
  check: (resource) =>
    ingressRules(resource).flatMap(([path, rule]) =>
      CIDR_PROPERTIES.flatMap((property) => {
        const value = record(rule)?.[property];
        return (Array.isArray(value) ? list(value) : [value])
          .filter((network) => typeof network === "string" && network.endsWith("/0"))
          .map(
            (network) =>
              `${resource.name}: ${path}${property} lets in ${String(network)}; name the networks that need it, ` +
              "or a security group",
          );
      }),
    ),
};
