import { isNetwork, networkKind, prefixLength } from "../render/subnets.ts";
import type { SettingsReader } from "../settings/settingsReader.ts";
import { idForm, type Vpc, readVpc } from "./vpcSettings.ts";

/** What only the AWS platform is told. */
export interface AwsSettings {
  readonly platform: "aws";
  readonly machine: {
    /** Machines with a broker. */
    readonly broker: MachineSize;
    /** Machines with a ZooKeeper server alone. */
    readonly zookeeper: MachineSize;
  };
  readonly aws: {
    readonly vpc: Vpc;
    /** How the deployer gets to the members, and from where. @default via bastion */
    readonly access: {
      readonly via: "bastion" | "direct";
      /** IPv4 networks that may connect to port 22 of the bastion; of the members, when there is none. */
      readonly sshFrom: readonly string[];
      /** EC2 instance type of the bastion. @default t4g.nano */
      readonly bastionInstanceType: string;
      /** Which of the zones the bastion is in, from 1. @default 1 */
      readonly bastionZone: number;
      /** Machine image of the bastion, of its type's architecture. @default the members' at its making, then pinned */
      readonly bastionImage?: string;
    };
    /** IPv4 networks whose clients may connect to the brokers. @default none */
    readonly clientsFrom: readonly string[];
    /** Machine images by architecture (`arm64`, `x86_64`), instead of the newest Debian 12 or the pinned one. */
    readonly images: Readonly<Record<string, string>>;
    /** Whether data volumes and network interfaces are protected, and kept when the stack forgets them. @default true */
    readonly protect: boolean;
    /** ARN of the KMS key that encrypts the volumes. @default the account's key for EBS */
    readonly kmsKeyId?: string;
  };
  /** Kafka's binary archive. @default Apache's archive with the SHA-512 that Apache publishes */
  readonly distribution?: { readonly url: string; readonly sha512: string };
}

/** Instance type and data volume of a machine. */
export interface MachineSize {
  /** EC2 instance type. @default m7g.large, t4g.small for a ZooKeeper server alone */
  readonly instanceType: string;
  readonly volume: DataVolumeSize;
}

/** A gp3 volume. */
export interface DataVolumeSize {
  /** GiB. @default 100, 20 for a ZooKeeper server alone */
  readonly sizeGiB: number;
  /** @default 3000 */
  readonly iops: number;
  /** MiB/s. @default 125 */
  readonly throughput: number;
}

