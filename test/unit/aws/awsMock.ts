import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Provider } from "../components/deploy.ts";

/** Zones of the region in an order that AWS may give. */
const ZONES: readonly (readonly [name: string, id: string])[] = [
  ["eu-central-1b", "euc1-az3"],
  ["eu-central-1a", "euc1-az2"],
  ["eu-central-1c", "euc1-az1"],
];

interface TypeFacts {
  readonly architecture: string;
  /** @default cluster, partition and spread */
  readonly placements?: readonly string[];
  readonly memoryMiB: number;
  readonly hypervisor?: string;
  /** @default all */
  readonly zones?: readonly string[];
}

const TYPES: Readonly<Record<string, TypeFacts>> = {
  "t4g.nano": { architecture: "arm64", memoryMiB: 512 },
  "t4g.small": { architecture: "arm64", memoryMiB: 2048 },
  "t4g.medium": { architecture: "arm64", memoryMiB: 4096 },
  "m7g.large": { architecture: "arm64", memoryMiB: 8192 },
  "m7g.xlarge": { architecture: "arm64", memoryMiB: 16384 },
  "m7i.xlarge": { architecture: "x86_64", memoryMiB: 16384 },
  "m4.xlarge": { architecture: "x86_64", memoryMiB: 16384, hypervisor: "xen" },
  "hpc7g.4xlarge": { architecture: "arm64", memoryMiB: 131072, placements: ["cluster"] },
  "t2.micro": { architecture: "x86_64", memoryMiB: 1024, hypervisor: "xen", zones: ["eu-central-1b"] },
  "m8g.xlarge": { architecture: "arm64", memoryMiB: 16384, zones: ["eu-central-1a", "eu-central-1b"] },
};

interface ImageFacts {
  readonly architecture: string;
  /** @default available */
  readonly state?: string;
  /** @default ebs */
  readonly rootType?: string;
  /** GiB. @default 8 */
  readonly rootGiB?: number;
  /** Further devices. */
  readonly more?: readonly string[];
}

const ROOT_DEVICE = "/dev/xvda";
const IMAGES: Readonly<Record<string, ImageFacts>> = {
  "ami-00000000000000a64": { architecture: "arm64" },
  "ami-00000000000000b64": { architecture: "arm64" },
  "ami-00000000000000a86": { architecture: "x86_64" },
  "ami-00000000000000d64": { architecture: "arm64" },
  "ami-00000000000001064": { architecture: "arm64", rootGiB: 30 },
  "ami-00000000000002064": { architecture: "arm64", state: "failed" },
  "ami-00000000000003064": { architecture: "arm64", rootType: "instance-store" },
  "ami-00000000000004064": { architecture: "arm64", more: ["/dev/xvdf"] },
};
/** Found only by those who ask for deprecated images, too. */
const DEPRECATED = "ami-00000000000000d64";
/** The newest image of an architecture. */
export const NEWEST = { arm64: "ami-00000000000000a64", x86_64: "ami-00000000000000a86" } as const;

const SUBNETS: Readonly<Record<string, { vpcId: string; cidrBlock: string; zone: number; free?: number }>> = {
  "subnet-0000000a": { vpcId: "vpc-00000001", cidrBlock: "10.40.0.0/24", zone: 1 },
  "subnet-0000000b": { vpcId: "vpc-00000001", cidrBlock: "10.40.1.0/24", zone: 0 },
  "subnet-0000000c": { vpcId: "vpc-00000001", cidrBlock: "10.40.2.0/24", zone: 2 },
  "subnet-0000000d": { vpcId: "vpc-00000001", cidrBlock: "10.40.3.0/24", zone: 2 },
  "subnet-000000ff": { vpcId: "vpc-00000001", cidrBlock: "10.40.255.0/24", zone: 1 },
  "subnet-000000ee": { vpcId: "vpc-00000001", cidrBlock: "10.40.254.0/24", zone: 2 },
  "subnet-000000fe": { vpcId: "vpc-00000002", cidrBlock: "10.50.255.0/24", zone: 2 },
  "subnet-00000012": { vpcId: "vpc-00000001", cidrBlock: "10.40.18.0/24", zone: 1, free: 2 },
  "subnet-0000000e": { vpcId: "vpc-00000002", cidrBlock: "10.50.0.0/24", zone: 2 },
};

