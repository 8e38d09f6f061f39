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
  /** Whether it belongs to the Nitro System, where EBS volumes are NVMe devices that bear the volume's id. */
  readonly nitro: boolean;
  /** Names of the zones that offer it. */
  readonly zones: readonly string[];
}

/** Architecture of a machine, in AWS's words. */
export type Architecture = "arm64" | "x86_64";

/** What AWS says of a subnet. */
export interface SubnetFacts {
  readonly vpcId: string;
  readonly cidr: string;
  readonly zone: Zone;
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
  /** Architecture of each image that the settings name, by id. */
  readonly images: Readonly<Record<string, string | Refused>>;
  /** By id: every subnet that the settings name. */
  readonly subnets: Readonly<Record<string, SubnetFacts | Refused>>;
}