const INSTANCE_TYPE = {
  pattern: /^[a-z][a-z0-9-]*\.[a-z0-9-]+$/,
  allowed: "an EC2 instance type, for example m7g.large",
};
const KMS_KEY = {
  pattern: /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
  allowed: "the ARN of a KMS key, for example arn:aws:kms:eu-central-1:123456789012:key/1234abcd-…",
};
const DISTRIBUTION_URL = {
  pattern: /^https?:\/\/[^\s']+$/,
  allowed: "an http or https address that the machines can read",
};
const SHA512 = { pattern: /^[0-9a-f]{128}$/, allowed: "the archive's SHA-512, 128 lower-case hexadecimal digits" };

/** Reads what only the AWS platform is told, and refuses what only others are. */
export function readAwsSettings(top: SettingsReader, subnet: string, dedicated: boolean): AwsSettings {
  const aws = top.object("aws", ["zones", "vpc", "access", "clientsFrom", "images", "protect", "kmsKeyId"]);
  const machine = top.object("machine", ["broker", "zookeeper"]);
  if (!dedicated)
    machine.refuse(
      "zookeeper",
      "nothing: with zookeeper.placement colocated, the servers run on the brokers' machines",
    );
  const images = aws.object("images", ["arm64", "x86_64"]);
  const imageOf = (architecture: string): Record<string, string> => {
    const image = images.matching(architecture, idForm("ami"), "");
    return image === "" ? {} : { [architecture]: image };
  };
  const kmsKeyId = aws.matching("kmsKeyId", KMS_KEY, "");
  const access = readAccess(aws);
  return {
    platform: "aws",
    machine: {
      broker: readSize(machine.object("broker", ["instanceType", "volume"]), "m7g.large", 100),
      zookeeper: readSize(machine.object("zookeeper", ["instanceType", "volume"]), "t4g.small", 20),
    },
    aws: {
      vpc: readVpc(aws, subnet, access.via === "bastion"),
      access,
      clientsFrom: aws.list("clientsFrom", "[10.0.0.0/16]", ingressProblem),
      images: { ...imageOf("arm64"), ...imageOf("x86_64") },
      protect: aws.flag("protect", true),
      ...(kmsKeyId !== "" && { kmsKeyId }),
    },
    ...readDistribution(top),
  };
}

/**
 * Bounds of gp3 since September 2025: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html. Some regions
 * and Outposts have the former ones, 16 TiB, 16,000 IOPS and 1,000 MiB/s: there EC2 refuses what is above them.
 */
export const GP3 = {
  sizeGiB: { min: 1, max: 65_536 },
  iops: { min: 3_000, max: 80_000, perGiB: 500 },
  /** MiB/s; `perIops` for each provisioned IOPS. */
  throughput: { min: 125, max: 2_000, perIops: 0.25 },
} as const;

function readSize(size: SettingsReader, instanceType: string, sizeGiB: number): MachineSize {
  const volume = size.object("volume", ["sizeGiB", "iops", "throughput"]);
  const read = {
    sizeGiB: volume.integer("sizeGiB", GP3.sizeGiB.min, GP3.sizeGiB.max, sizeGiB),
    iops: volume.integer("iops", GP3.iops.min, GP3.iops.max, GP3.iops.min),
    throughput: volume.integer("throughput", GP3.throughput.min, GP3.throughput.max, GP3.throughput.min),
  };
  const most = Math.max(GP3.iops.min, GP3.iops.perGiB * read.sizeGiB);
  if (read.iops > most)
    volume.report("iops", `at most ${most}: ${GP3.iops.perGiB} for each of its ${read.sizeGiB} GiB`);
  const fastest = Math.floor(read.iops * GP3.throughput.perIops);
  if (read.throughput > fastest) volume.report("throughput", `at most ${fastest} MiB/s, a quarter of iops`);
  return { instanceType: size.matching("instanceType", INSTANCE_TYPE, instanceType), volume: read };
}

function readAccess(aws: SettingsReader): AwsSettings["aws"]["access"] {
  const access = aws.object("access", ["via", "sshFrom", "bastionInstanceType", "bastionZone", "bastionImage"]);
  const via = access.oneOf("via", ["bastion", "direct"], "bastion");
  if (via === "direct") {
    for (const key of ["bastionInstanceType", "bastionZone", "bastionImage"]) {
      access.refuse(key, "nothing: with access.via direct there is no bastion");
    }
  }
  if (!access.has("sshFrom")) {
    access.report("sshFrom", "a list of the IPv4 networks that you deploy from, for example [your public address/32]");
  }
  const bastionImage = access.matching("bastionImage", idForm("ami"), "");
  return {
    via,
    ...(bastionImage !== "" && { bastionImage }),
    sshFrom: access.list("sshFrom", "[your public address/32]", ingressProblem),
    bastionInstanceType: access.matching("bastionInstanceType", INSTANCE_TYPE, "t4g.nano"),
    bastionZone: access.integer("bastionZone", 1, 6, 1),
  };
}

function readDistribution(top: SettingsReader): Pick<AwsSettings, "distribution"> {
  const distribution = top.object("distribution", ["url", "sha512"]);
  const url = distribution.matching("url", DISTRIBUTION_URL, "");
  const sha512 = distribution.matching("sha512", SHA512, "");
  if (!distribution.has("url") && !distribution.has("sha512")) return {};
  for (const key of ["url", "sha512"]) {
    if (!distribution.has(key)) distribution.report(key, "url and sha512 together: the archive is always checked");
  }
  return { distribution: { url, sha512 } };
}

/** The kinds of networks that connections come from, in the words of ipaddr.js; `carrierGradeNat` is what VPNs use, too. */
const INGRESS_KINDS = ["unicast", "private", "carrierGradeNat"];

/** Nothing is opened to the world, nor to a network that nobody connects from, such as one of documentation's. */
function ingressProblem(text: string): string | undefined {
  const allowed = "an IPv4 network in CIDR notation with its host bits zero, /8 to /32, for example 10.0.0.0/16";
  if (!isNetwork(text) || prefixLength(text) < 8) return allowed;
  const kind = networkKind(text);
  if (INGRESS_KINDS.includes(kind)) return undefined;
  return `${allowed}; nobody connects from this one (${kind === "reserved" ? "reserved, as documentation's are" : kind})`;
}