/** Outputs that the program reads, by the type of the resource; every type that it may make stands here. */
const OUTPUTS: Readonly<Record<string, (name: string) => Record<string, unknown>>> = {
  "aws:ec2/vpc:Vpc": () => ({}),
  "aws:ec2/internetGateway:InternetGateway": () => ({}),
  "aws:ec2/subnet:Subnet": () => ({}),
  "aws:ec2/routeTable:RouteTable": () => ({}),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": () => ({}),
  "aws:ec2/eip:Eip": () => ({ publicIp: "198.51.100.7" }),
  "aws:ec2/eipAssociation:EipAssociation": () => ({ publicIp: "198.51.100.7" }),
  "aws:ec2/natGateway:NatGateway": () => ({}),
  "aws:ec2/securityGroup:SecurityGroup": () => ({}),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": () => ({}),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": () => ({}),
  "aws:ec2/placementGroup:PlacementGroup": (name) => ({ name: `${name}-1234567` }),
  "aws:ebs/volume:Volume": () => ({}),
  "aws:ec2/networkInterface:NetworkInterface": () => ({}),
  "aws:ec2/instance:Instance": () => ({}),
  "aws:ec2/volumeAttachment:VolumeAttachment": () => ({}),
};

/** An error as gRPC carries it from the provider. */
export function refusal(details: string): Error {
  return Object.assign(new Error(details), { details });
}

type Inputs = Readonly<Record<string, unknown>>;

const CALLS: Readonly<Record<string, (inputs: Inputs) => Record<string, unknown>>> = {
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    id: "eu-central-1",
    region: "eu-central-1",
    names: ZONES.map(([name]) => name),
    zoneIds: ZONES.map(([, id]) => id),
  }),
  "aws:ec2/getInstanceType:getInstanceType": ({ instanceType }) => {
    const type = TYPES[instanceType as string];
    if (!type) throw refusal("InvalidInstanceType: The following supplied instance types do not exist");
    const { architecture, memoryMiB, hypervisor = "nitro", placements } = type;
    return {
      supportedArchitectures: [architecture],
      memorySize: memoryMiB,
      hypervisor,
      bareMetal: false,
      supportedPlacementStrategies: placements ?? ["cluster", "partition", "spread"],
    };
  },
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ filters }) => {
    const [{ values }] = filters as [{ values: [string] }];
    return { locations: TYPES[values[0]]?.zones ?? ZONES.map(([name]) => name) };
  },
  "aws:ec2/getAmi:getAmi": ({ filters, includeDeprecated }) => {
    const filter = (name: string): string | undefined =>
      (filters as { name: string; values: string[] }[]).find((each) => each.name === name)?.values[0];
    const architecture = filter("architecture") as keyof typeof NEWEST | undefined;
    const id = filter("image-id") ?? (architecture && NEWEST[architecture]) ?? "";
    const image = IMAGES[id];
    if (!image || (id === DEPRECATED && includeDeprecated !== true)) throw refusal("Your query returned no results.");
    const { state = "available", rootType = "ebs", rootGiB = 8, more = [] } = image;
    const devices = [ROOT_DEVICE, ...more];
    return {
      id,
      architecture: image.architecture,
      state,
      rootDeviceType: rootType,
      rootDeviceName: ROOT_DEVICE,
      blockDeviceMappings: devices.map((deviceName) => ({ deviceName, ebs: { volume_size: String(rootGiB) } })),
    };
  },
  "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": () => ({ ids: [] }),
  "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 60 }),
  "aws:kms/getKey:getKey": ({ keyId }) => {
    const usage = String(keyId).endsWith("5167") ? "SIGN_VERIFY" : "ENCRYPT_DECRYPT";
    return { keyState: String(keyId).endsWith("0ff0") ? "Disabled" : "Enabled", keyUsage: usage };
  },
  "aws:ec2/getSubnet:getSubnet": ({ id }) => {
    const subnet = SUBNETS[id as string];
    if (!subnet) throw refusal(`InvalidSubnetID.NotFound: The subnet ID '${String(id)}' does not exist`);
    const [name, zoneId] = ZONES[subnet.zone] ?? [];
    return {
      vpcId: subnet.vpcId,
      cidrBlock: subnet.cidrBlock,
      availabilityZone: name,
      availabilityZoneId: zoneId,
      availableIpAddressCount: subnet.free ?? 251,
    };
  },
};

/** AWS as the mocks play it: a region with three zones, some instance types, images and subnets. */
export const AWS: Provider = {
  resource: (type, name) => {
    const outputs = OUTPUTS[type];
    if (!outputs) throw new Error(`the program made a resource of unknown type ${type}: ${name}`);
    return { id: type === "aws:ebs/volume:Volume" ? `vol-${name}` : `${name}-id`, outputs: outputs(name) };
  },
  call: (token, inputs) => {
    const answer = CALLS[token];
    if (!answer) throw new Error(`the program called an unknown function: ${token}`);
    return answer(inputs);
  },
};

/** Settings of a stack's file with the deployer's network, which the file leaves for the user to say. */
export function stackSettings(stack: "staging" | "prod"): Record<string, unknown> {
  const { config } = parse(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Record<string, unknown> };
  const settings = Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith("kafka-cluster:"))
      .map(([key, value]) => [key.slice("kafka-cluster:".length), value]),
  );
  const aws = settings.aws as { access: Record<string, unknown> };
  return { ...settings, aws: { ...aws, access: { ...aws.access, sshFrom: ["192.0.1.0/24"] } } };
}
