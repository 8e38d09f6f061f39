import type { MapSetting, SettingTable } from "./setting.ts";

/** The form of the ids of one kind of AWS resource. */
function idForm(kind: string): { readonly pattern: RegExp; readonly allowed: string } {
  return { pattern: new RegExp(`^${kind}-[0-9a-f]{8,17}$`), allowed: `an id such as ${kind}-0123456789abcdef0` };
}

const INSTANCE_TYPE = {
  type: "text",
  pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  allowed: "an EC2 instance type, for example m7g.large",
} as const;

const REPLACED =
  "**replaced, rolled**, when EC2 takes all of them in a dry run: services stopped, machine shut down, another one with the member's volume and address; the next member when this one is in sync";
const BASTION_REPLACED =
  "**nothing on the members** but a look at each: the bastion is replaced, its host key learned anew. In an `up` of its own ([aws.md](aws.md#changes))";
const SECURITY_GROUPS =
  "**nothing on the members**: rules of the security groups. **Refused** where those that come and those that go are together more than a group takes";
const REFUSED = "**refused**: it would replace every member's network or volume";

/**
 * Bounds of gp3 since September 2025: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html. Some regions
 * and Outposts have the former ones, 16 TiB, 16,000 IOPS and 1,000 MiB/s: there EC2 refuses what is above them.
 */
const VOLUME = {
  iops: {
    type: "integer",
    min: 3000,
    max: 80_000,
    default: 3000,
    description: "Operations a second, at most 500 for each GiB.",
    change:
      "**in place**: the volumes of all members at the same time. EBS takes the next change of a volume hours later only",
  },
  throughput: {
    type: "integer",
    min: 125,
    max: 2000,
    default: 125,
    description: "Throughput in MiB/s, at most a quarter of iops.",
    change:
      "**in place**: the volumes of all members at the same time. EBS takes the next change of a volume hours later only",
  },
} as const;

/** See {@link VOLUME}. */
const VOLUME_SIZE = {
  type: "integer",
  min: 1,
  max: 65_536,
  description: "Size of the data volume, in GiB.",
  change: [
    {
      of: "up",
      does: "**in place**: the volumes of all members at the same time, and the file system grows with each apply, one after the other. EBS takes the next change of a volume hours later only",
    },
    { of: "down", does: "**refused**: a volume never shrinks" },
  ],
} as const;

/** What the platform AWS is told of machines. */
export const AWS_MACHINE = {
  broker: {
    type: "map",
    platform: "aws",
    description: "Machines with a broker.",
    keys: {
      instanceType: {
        ...INSTANCE_TYPE,
        default: "m7g.large",
        description: "EC2 instance type, arm64 or x86_64, of the Nitro System, whose memory holds the heaps.",
        more: "EC2 could change a type by stopping the machine: that would stop it without its services' controlled shutdown.",
        change: REPLACED,
      },
      volume: {
        type: "map",
        description: "Data volume, gp3.",
        more: "Some regions still have gp3's former limits, 16 TiB, 16,000 IOPS and 1,000 MiB/s: EC2 refuses a volume above them when it is made or changed.",
        keys: { sizeGiB: { ...VOLUME_SIZE, default: 100 }, ...VOLUME },
      },
    },
  },
  zookeeper: {
    type: "map",
    platform: "aws",
    description: "Machines with a ZooKeeper server alone, with zookeeper.placement dedicated.",
    keys: {
      instanceType: {
        ...INSTANCE_TYPE,
        default: "t4g.small",
        description: "EC2 instance type, as for brokers.",
        change: REPLACED,
      },
      volume: {
        type: "map",
        description: "Data volume, gp3.",
        keys: { sizeGiB: { ...VOLUME_SIZE, default: 20 }, ...VOLUME },
      },
    },
  },
} as const satisfies SettingTable;

const INGRESS = "an IPv4 network in CIDR notation with its host bits zero, /8 to /32, for example 10.0.0.0/16";
const ZONES =
  "1, 3, 4, 5 or 6 zones (a number or a list of names): with 2, the loss of one could take the ensemble's quorum";

/** AWS: VPCs and subnets are /16 to /28. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export const SHORTEST_PREFIX = 16;
/** See {@link SHORTEST_PREFIX}. */
export const LONGEST_PREFIX = 28;

const VPC_NETWORK = `a private IPv4 network in CIDR notation with its host bits zero, /${SHORTEST_PREFIX} to /${LONGEST_PREFIX}`;

