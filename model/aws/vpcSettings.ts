import {
  contains,
  isNetwork,
  networkKind,
  networkRange,
  overlap,
  prefixLength,
  splitNetwork,
  toAddress,
} from "../render/subnets.ts";
import { AWS, LONGEST_PREFIX, SHORTEST_PREFIX } from "../settings/awsTable.ts";
import type { SettingsReader } from "../settings/settingsReader.ts";

/** Where the members' subnets are. */
export type Vpc = OwnVpc | ExistingVpc;

/** A VPC that the program makes. */
export interface OwnVpc {
  readonly kind: "own";
  readonly cidr: string;
  /** Network of the NAT gateways and the bastion, split over the zones. */
  readonly publicSubnet: string;
  /** Number of zones, or their names. */
  readonly zones: number | readonly string[];
  readonly natGateways: "perZone" | "single";
}

/** A VPC that is there already. */
export interface ExistingVpc {
  readonly kind: "existing";
  readonly id: string;
  /** The members' subnets, one a zone, with a route to the package mirrors and to the distribution. */
  readonly subnetIds: readonly string[];
  /** A public subnet for the bastion; absent without one. */
  readonly bastionSubnetId?: string;
}

type AwsReader = SettingsReader<(typeof AWS)["keys"]>;
type VpcReader = SettingsReader<(typeof AWS)["keys"]["vpc"]["keys"]>;

const ZONES = AWS.keys.zones.allowed;

/**
 * Reads `aws.vpc` and `aws.zones`.
 *
 * @param subnet the members' network, in a VPC of the program's own
 * @param bastion whether there will be a bastion
 */
export function readVpc(aws: AwsReader, subnet: string, bastion: boolean): Vpc {
  const vpc = aws.object("vpc");
  return vpc.has("id") ? readExistingVpc(aws, vpc, bastion) : readOwnVpc(aws, vpc, subnet);
}

function readExistingVpc(aws: AwsReader, vpc: VpcReader, bastion: boolean): ExistingVpc {
  for (const key of ["cidr", "publicSubnet", "natGateways"] as const)
    vpc.refuse(key, "nothing: the VPC is there already (vpc.id)");
  aws.refuse("zones", "nothing: the subnets of vpc.subnetIds say the zones");
  if (!bastion) vpc.refuse("bastionSubnetId", "nothing: with access.via direct there is no bastion");
  const subnetIds = vpc.list("subnetIds");
  if (!isZoneCount(subnetIds.length)) vpc.report("subnetIds", `a list of subnets, one a zone, of ${ZONES}`);
  const bastionSubnetId = vpc.text("bastionSubnetId");
  if (bastion && !vpc.has("bastionSubnetId"))
    vpc.report("bastionSubnetId", "a public subnet of the VPC, for the bastion");
  return {
    kind: "existing",
    id: vpc.text("id"),
    subnetIds,
    ...(bastion && { bastionSubnetId }),
  };
}

function readOwnVpc(aws: AwsReader, vpc: VpcReader, subnet: string): OwnVpc {
  for (const key of ["subnetIds", "bastionSubnetId"] as const)
    vpc.refuse(key, "nothing without vpc.id, the VPC that they are in");
  const zones = readZones(aws);
  const count = typeof zones === "number" ? zones : zones.length;
  const parts = 2 ** Math.ceil(Math.log2(count));
  const around = `${toAddress(networkRange(subnet).lowest - (networkRange(subnet).lowest % 65_536))}/16`;
  const cidr = vpc.text("cidr", networkProblem, around);
  const fallback = splitNetwork(cidr, 2 ** Math.max(0, 24 - prefixLength(cidr))).at(-1) ?? cidr;
  const publicSubnet = vpc.text("publicSubnet", networkProblem, fallback);
  if (!contains(cidr, subnet)) vpc.report("cidr", `a network around subnet, ${subnet}`);
  if (!contains(cidr, publicSubnet)) vpc.report("publicSubnet", `a network in vpc.cidr, ${cidr}`);
  if (overlap(publicSubnet, subnet))
    vpc.report("publicSubnet", `a network that shares no address with subnet, ${subnet}`);
  const room = `a network of at most /${LONGEST_PREFIX - Math.log2(parts)}: it is split into ${parts} parts, none smaller than /${LONGEST_PREFIX}`;
  for (const [network, report] of [
    [subnet, (): void => aws.report("zones", `with subnet ${subnet}, ${room}`)],
    [publicSubnet, (): void => vpc.report("publicSubnet", room)],
  ] as const) {
    if (prefixLength(network) + Math.log2(parts) > LONGEST_PREFIX) report();
  }
  return {
    kind: "own",
    cidr,
    publicSubnet,
    zones,
    natGateways: vpc.oneOf("natGateways"),
  };
}

function readZones(aws: AwsReader): number | readonly string[] {
  const names = aws.isList("zones");
  const zones = names ? aws.list("zones") : aws.integer("zones");
  const count = typeof zones === "number" ? zones : zones.length;
  if (isZoneCount(count)) return zones;
  aws.report("zones", ZONES);
  return 1;
}

function isZoneCount(count: number): boolean {
  return count === 1 || (count >= 3 && count <= 6);
}

function networkProblem(text: string, allowed: string): string | undefined {
  const right =
    isNetwork(text) &&
    prefixLength(text) >= SHORTEST_PREFIX &&
    prefixLength(text) <= LONGEST_PREFIX &&
    networkKind(text) === "private";
  return right ? undefined : allowed;
}

/** Number of zones that the members are spread over. */
export function zoneCount(vpc: Vpc): number {
  if (vpc.kind === "existing") return Math.max(1, vpc.subnetIds.length);
  return typeof vpc.zones === "number" ? vpc.zones : vpc.zones.length;
}
