/** A zone: its name differs from account to account, its id does not. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** What AWS says of an instance type. */
export interface InstanceTypeFacts {
  /** `arm64` or `x86_64`; absent for an older one. */
  readonly architecture?: Architecture;
  readonly memoryMiB: number;
  /** Kinds of placement groups that take it: `spread`, … */
  readonly placements: readonly string[];
  /** Whether it belongs to the Nitro System, where EBS volumes are NVMe devices that bear the volume's id. */
  readonly nitro: boolean;
  /** Names of the zones that offer it. */
  readonly zones: readonly string[];
}

/** Architecture of a machine, in AWS's words. */
export type Architecture = "arm64" | "x86_64";

/** What AWS says of a machine image. */
export interface ImageFacts {
  readonly architecture: string;
  /** `available`, or why it can't be used yet or any more. */
  readonly state: string;
  /** `ebs`, or `instance-store`. */
  readonly rootType: string;
  /** GiB of its root volume: a machine's can't be smaller. */
  readonly rootGiB: number;
  /** Names of the devices that it brings, the root included. */
  readonly devices: readonly string[];
}

/** What AWS says of a KMS key. */
export interface KeyFacts {
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly state: string;
  /** `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, … */
  readonly usage: string;
}

/** What AWS says of a subnet. */
export interface SubnetFacts {
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: Zone;
  /** Addresses that nothing has. */
  readonly free: number;
}

/** AWS's reason for not knowing something. */
export interface Refused {
  readonly refused: string;
}

/** What AWS was asked about the region that a cluster is to be in. */
export interface AwsFacts {
  readonly region: string;
  /** The available zones, sorted by name; no local ones. */
  readonly zones: readonly Zone[];
  /** By name: every type that the settings name. */
  readonly instanceTypes: Readonly<Record<string, InstanceTypeFacts | Refused>>;
  /** By id: every image that the settings name or that the last deployment has pinned. */
  readonly images: Readonly<Record<string, ImageFacts | Refused>>;
  /** The KMS key that the settings name; absent without one. */
  readonly key?: KeyFacts | Refused;
  /** Rules that a security group takes; absent where the default is enough and the account's own was not asked for. */
  readonly rulesQuota?: number | Refused;
  /** By id: every subnet that the settings name. */
  readonly subnets: Readonly<Record<string, SubnetFacts | Refused>>;
}
