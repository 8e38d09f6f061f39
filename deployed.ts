import * as pulumi from "@pulumi/pulumi";

/**
 * Names of the members that this stack's last deployment exported; empty before the first one. The program tells by
 * them the first deployment, in which all may boot at once, from a change of a cluster that lives.
 */
export async function deployedMembers(): Promise<ReadonlySet<string>> {
  const itself = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { value } = await new pulumi.StackReference("last-deployment", { name: itself }).getOutputDetails("members");
  return new Set(((value ?? []) as { name: string }[]).map((member) => member.name));
}
