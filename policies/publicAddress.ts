import { ROLE_TAG, type Rule, tagOf } from "./rule.ts";

/** Members are reached over private addresses only. */
export const publicAddress: Rule = {
  name: "members-private",
  description: `Instances with the tag ${ROLE_TAG} = member have no public address.`,
  check: (resource) =>
    resource.type === "aws:ec2/instance:Instance" &&
    tagOf(resource, ROLE_TAG) === "member" &&
    resource.props.associatePublicIpAddress === true
      ? [`${resource.name}: associatePublicIpAddress is true; leave it out, the deployer reaches members otherwise`]
      : [],
};
