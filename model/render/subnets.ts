import ipaddr from "ipaddr.js";

/** A subnet that members live in. */
export interface MemberSubnet {
  /** IPv4 network in CIDR notation. */
  readonly cidr: string;
  /** Address of the first broker in it; its other brokers follow. */
  readonly firstAddress: string;
  /** What broker.rack says of its machines; absent where a platform has no zones. */
  readonly rack?: string;
}

/** The addresses of a subnet that members may have, as numbers, both included. */
export interface AddressRange {
  readonly lowest: number;
  readonly highest: number;
}

/** An IPv4 address as an unsigned 32-bit number. */
export function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((number, byte) => number * 256 + byte, 0);
}

/** The IPv4 address of an unsigned 32-bit number. */
export function toAddress(number: number): string {
  return new ipaddr.IPv4([24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256)).toString();
}

/** First and last address of a network, its own and its broadcast address included. */
export function networkRange(cidr: string): AddressRange {
  return {
    lowest: toNumber(ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()),
    highest: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString()),
  };
}

/**
 * The addresses that members may have.
 *
 * @param reserved addresses at the start that are not theirs, the network's own included; the broadcast address is
 *   not theirs either
 */
export function memberRange(cidr: string, reserved: number): AddressRange {
  const { lowest, highest } = networkRange(cidr);
  return { lowest: lowest + reserved, highest: highest - 1 };
}

/** Whether all addresses of one network are in another. */
export function contains(outer: string, inner: string): boolean {
  const [around, within] = [networkRange(outer), networkRange(inner)];
  return around.lowest <= within.lowest && within.highest <= around.highest;
}

/** Whether two networks share an address. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [networkRange(one), networkRange(other)];
  return a.lowest <= b.highest && b.lowest <= a.highest;
}

/** Number of bits of a network's prefix: 24 for `10.0.0.0/24`. */
export function prefixLength(cidr: string): number {
  return ipaddr.IPv4.parseCIDR(cidr)[1];
}

/** The first `count` of the equal parts, a power of two of them, that a network has room for. */
export function splitNetwork(cidr: string, count: number): string[] {
  const bits = Math.ceil(Math.log2(count));
  const { lowest, highest } = networkRange(cidr);
  const size = (highest + 1 - lowest) / 2 ** bits;
  return Array.from(
    { length: count },
    (_, index) => `${toAddress(lowest + index * size)}/${prefixLength(cidr) + bits}`,
  );
}

/** Whether a text is an IPv4 network in CIDR notation with its host bits zero. */
export function isNetwork(text: string): boolean {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return false;
  const [address] = ipaddr.IPv4.parseCIDR(text);
  return ipaddr.IPv4.networkAddressFromCIDR(text).toString() === address.toString();
}

/** What kind of addresses a network has, in the words of ipaddr.js: `private`, `unicast` (public), `reserved`, … */
export function networkKind(cidr: string): string {
  return ipaddr.IPv4.parseCIDR(cidr)[0].range();
}
