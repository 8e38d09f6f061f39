import type { Problem } from "../kafka/problem.ts";
import { LONGEST_PREFIX } from "../settings/awsTable.ts";
import { heapsOf, memberSubnets, memoryProblem, subnetAddressProblems } from "../settings/memberNetwork.ts";
import { machineCount } from "../render/members.ts";
import type { CommonSettings } from "../settings/settings.ts";
import { prefixLength, splitNetwork } from "../render/subnets.ts";
import type { Infrastructure } from "../livingCluster.ts";
import { DATA_DEVICE } from "./dataDevice.ts";
import type { AwsFacts, ImageFacts, Refused, Zone } from "./awsFacts.ts";
import { publicSubnetProblems, ruleProblems } from "./awsLimits.ts";
import type { AwsSettings } from "./awsSettings.ts";
import { type ExistingVpc, type OwnVpc, zoneCount } from "./vpcSettings.ts";

type Settings = CommonSettings & AwsSettings;

/** AWS keeps a subnet's first four addresses and its last: docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export const RESERVED_ADDRESSES = 4;
/** A spread placement group has at most seven instances in a zone (EC2 User Guide, "Placement strategies"). */
const SPREAD = 7;
/** Where EC2 attaches a data volume, and the other name of that place. */
const DATA_DEVICES = [DATA_DEVICE, DATA_DEVICE.replace("/sd", "/xvd")];

/** Problems between settings that are each right by itself, before AWS is asked. */
export function awsProblems(settings: Settings): Problem[] {
  const { vpc } = settings.aws;
  const { firstAddress } = settings;
  const zones = zoneCount(vpc);
  const problems: Problem[] = [];
  if (zones > 1 && firstAddress !== undefined) {
    const allowed = "nothing with several zones: each one's subnet counts from its tenth address";
    problems.push({ key: "firstAddress", value: firstAddress, allowed });
  }
  const { access } = settings.aws;
  const places = vpc.kind === "own" ? zones : 1;
  if (access.bastionZone > places) {
    const allowed = `at most the number of public subnets, ${places}`;
    problems.push({ key: "aws.access.bastionZone", value: access.bastionZone, allowed });
  }
  if (zones === 1 && machineCount(settings) > SPREAD) {
    const allowed = `with one zone at most ${SPREAD} machines, each on hardware of its own (a spread placement group); or 3 zones`;
    problems.push({ key: "brokerCount", value: settings.brokerCount, allowed });
  }
  if (problems.length === 0 && vpc.kind === "own") {
    const cidrs = splitNetwork(settings.subnet, zones);
    // Parts that are too small are refused already.
    if (cidrs.every((cidr) => prefixLength(cidr) <= LONGEST_PREFIX)) {
      problems.push(...memberAddressProblems(settings, cidrs));
    }
  }
  return problems;
}

/**
 * Problems that only show when AWS was asked.
 *
 * @param zones the zones that were chosen
 * @param last what the last deployment left; absent before the first one
 */
export function siteProblems(
  settings: Settings,
  facts: AwsFacts,
  zones: readonly Zone[],
  last?: Infrastructure,
): Problem[] {
  const { vpc } = settings.aws;
  return [
    ...typeProblems(settings, facts, zones),
    ...imageProblems(settings, facts, last),
    ...keyProblems(settings, facts),
    ...ruleProblems(settings, facts.rulesQuota, last?.aws),
    ...publicSubnetProblems(settings, last?.aws),
    ...(vpc.kind === "own" ? zoneProblems(vpc, facts, zones) : subnetProblems(settings, vpc, facts)),
  ];
}

/** The settings that name an instance type, and what that type is to run. */
export function instanceTypesOf(
  settings: Settings,
): { key: string; type: string; kind: "broker" | "zookeeper" | "bastion" }[] {
  const { machine, aws, zookeeper } = settings;
  const types: ReturnType<typeof instanceTypesOf> = [
    { key: "machine.broker.instanceType", type: machine.broker.instanceType, kind: "broker" },
  ];
  if (zookeeper.placement === "dedicated") {
    types.push({ key: "machine.zookeeper.instanceType", type: machine.zookeeper.instanceType, kind: "zookeeper" });
  }
  if (aws.access.via === "bastion") {
    types.push({ key: "aws.access.bastionInstanceType", type: aws.access.bastionInstanceType, kind: "bastion" });
  }
  return types;
}

