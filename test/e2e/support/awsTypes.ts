import { isObject, type Properties } from "../../../scripts/plugins/values.ts";

/** One resource type of AWS, as far as a program can tell it from the real one. */
export interface AwsType {
  /** What its ids begin with: `vol`. */
  readonly id: string;
  /** Inputs whose change makes another resource: `ForceNew` in hashicorp/terraform-provider-aws, internal/service/ec2. */
  readonly replaces: readonly string[];
  /** Outputs that AWS adds to the inputs. */
  readonly outputs?: (inputs: Properties, id: string) => Properties;
}

export const REGION = "eu-central-1";
export const ZONES = ["a", "b", "c"].map((letter) => `${REGION}${letter}`);
export const IMAGES = ["ami-0123456789abcdef0", "ami-0fedcba9876543210"] as const;

const PUBLIC_ADDRESS = "203.0.113.10";

function arn(kind: string, id: string): string {
  return `arn:aws:ec2:${REGION}:123456789012:${kind}/${id}`;
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? (list as unknown[])[0] : undefined;
}

/** The resource types that a program of this project may use; all others are refused. */
export const TYPES: Readonly<Record<string, AwsType>> = {
  "aws:ec2/vpc:Vpc": {
    id: "vpc",
    replaces: ["cidrBlock", "instanceTenancy"],
    outputs: (_, id) => ({
      arn: arn("vpc", id),
      defaultSecurityGroupId: `sg-of-${id}`,
      mainRouteTableId: `rtb-of-${id}`,
    }),
  },
  "aws:ec2/subnet:Subnet": {
    id: "subnet",
    replaces: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
    outputs: (_, id) => ({ arn: arn("subnet", id) }),
  },
  "aws:ec2/internetGateway:InternetGateway": { id: "igw", replaces: [] },
  "aws:ec2/natGateway:NatGateway": {
    id: "nat",
    replaces: ["subnetId", "allocationId", "connectivityType", "privateIp"],
    outputs: () => ({ publicIp: PUBLIC_ADDRESS }),
  },
  "aws:ec2/eip:Eip": {
    id: "eipalloc",
    replaces: ["domain", "publicIpv4Pool", "networkBorderGroup"],
    outputs: (_, id) => ({ allocationId: id, publicIp: PUBLIC_ADDRESS }),
  },
  "aws:ec2/routeTable:RouteTable": { id: "rtb", replaces: ["vpcId"] },
  "aws:ec2/route:Route": { id: "r", replaces: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"] },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": { id: "rtbassoc", replaces: ["subnetId", "gatewayId"] },
  "aws:ec2/securityGroup:SecurityGroup": {
    id: "sg",
    replaces: ["name", "namePrefix", "description", "vpcId"],
    outputs: (_, id) => ({ arn: arn("security-group", id) }),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { id: "sgr", replaces: ["securityGroupId"] },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { id: "sgr", replaces: ["securityGroupId"] },
  "aws:ebs/volume:Volume": {
    id: "vol",
    replaces: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId", "multiAttachEnabled", "outpostArn"],
    outputs: (_, id) => ({ arn: arn("volume", id) }),
  },
  "aws:ec2/volumeAttachment:VolumeAttachment": { id: "vai", replaces: ["deviceName", "instanceId", "volumeId"] },
  "aws:ec2/networkInterface:NetworkInterface": {
    id: "eni",
    // Strictly, other addresses may follow the first; the program gives one.
    replaces: ["subnetId", "interfaceType", "privateIps"],
    outputs: (inputs, id) => ({
      arn: arn("network-interface", id),
      macAddress: "02:00:00:00:00:01",
      privateIp: first(inputs.privateIps) ?? "10.0.0.5",
    }),
  },
  "aws:ec2/placementGroup:PlacementGroup": {
    id: "pg",
    replaces: ["name", "strategy", "partitionCount", "spreadLevel"],
    outputs: (inputs) => ({ placementGroupId: "pg-0", arn: arn("placement-group", String(inputs.name)) }),
  },
  "aws:ec2/instance:Instance": {
    id: "i",
    replaces: [
      ...["ami", "associatePublicIpAddress", "availabilityZone", "ebsOptimized", "hibernation", "keyName"],
      ...["networkInterfaces", "placementGroup", "primaryNetworkInterface", "privateIp", "securityGroups", "subnetId"],
      "tenancy",
    ],
    outputs: (inputs, id) => ({
      arn: arn("instance", id),
      instanceState: "running",
      privateIp: inputs.privateIp ?? "10.0.0.5",
      publicIp: inputs.associatePublicIpAddress === true ? PUBLIC_ADDRESS : "",
      primaryNetworkInterfaceId: isObject(inputs.primaryNetworkInterface)
        ? inputs.primaryNetworkInterface.networkInterfaceId
        : `eni-of-${id}`,
    }),
  },
};

/** The functions that a program may call; all others are refused. */
export const FUNCTIONS: Readonly<Record<string, (args: Properties) => Properties>> = {
  "aws:ec2/getAmi:getAmi": (args) => ({
    id: IMAGES[0],
    imageId: IMAGES[0],
    architecture: "x86_64",
    rootDeviceName: "/dev/xvda",
    owners: args.owners ?? [],
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
    id: REGION,
    names: ZONES,
    zoneIds: ["euc1-az2", "euc1-az3", "euc1-az1"],
    groupNames: [REGION],
  }),
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({
    id: REGION,
    instanceTypes: ZONES.map(() => "m7i.large"),
    locations: ZONES,
    locationTypes: ZONES.map(() => "availability-zone"),
  }),
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ({
    id,
    arn: arn("subnet", String(id)),
    availabilityZone: ZONES[0],
    cidrBlock: "10.20.1.0/24",
    vpcId: "vpc-0123456789abcdef0",
  }),
  "aws:ec2/getVpc:getVpc": ({ id }) => ({ id, arn: arn("vpc", String(id)), cidrBlock: "10.20.0.0/16" }),
};
