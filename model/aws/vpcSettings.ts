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
  /** @default perZone */
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

const ZONES =
  "1, 3, 4, 5 or 6 zones (a number or a list of names): with 2, the loss of one could take the ensemble's quorum";
/** AWS: VPCs and subnets are /16 to /28. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const SHORTEST_PREFIX = 16;
/** See {@link SHORTEST_PREFIX}. */
export const LONGEST_PREFIX = 28;

/**
 * Reads `aws.vpc` and `aws.zones`.
 *
 * @param subnet the members' network, in a VPC of the program's own
 * @param bastion whether there will be a bastion
 */
export function readVpc(aws: SettingsReader, subnet: string, bastion: boolean): Vpc {
  const vpc = aws.object("vpc", ["cidr", "publicSubnet", "natGateways", "id", "subnetIds", "bastionSubnetId"]);
  return vpc.has("id") ? readExistingVpc(aws, vpc, bastion) : readOwnVpc(aws, vpc, subnet);
}

function readExistingVpc(aws: SettingsReader, vpc: SettingsReader, bastion: boolean): ExistingVpc {
  for (const key of ["cidr", "publicSubnet", "natGateways"])
    vpc.refuse(key, "nothing: the VPC is there already (vpc.id)");
  aws.refuse("zones", "nothing: the subnets of vpc.subnetIds say the zones");
  if (!bastion) vpc.refuse("bastionSubnetId", "nothing: with access.via direct there is no bastion");
  const subnetIds = vpc.list("subnetIds", "[subnet-0123456789abcdef0]", (id) => formProblem(id, "subnet"));
  if (!isZoneCount(subnetIds.length)) vpc.report("subnetIds", `a list of subnets, one a zone, of ${ZONES}`);
  const bastionSubnetId = vpc.matching("bastionSubnetId", idForm("subnet"), "");
  if (bastion && !vpc.has("bastionSubnetId"))
    vpc.report("bastionSubnetId", "a public subnet of the VPC, for the bastion");
  return {
    kind: "existing",
    id: vpc.matching("id", idForm("vpc"), ""),
    subnetIds,
    ...(bastion && { bastionSubnetId }),
  };
}

function readOwnVpc(aws: SettingsReader, vpc: SettingsReader, subnet: string): OwnVpc {
  for (const key of ["subnetIds", "bastionSubnetId"])
    vpc.refuse(key, "nothing without vpc.id, the VPC that they are in");
  const zones = readZones(aws);
  const count = typeof zones === "number" ? zones : zones.length;
  const parts = 2 ** Math.ceil(Math.log2(count));
  const around = `${toAddress(networkRange(subnet).lowest - (networkRange(subnet).lowest % 65_536))}/16`;
  const cidr = vpc.checked("cidr", around, networkProblem);
  const fallback = splitNetwork(cidr, 2 ** Math.max(0, 24 - prefixLength(cidr))).at(-1) ?? cidr;
  const publicSubnet = vpc.checked("publicSubnet", fallback, networkProblem);
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
    natGateways: vpc.oneOf("natGateways", ["perZone", "single"], "perZone"),
  };
}

function readZones(aws: SettingsReader): number | readonly string[] {
  const names = aws.isList("zones");
  const zones = names ? aws.list("zones", "[eu-central-1a]", zoneProblem) : aws.integer("zones", 1, 6, 1);
  const count = typeof zones === "number" ? zones : zones.length;
  if (isZoneCount(count)) return zones;
  aws.report("zones", ZONES);
  return 1;
}

function isZoneCount(count: number): boolean {
  return count === 1 || (count >= 3 && count <= 6);
}

function zoneProblem(name: string): string | undefined {
  return /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/.test(name) ? undefined : "the name of a zone, for example eu-central-1a";
}

/** The form of the ids of one kind of AWS resource. */
export function idForm(kind: string): { pattern: RegExp; allowed: string } {
  return { pattern: new RegExp(`^${kind}-[0-9a-f]{8,17}$`), allowed: `an id such as ${kind}-0123456789abcdef0` };
}

function formProblem(text: string, kind: string): string | undefined {
  const { pattern, allowed } = idForm(kind);
  return pattern.test(text) ? undefined : allowed;
}

function networkProblem(text: string): string | undefined {
  const right =
    isNetwork(text) &&
    prefixLength(text) >= SHORTEST_PREFIX &&
    prefixLength(text) <= LONGEST_PREFIX &&
    networkKind(text) === "private";
  return right
    ? undefined
    : `a private IPv4 network in CIDR notation with its host bits zero, /${SHORTEST_PREFIX} to /${LONGEST_PREFIX}`;
}

/** Number of zones that the members are spread over. */
export function zoneCount(vpc: Vpc): number {
  if (vpc.kind === "existing") return Math.max(1, vpc.subnetIds.length);
  return typeof vpc.zones === "number" ? vpc.zones : vpc.zones.length;
}
