import { isObject, type Properties } from "../../../model/engineValues.ts";

/** One resource type of AWS, as far as a program can tell it from the real one. */
export interface AwsType {
  /** What its ids begin with: `vol`. */
  readonly id: string;
  /** Inputs whose change makes another resource: `ForceNew` in hashicorp/terraform-provider-aws, internal/service/ec2. */
  readonly replaces: readonly string[];
  /** Outputs that AWS adds to the inputs. */
  readonly outputs?: (inputs: Properties, id: string) => Properties;
}

const REGION = "eu-central-1";
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
  "aws:ec2/eipAssociation:EipAssociation": {
    id: "eipassoc",
    replaces: ["allocationId", "instanceId", "networkInterfaceId", "privateIpAddress", "publicIp"],
    outputs: () => ({ publicIp: PUBLIC_ADDRESS }),
  },
  "aws:ec2/routeTable:RouteTable": { id: "rtb", replaces: ["vpcId"] },
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
