/** What EC2 would refuse in the middle of an update, since new things are made before the former ones go. */
import type { Problem } from "../kafka/problem.ts";
import { overlap, splitNetwork } from "../render/subnets.ts";
import type { CommonSettings } from "../settings/settings.ts";
import { accessRules, type AccessSettings, type Group } from "./accessRules.ts";
import type { Refused } from "./awsFacts.ts";
import type { AwsRecord } from "./awsRecord.ts";
import type { AwsSettings } from "./awsSettings.ts";
import { zoneCount } from "./vpcSettings.ts";

type Settings = CommonSettings & AwsSettings;

/**
 * Rules for incoming connections that a security group takes unless AWS has raised the account's quota:
 * https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export const DEFAULT_RULES = 60;
/** AWS's name of that quota. */
export const RULES_QUOTA = { serviceCode: "vpc", quotaCode: "L-0EA8095F" } as const;

/** Who may connect, as the settings say. */
export function accessOf({ aws, security }: Pick<Settings, "aws" | "security">): AccessSettings {
  const { access, clientsFrom } = aws;
  return { bastion: access.via === "bastion", sshFrom: access.sshFrom, clientsFrom, security };
}

/** How many rules each group has at once in an update: those that come, and until the end those that go. */
export function rulesAtOnce(settings: Settings, last?: AwsRecord): ReadonlyMap<Group, number> {
  const rules = [accessOf(settings), ...(last ? [last.access] : [])].flatMap((access) => accessRules(access));
  const counts = new Map<Group, number>();
  for (const rule of new Set(rules.map(({ to, port, from }) => JSON.stringify([to, port, from])))) {
    const [group] = JSON.parse(rule) as [Group];
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

/**
 * More rules than a security group takes.
 *
 * @param quota the account's own; only asked for where the default one is passed
 */
export function ruleProblems(settings: Settings, quota: number | Refused = DEFAULT_RULES, last?: AwsRecord): Problem[] {
  const most = typeof quota === "number" ? quota : DEFAULT_RULES;
  const source =
    typeof quota === "number"
      ? "the account's quota"
      : `AWS's default, as the account's own can't be asked: ${quota.refused}`;
  const alone = rulesAtOnce(settings);
  const { clientsFrom, access } = settings.aws;
  return [...rulesAtOnce(settings, last)].flatMap(([group, count]): Problem[] => {
    if (count <= most) return [];
    const bySsh = group !== "brokers" || (access.via === "direct" && access.sshFrom.length > clientsFrom.length);
    const [key, networks] = bySsh ? ["aws.access.sshFrom", access.sshFrom] : ["aws.clientsFrom", clientsFrom];
    const remedy =
      (alone.get(group) ?? 0) <= most
        ? "those that go are deleted last; make the change in two updates"
        : "write networks that lie side by side as one, or have AWS raise the quota, Inbound or outbound rules per " +
          `security group (${RULES_QUOTA.quotaCode})`;
    const allowed = `fewer networks: the security group of the ${group} would have ${count} rules at once, and takes ${most} (${source}); ${remedy}`;
    return [{ key, value: `${networks.length} networks`, allowed }];
  });
}

/** A public subnet that shares addresses with a former one: it is made before that one goes, and EC2 refuses it. */
export function publicSubnetProblems({ aws: { vpc } }: Settings, last?: AwsRecord): Problem[] {
  if (vpc.kind !== "own" || last?.publicSubnet === undefined || last.publicSubnet === vpc.publicSubnet) return [];
  const zones = zoneCount(vpc);
  const [former, next] = [splitNetwork(last.publicSubnet, zones), splitNetwork(vpc.publicSubnet, zones)];
  // The subnet of a zone that has the same addresses stays as it is.
  const isTaken = next.some((cidr, zone) =>
    former.some((old, place) => overlap(old, cidr) && !(old === cidr && zone === place)),
  );
  if (!isTaken) return [];
  const allowed =
    `${last.publicSubnet}, as deployed, or a network that shares no address with it: the new subnets are made before ` +
    "the former ones go; to come to an overlapping one, go over another network in an update of its own";
  return [{ key: "aws.vpc.publicSubnet", value: vpc.publicSubnet, allowed }];
}