function typeProblems(settings: Settings, facts: AwsFacts, zones: readonly Zone[]): Problem[] {
  return instanceTypesOf(settings).flatMap(({ key, type, kind }): Problem[] => {
    const found = facts.instanceTypes[type];
    if (!found || "refused" in found) {
      const said = found ? ` (AWS says: ${found.refused})` : "";
      return [{ key, value: type, allowed: `an EC2 instance type that ${facts.region} has${said}` }];
    }
    if (!found.architecture) return [{ key, value: type, allowed: "an instance type of architecture arm64 or x86_64" }];
    if (kind === "bastion") {
      const zone = bastionZone(settings, facts, zones);
      if (zone === undefined || found.zones.includes(zone)) return [];
      return [{ key, value: type, allowed: `an instance type that ${zone}, the zone of the bastion's subnet, offers` }];
    }
    if (!found.nitro) {
      const allowed = "an instance type of the Nitro System: only there a volume's device names the volume";
      return [{ key, value: type, allowed }];
    }
    const without = zones.filter(({ name }) => !found.zones.includes(name)).map(({ name }) => name);
    if (without.length > 0) {
      return [
        { key, value: type, allowed: `an instance type that every zone in use offers; ${without.join(", ")} does not` },
      ];
    }
    if (zones.length === 1 && !found.placements.includes("spread")) {
      const allowed = "an instance type that a spread placement group takes, with one zone; or 3 zones";
      return [{ key, value: type, allowed }];
    }
    return memoryProblem(key, type, heapsOf(settings, kind), found.memoryMiB);
  });
}

/** Name of the zone of the bastion's subnet: its own in a VPC that is there, else the one that the settings say. */
function bastionZone({ aws: { vpc, access } }: Settings, facts: AwsFacts, zones: readonly Zone[]): string | undefined {
  if (vpc.kind === "own") return zones[access.bastionZone - 1]?.name;
  const subnet = facts.subnets[vpc.bastionSubnetId ?? ""];
  return subnet && "zone" in subnet ? subnet.zone.name : undefined;
}

/** A number of zones that the region hasn't, or names that it does not know. */
function zoneProblems({ zones }: OwnVpc, facts: AwsFacts, chosen: readonly Zone[]): Problem[] {
  if (typeof zones === "number") {
    if (chosen.length >= zones) return [];
    const offered = chosen.map(({ name }) => name).join(", ") || "none";
    const allowed = `at most the zones of ${facts.region} that offer every instance type of the members: ${offered}`;
    return [{ key: "aws.zones", value: zones, allowed }];
  }
  const known = [...facts.zones, ...chosen].map(({ name }) => name);
  const allowed = `available zones of ${facts.region}: ${facts.zones.map(({ name }) => name).join(", ")}`;
  return zones.filter((zone) => !known.includes(zone)).map((value) => ({ key: "aws.zones", value, allowed }));
}

