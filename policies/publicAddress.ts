import { type CheckedResource, ROLE_TAG, type Rule, tagOf } from "./rule.ts";

/** Members are reached over private addresses only; a subnet that hands out public ones gives them to members, too. */
export const publicAddress: Rule = {
  name: "members-private",
  description: `Instances with the tag ${ROLE_TAG} = member have no public address, and no subnet hands them out.`,
  check: (resource) => {
    if (isMember(resource) && resource.props.associatePublicIpAddress === true) {
      return [
        `${resource.name}: associatePublicIpAddress is true; leave it out, the deployer reaches members otherwise`,
      ];
    }
    if (resource.type === "aws:ec2/subnet:Subnet" && resource.props.mapPublicIpOnLaunch === true) {
      return [
        `${resource.name}: mapPublicIpOnLaunch is true; set it to false, what needs a public address gets its own`,
      ];
    }
    return [];
  },
};

function isMember(resource: CheckedResource): boolean {
  return resource.type === "aws:ec2/instance:Instance" && tagOf(resource, ROLE_TAG) === "member";
}
