import * as aws from "@pulumi/aws";
import type { CommonSettings } from "../../model/settings/settings.ts";
import type { Infrastructure } from "../../model/livingCluster.ts";
import type {
  Architecture,
  AwsFacts,
  ImageFacts,
  InstanceTypeFacts,
  KeyFacts,
  Refused,
  SubnetFacts,
} from "../../model/aws/awsFacts.ts";
import { DEFAULT_RULES, RULES_QUOTA, rulesAtOnce } from "../../model/aws/awsLimits.ts";
import { instanceTypesOf } from "../../model/aws/awsProblems.ts";
import type { AwsSettings } from "../../model/aws/awsSettings.ts";

/** The account that publishes Debian's images: https://wiki.debian.org/Cloud/AmazonEC2Image/Bookworm */
const DEBIAN_ACCOUNT = "136693071363";

/** How Debian calls an architecture. */
const DEBIAN_NAMES: Readonly<Record<Architecture, string>> = { arm64: "arm64", x86_64: "amd64" };

/**
 * Asks AWS about the region and what the settings name in it.
 *
 * @param last what the last deployment left; its images are asked about, too: they may be gone
 * @throws what the provider says when AWS can't be asked at all: no region, no credentials, no network
 */
export async function askAws(settings: CommonSettings & AwsSettings, last?: Infrastructure): Promise<AwsFacts> {
  const { vpc, images, access } = settings.aws;
  const { images: members = {}, bastionImages: bastion = {} } = last?.pinned ?? {};
  const pinned = [...Object.values(members), ...Object.values(bastion)];
  const named = [...Object.values(images), ...(access.bastionImage === undefined ? [] : [access.bastionImage])];
  const { kmsKeyId } = settings.aws;
  const zones = await aws.getAvailabilityZones({
    state: "available",
    filters: [{ name: "zone-type", values: ["availability-zone"] }],
  });
  const subnetIds = vpc.kind === "own" ? [] : [...vpc.subnetIds, ...(vpc.bastionSubnetId ? [vpc.bastionSubnetId] : [])];
  const isPast = Math.max(...rulesAtOnce(settings, last?.aws).values()) > DEFAULT_RULES;
  const types = instanceTypesOf(settings).map(({ type }) => type);
  return {
    region: zones.region,
    zones: zones.names
      .map((name, index) => ({ name, id: zones.zoneIds[index] ?? name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    instanceTypes: await collect(types, askInstanceType),
    images: await collect([...pinned, ...named], askImage),
    ...(kmsKeyId !== undefined && { key: await askKey(kmsKeyId) }),
    ...(isPast && { rulesQuota: await askRulesQuota() }),
    subnets: await collect(subnetIds, askSubnet),
  };
}

/** The newest image of Debian 12 for an architecture. @throws when the provider can't tell */
export async function newestImage(architecture: Architecture): Promise<string> {
  const image = await aws.ec2.getAmi({
    owners: [DEBIAN_ACCOUNT],
    mostRecent: true,
    filters: [
      { name: "name", values: [`debian-12-${DEBIAN_NAMES[architecture]}-*`] },
      { name: "architecture", values: [architecture] },
    ],
  });
  return image.id;
}

async function askInstanceType(instanceType: string): Promise<InstanceTypeFacts | Refused> {
  try {
    const [type, offered] = await Promise.all([
      aws.ec2.getInstanceType({ instanceType }),
      aws.ec2.getInstanceTypeOfferings({
        locationType: "availability-zone",
        filters: [{ name: "instance-type", values: [instanceType] }],
      }),
    ]);
    const architecture = (["arm64", "x86_64"] as const).find((name) => type.supportedArchitectures.includes(name));
    return {
      ...(architecture && { architecture }),
      memoryMiB: type.memorySize,
      placements: type.supportedPlacementStrategies,
      nitro: type.hypervisor === "nitro" || type.bareMetal,
      zones: offered.locations,
    };
  } catch (error) {
    return { refused: reason(error) };
  }
}

async function askImage(id: string): Promise<ImageFacts | Refused> {
  try {
    // AWS deprecates a public image two years after it was made: it can still be used.
    const filters = [{ name: "image-id", values: [id] }];
    const image = await aws.ec2.getAmi({ filters, includeDeprecated: true });
    const { architecture, state, rootDeviceType, rootDeviceName, blockDeviceMappings } = image;
    // The provider gives what a device's volume is like as texts.
    const size = blockDeviceMappings.find(({ deviceName }) => deviceName === rootDeviceName)?.ebs.volume_size;
    const devices = blockDeviceMappings.map(({ deviceName }) => deviceName);
    return {
      architecture,
      state,
      rootType: rootDeviceType,
      rootGiB: Number(size ?? 0),
      devices,
    };
  } catch (error) {
    return { refused: reason(error) };
  }
}

async function askRulesQuota(): Promise<number | Refused> {
  try {
    return (await aws.servicequotas.getServiceQuota(RULES_QUOTA)).value;
  } catch (error) {
    return { refused: reason(error) };
  }
}

async function askKey(arn: string): Promise<KeyFacts | Refused> {
  try {
    const { keyState, keyUsage } = await aws.kms.getKey({ keyId: arn });
    return { state: keyState, usage: keyUsage };
  } catch (error) {
    return { refused: reason(error) };
  }
}

async function askSubnet(id: string): Promise<SubnetFacts | Refused> {
  try {
    const subnet = await aws.ec2.getSubnet({ id });
    const { vpcId, cidrBlock, availabilityZone, availabilityZoneId, availableIpAddressCount } = subnet;
    const zone = { name: availabilityZone, id: availabilityZoneId };
    return { vpcId, cidr: cidrBlock, zone, free: availableIpAddressCount };
  } catch (error) {
    return { refused: reason(error) };
  }
}

/** Asks about each key once, all at the same time. */
async function collect<T>(keys: readonly string[], ask: (key: string) => Promise<T>): Promise<Record<string, T>> {
  const answers = [...new Set(keys)].map(async (key) => [key, await ask(key)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** The provider's message in one line. */
export function reason(error: unknown): string {
  return (error as Error).message.replace(/\s+/g, " ").trim();
}