/** An image that the last deployment has pinned is in use: that it is gone is for those to say who need a machine of it. */
function imageProblems({ aws }: Settings, facts: AwsFacts, last: Infrastructure | undefined): Problem[] {
  const { images = {}, bastionImages = {} } = last?.pinned ?? {};
  const pinned = [...Object.values(images), ...Object.values(bastionImages)];
  const named = Object.entries(aws.images).map(([architecture, image]) => [
    `aws.images.${architecture}`,
    architecture,
    image,
  ]);
  const bastion = facts.instanceTypes[aws.access.bastionInstanceType];
  if (aws.access.bastionImage !== undefined && bastion && "architecture" in bastion) {
    named.push(["aws.access.bastionImage", bastion.architecture ?? "", aws.access.bastionImage]);
  }
  return named.flatMap(([key = "", architecture = "", image = ""]) => {
    const found = facts.images[image];
    const refuse = (said: string): Problem[] => [
      { key, value: image, allowed: `a machine image of architecture ${architecture} in ${facts.region}${said}` },
    ];
    const why = found ? whyNoImage(found) : "it was not asked about";
    if (why !== undefined && pinned.includes(image)) return [];
    if (!found || "refused" in found) return refuse(` (AWS says: ${why ?? ""})`);
    if (found.architecture !== architecture) return refuse(`; this one is for ${found.architecture}`);
    if (why !== undefined) return refuse(` that can be used; ${why}`);
    if (found.rootType !== "ebs") return refuse(` whose root is an EBS volume; this one's is ${found.rootType}`);
    const extra = found.devices.find((device) => DATA_DEVICES.includes(device));
    if (extra !== undefined && key !== "aws.access.bastionImage") {
      return refuse(` that brings no device ${extra}, where the data volume goes`);
    }
    return [];
  });
}

/** Why no machine can be made of an image; undefined when one can. */
export function whyNoImage(found: ImageFacts | Refused): string | undefined {
  if ("refused" in found) return found.refused;
  return found.state === "available" ? undefined : `this one is ${found.state}`;
}

/** A key encrypts volumes of its own region alone. */
function keyProblems({ aws: { kmsKeyId } }: Settings, { region, key }: AwsFacts): Problem[] {
  if (kmsKeyId === undefined) return [];
  const refuse = (allowed: string): Problem[] => [{ key: "aws.kmsKeyId", value: kmsKeyId, allowed }];
  if (kmsKeyId.split(":")[3] !== region) return refuse(`a KMS key of ${region}, the region in use`);
  if (!key) return [];
  if ("refused" in key) return refuse(`a KMS key that may be used here (AWS says: ${key.refused})`);
  if (key.state !== "Enabled") return refuse(`a KMS key that is enabled; this one is ${key.state}`);
  return key.usage === "ENCRYPT_DECRYPT" ? [] : refuse(`a KMS key that encrypts; this one is for ${key.usage}`);
}

function subnetProblems(settings: Settings, vpc: ExistingVpc, facts: AwsFacts): Problem[] {
  const problems: Problem[] = [];
  const zones = new Map<string, string>();
  for (const id of [...vpc.subnetIds, ...(vpc.bastionSubnetId === undefined ? [] : [vpc.bastionSubnetId])]) {
    const key = id === vpc.bastionSubnetId ? "aws.vpc.bastionSubnetId" : "aws.vpc.subnetIds";
    const found = facts.subnets[id];
    if (!found || "refused" in found) {
      problems.push({
        key,
        value: id,
        allowed: `a subnet of ${facts.region}${found ? ` (AWS says: ${found.refused})` : ""}`,
      });
    } else if (found.vpcId !== vpc.id) {
      problems.push({ key, value: id, allowed: `a subnet of aws.vpc.id, ${vpc.id}; this one is in ${found.vpcId}` });
    } else if (id !== vpc.bastionSubnetId) {
      const earlier = zones.get(found.zone.name);
      if (earlier !== undefined) {
        problems.push({
          key,
          value: id,
          allowed: `subnets in different zones; ${earlier} is in ${found.zone.name}, too`,
        });
      }
      zones.set(found.zone.name, id);
    }
  }
  if (problems.length > 0) return problems;
  const cidrs = vpc.subnetIds.flatMap((id) => {
    const found = facts.subnets[id];
    return found && "cidr" in found ? [found.cidr] : [];
  });
  return memberAddressProblems(settings, cidrs).map((problem) =>
    problem.key === "subnet" ? { ...problem, key: "aws.vpc.subnetIds" } : problem,
  );
}

function memberAddressProblems(settings: Settings, cidrs: readonly string[]): Problem[] {
  return subnetAddressProblems(settings, memberSubnets(cidrs, settings.firstAddress), RESERVED_ADDRESSES);
}