const VPC = {
  type: "map",
  description: "Where the members' subnets are: a VPC that the program makes, or with id an existing one.",
  keys: {
    cidr: {
      type: "text",
      allowed: VPC_NETWORK,
      unset: "the /16 around `subnet`",
      description: "Network of a VPC that the program makes.",
      change: REFUSED,
    },
    publicSubnet: {
      type: "text",
      allowed: VPC_NETWORK,
      unset: "the last /24 of the VPC",
      description: "Network in it of the NAT gateways and the bastion; split over the zones.",
      change:
        "**nothing on the members** but a look at each, whose way out is cut while gateways are replaced. It replaces the bastion, too; one that overlaps the former is **refused**",
    },
    natGateways: {
      type: "word",
      words: ["perZone", "single"],
      default: "perZone",
      description: "NAT gateways of a VPC that the program makes.",
      change: "**nothing on the members** but a look at each, whose way out is cut while gateways are replaced",
    },
    id: {
      type: "text",
      ...idForm("vpc"),
      unset: "none: the program makes a VPC",
      description: "An existing VPC.",
      more: "[How members stand in it](aws.md#an-existing-vpc). `cidr`, `publicSubnet`, `natGateways` and `aws.zones` are refused beside it.",
      change: REFUSED,
    },
    subnetIds: {
      type: "list",
      items: idForm("subnet"),
      example: "[subnet-0123456789abcdef0]",
      unset: "none; with `id` it has to be given",
      description: "The members' subnets in an existing VPC, one a zone, of 1 or 3 to 6 zones.",
      more: "They need a way out to Debian's mirrors and to the distribution.",
      change: REFUSED,
    },
    bastionSubnetId: {
      type: "text",
      ...idForm("subnet"),
      unset: "none; with `id` and a bastion it has to be given",
      description: "A public subnet of an existing VPC for the bastion.",
      change: BASTION_REPLACED,
    },
  },
} as const satisfies MapSetting;

const ACCESS = {
  type: "map",
  description: "How the deployer gets to the members, and from where.",
  keys: {
    via: {
      type: "word",
      words: ["bastion", "direct"],
      default: "bastion",
      description: "Through a bastion, or direct: over a VPN, peering or a machine in the VPC.",
      change: "**nothing on the members** but a look at each: rules, the bastion, and how the scripts connect",
    },
    sshFrom: {
      type: "list",
      items: { allowed: INGRESS },
      example: "[your public address/32]",
      required: "a list of the IPv4 networks that you deploy from, for example [your public address/32]",
      description:
        "IPv4 networks that may connect to port 22 of the bastion; with direct, to 22 of the members and to the brokers' ports.",
      change: SECURITY_GROUPS,
    },
    bastionInstanceType: {
      ...INSTANCE_TYPE,
      default: "t4g.nano",
      description: "EC2 instance type of the bastion.",
      change: BASTION_REPLACED,
    },
    bastionZone: {
      type: "integer",
      min: 1,
      max: 6,
      default: 1,
      description: "Which of the zones the bastion is in, from 1; with an existing VPC 1.",
      change: BASTION_REPLACED,
    },
    bastionImage: {
      type: "text",
      ...idForm("ami"),
      unset: "the members' at its making, then pinned",
      description: "Machine image of the bastion, of its type's architecture.",
      change: BASTION_REPLACED,
    },
  },
} as const satisfies MapSetting;

const IMAGE = { type: "text", ...idForm("ami"), unset: "the newest Debian 12, then pinned", change: REPLACED } as const;

/** The setting `aws`. */
export const AWS = {
  type: "map",
  platform: "aws",
  description: "What only the platform aws is told.",
  more: "[How the cluster stands on AWS](aws.md).",
  keys: {
    zones: {
      type: "integerOrList",
      min: 1,
      max: 6,
      default: 1,
      items: { allowed: "the name of a zone, for example eu-central-1a", pattern: /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/ },
      example: "[eu-central-1a]",
      allowed: ZONES,
      description: "Number of zones that the members are spread over, or their names.",
      more: "A number takes the first zones of the region that offer the members' instance types, and the bastion's where it is.",
      change: REFUSED,
    },
    vpc: VPC,
    access: ACCESS,
    clientsFrom: {
      type: "list",
      items: { allowed: INGRESS },
      example: "[10.0.0.0/16]",
      unset: "none",
      description: "IPv4 networks whose clients may connect to the brokers' port for clients, 9092 or 9094.",
      change: SECURITY_GROUPS,
    },
    images: {
      type: "map",
      description: "Machine images of the members by architecture, with cloud-init and apt.",
      more: "A newer image is not taken by itself: images are pinned by the first successful deployment.",
      keys: {
        arm64: { ...IMAGE, description: "Image of instance types of arm64." },
        x86_64: { ...IMAGE, description: "Image of instance types of x86_64." },
      },
    },
    protect: {
      type: "flag",
      default: true,
      description: "Whether data volumes and network interfaces are protected, and kept when the stack forgets them.",
      change: "**nothing on the members**: Pulumi's options of volumes and interfaces, and their tag",
    },
    kmsKeyId: {
      type: "text",
      pattern: /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
      allowed: "the ARN of a KMS key, for example arn:aws:kms:eu-central-1:123456789012:key/1234abcd-…",
      unset: "the account's key for EBS",
      description: "ARN of the KMS key that encrypts the volumes.",
      change: REFUSED,
    },
  },
} as const satisfies MapSetting;

/** The setting `distribution`. */
export const DISTRIBUTION = {
  type: "map",
  platform: "aws",
  description: "Kafka's binary archive for the platform aws; url and sha512 together.",
  change: "**restart, rolled**, when the URL or the SHA-512 differs",
  keys: {
    url: {
      type: "text",
      pattern: /^https?:\/\/[^\s']+$/,
      allowed: "an http or https address that the machines can read",
      unset: "Apache's archive",
      description: "Address of the archive.",
    },
    sha512: {
      type: "text",
      pattern: /^[0-9a-f]{128}$/,
      allowed: "the archive's SHA-512, 128 lower-case hexadecimal digits",
      unset: "the SHA-512 that Apache publishes",
      description: "The archive's SHA-512.",
    },
  },
} as const satisfies MapSetting;
