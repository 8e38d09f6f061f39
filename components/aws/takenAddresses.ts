import * as aws from "@pulumi/aws";
import type { Problem } from "../../model/kafka/problem.ts";
import { planMembers } from "../../model/render/members.ts";
import type { CommonSettings } from "../../model/settings/settings.ts";
import type { AwsFacts } from "../../model/aws/awsFacts.ts";
import type { AwsSettings } from "../../model/aws/awsSettings.ts";
import type { AwsSite } from "../../model/aws/awsSite.ts";

/** What an existing subnet has to give, and what it has. */
export interface SubnetRoom {
  readonly subnetId: string;
  /** Addresses that members will have in it. */
  readonly addresses: readonly string[];
  /** How many of them this stack has already. */
  readonly own: number;
  /** How many of them something else has. */
  readonly taken: number;
  /** Addresses that nothing has. */
  readonly free: number;
  /** Whether a bastion is to be made in it: it takes an address of EC2's choice. */
  readonly bastion: boolean;
}

/**
 * Asks AWS what has the members' addresses in subnets that are there already; nothing in a VPC of the program's own.
 *
 * @param isFirst whether nothing is deployed yet
 * @throws what the provider says when AWS can't be asked
 */
export async function askRoom(
  settings: CommonSettings & AwsSettings,
  site: AwsSite,
  facts: AwsFacts,
  { stack, isFirst }: { stack: string; isFirst: boolean },
): Promise<SubnetRoom[]> {
  const { vpc } = settings.aws;
  if (vpc.kind === "own") return [];
  const plans = planMembers(settings, site.subnets);
  const { bastionSubnetId } = vpc;
  const ids = [...new Set([...vpc.subnetIds, ...(bastionSubnetId === undefined ? [] : [bastionSubnetId])])];
  return Promise.all(
    ids.map(async (subnetId): Promise<SubnetRoom> => {
      const rack = site.zones[vpc.subnetIds.indexOf(subnetId)]?.id;
      const addresses = plans.filter((plan) => rack !== undefined && plan.rack === rack).map(({ address }) => address);
      const found = facts.subnets[subnetId];
      const [all, own] =
        addresses.length === 0
          ? [[], []]
          : await Promise.all([interfaces(subnetId, addresses), interfaces(subnetId, addresses, stack)]);
      return {
        subnetId,
        addresses,
        own: own.length,
        taken: all.filter((id) => !own.includes(id)).length,
        free: found && "free" in found ? found.free : 0,
        bastion: isFirst && subnetId === bastionSubnetId,
      };
    }),
  );
}

/** Ids of the network interfaces that have one of the addresses. @param stack only those with the tag of this stack */
async function interfaces(subnetId: string, addresses: readonly string[], stack?: string): Promise<string[]> {
  const { ids } = await aws.ec2.getNetworkInterfaces({
    filters: [
      { name: "subnet-id", values: [subnetId] },
      { name: "addresses.private-ip-address", values: [...addresses] },
      ...(stack === undefined ? [] : [{ name: "tag:kafka-cluster:stack", values: [stack] }]),
    ],
  });
  return ids;
}

/** Subnets that have no room for what is to be made in them. */
export function roomProblems(rooms: readonly SubnetRoom[]): Problem[] {
  return rooms.flatMap(({ subnetId: value, addresses, own, taken, free, bastion }): Problem[] => {
    const key = addresses.length > 0 ? "aws.vpc.subnetIds" : "aws.vpc.bastionSubnetId";
    if (taken > 0) {
      const allowed = `a subnet whose addresses from ${addresses[0] ?? ""} on are the members' alone: something else has ${taken} of ${addresses.join(", ")}`;
      return [{ key, value, allowed }];
    }
    const needed = addresses.length - own + Number(bastion);
    if (needed <= free) return [];
    return [
      {
        key,
        value,
        allowed: `a subnet with at least ${needed} free addresses, for what is to be made in it; it has ${free}`,
      },
    ];
  });
}
