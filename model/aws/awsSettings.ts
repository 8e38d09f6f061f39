import { isNetwork, networkKind, prefixLength } from "../render/subnets.ts";
import { type AWS, AWS_MACHINE } from "../settings/awsTable.ts";
import type { SettingsReader } from "../settings/settingsReader.ts";
import type { SettingsTable } from "../settings/settingsTable.ts";
import { type Vpc, readVpc } from "./vpcSettings.ts";

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
    /** How the deployer gets to the members, and from where. */
    readonly access: {
      readonly via: "bastion" | "direct";
      /** IPv4 networks that may connect to port 22 of the bastion; of the members, when there is none. */
      readonly sshFrom: readonly string[];
      /** EC2 instance type of the bastion. */
      readonly bastionInstanceType: string;
      /** Which of the zones the bastion is in, from 1. */
      readonly bastionZone: number;
      /** Machine image of the bastion, of its type's architecture. @default the members' at its making, then pinned */
      readonly bastionImage?: string;
    };
    /** IPv4 networks whose clients may connect to the brokers. */
    readonly clientsFrom: readonly string[];
    /** Machine images by architecture (`arm64`, `x86_64`), instead of the newest Debian 12 or the pinned one. */
    readonly images: Readonly<Record<string, string>>;
    /** Whether data volumes and network interfaces are protected, and kept when the stack forgets them. */
    readonly protect: boolean;
    /** ARN of the KMS key that encrypts the volumes. @default the account's key for EBS */
    readonly kmsKeyId?: string;
  };
  /** Kafka's binary archive. @default Apache's archive with the SHA-512 that Apache publishes */
  readonly distribution?: { readonly url: string; readonly sha512: string };
}

/** Instance type and data volume of a machine. */
export interface MachineSize {
  /** EC2 instance type. */
  readonly instanceType: string;
  readonly volume: DataVolumeSize;
}

/** A gp3 volume. */
export interface DataVolumeSize {
  /** GiB. */
  readonly sizeGiB: number;
  readonly iops: number;
  /** MiB/s. */
  readonly throughput: number;
}

/** Reads what only the AWS platform is told, and refuses what only others are. */
export function readAwsSettings(top: SettingsReader<SettingsTable>, subnet: string, dedicated: boolean): AwsSettings {
  const aws = top.object("aws");
  const machine = top.object("machine", AWS_MACHINE);
  if (!dedicated)
    machine.refuse(
      "zookeeper",
      "nothing: with zookeeper.placement colocated, the servers run on the brokers' machines",
    );
  const images = aws.object("images");
  const imageOf = (architecture: "arm64" | "x86_64"): Record<string, string> => {
    const image = images.text(architecture);
    return image === "" ? {} : { [architecture]: image };
  };
  const kmsKeyId = aws.text("kmsKeyId");
  const access = readAccess(aws);
  return {
    platform: "aws",
    machine: {
      broker: readSize(machine.object("broker")),
      zookeeper: readSize(machine.object("zookeeper")),
    },
    aws: {
      vpc: readVpc(aws, subnet, access.via === "bastion"),
      access,
      clientsFrom: aws.list("clientsFrom", ingressProblem),
      images: { ...imageOf("arm64"), ...imageOf("x86_64") },
      protect: aws.flag("protect"),
      ...(kmsKeyId !== "" && { kmsKeyId }),
    },
    ...readDistribution(top),
  };
}

/** What a gp3 volume may have beside its size, see {@link AWS_MACHINE}; throughput in MiB/s for each operation a second. */
const GP3 = { iopsPerGiB: 500, throughputPerIops: 0.25 };

/** What is told of machines of either kind. */
type SizeTable = (typeof AWS_MACHINE)["broker" | "zookeeper"]["keys"];

function readSize(size: SettingsReader<SizeTable>): MachineSize {
  const volume = size.object("volume");
  const read = {
    sizeGiB: volume.integer("sizeGiB"),
    iops: volume.integer("iops"),
    throughput: volume.integer("throughput"),
  };
  const most = Math.max(AWS_MACHINE.broker.keys.volume.keys.iops.min, GP3.iopsPerGiB * read.sizeGiB);
  if (read.iops > most) volume.report("iops", `at most ${most}: ${GP3.iopsPerGiB} for each of its ${read.sizeGiB} GiB`);
  const fastest = Math.floor(read.iops * GP3.throughputPerIops);
  if (read.throughput > fastest) volume.report("throughput", `at most ${fastest} MiB/s, a quarter of iops`);
  return { instanceType: size.text("instanceType"), volume: read };
}

function readAccess(aws: SettingsReader<(typeof AWS)["keys"]>): AwsSettings["aws"]["access"] {
  const access = aws.object("access");
  const via = access.oneOf("via");
  if (via === "direct") {
    for (const key of ["bastionInstanceType", "bastionZone", "bastionImage"] as const) {
      access.refuse(key, "nothing: with access.via direct there is no bastion");
    }
  }
  access.demand();
  const bastionImage = access.text("bastionImage");
  return {
    via,
    ...(bastionImage !== "" && { bastionImage }),
    sshFrom: access.list("sshFrom", ingressProblem),
    bastionInstanceType: access.text("bastionInstanceType"),
    bastionZone: access.integer("bastionZone"),
  };
}

function readDistribution(top: SettingsReader<SettingsTable>): Pick<AwsSettings, "distribution"> {
  const distribution = top.object("distribution");
  const url = distribution.text("url");
  const sha512 = distribution.text("sha512");
  if (!distribution.has("url") && !distribution.has("sha512")) return {};
  for (const key of ["url", "sha512"] as const) {
    if (!distribution.has(key)) distribution.report(key, "url and sha512 together: the archive is always checked");
  }
  return { distribution: { url, sha512 } };
}

/** The kinds of networks that connections come from, in the words of ipaddr.js; `carrierGradeNat` is what VPNs use, too. */
const INGRESS_KINDS = ["unicast", "private", "carrierGradeNat"];

/** Nothing is opened to the world, nor to a network that nobody connects from, such as one of documentation's. */
function ingressProblem(text: string, allowed: string): string | undefined {
  if (!isNetwork(text) || prefixLength(text) < 8) return allowed;
  const kind = networkKind(text);
  if (INGRESS_KINDS.includes(kind)) return undefined;
  return `${allowed}; nobody connects from this one (${kind === "reserved" ? "reserved, as documentation's are" : kind})`;
}
