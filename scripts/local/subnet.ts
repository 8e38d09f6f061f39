import ipaddr from "ipaddr.js";

/** What this module needs of `ip -json address`. */
export interface LinkAddresses {
  readonly ifname: string;
  readonly addr_info: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

/** What this module needs of `ip -json route`. */
export interface Route {
  readonly dst: string;
  readonly dev?: string;
}

/** A network of the computer that a subnet would hide. */
export interface Conflict {
  readonly network: string;
  readonly interface: string;
}

/**
 * Routes wider than this many bits stand for "everything else" (the default route, and the halves that a VPN sets in
 * its place); a subnet inside them is free.
 */
const WIDEST_NETWORK = 8;

type Network = readonly [ipaddr.IPv4, number];

function parse(cidr: string): Network {
  return ipaddr.IPv4.parseCIDR(cidr.includes("/") ? cidr : `${cidr}/32`);
}

function overlap([a, aBits]: Network, [b, bBits]: Network): boolean {
  return a.match(b, Math.min(aBits, bBits));
}

/** The gateway's address with the subnet's length, as a bridge wants it: the first host, `10.0.0.1/24`. */
export function gateway(subnet: string): string {
  const [, bits] = parse(subnet);
  const octets = ipaddr.IPv4.networkAddressFromCIDR(subnet).octets;
  return `${[...octets.slice(0, 3), (octets[3] ?? 0) + 1].join(".")}/${bits}`;
}

/**
 * The first network of the computer that overlaps a subnet.
 *
 * @param ownBridge interface that is not counted: the bridge that serves the subnet
 */
export function findConflict(
  subnet: string,
  links: readonly LinkAddresses[],
  routes: readonly Route[],
  ownBridge: string,
): Conflict | undefined {
  const wanted = parse(subnet);
  const addresses = links.flatMap((link) =>
    link.addr_info
      .filter((address) => address.family === "inet")
      .map((address) => ({ network: `${address.local}/${address.prefixlen}`, interface: link.ifname })),
  );
  const routed = routes
    .filter((route) => ipaddr.IPv4.isIPv4(route.dst.split("/")[0] ?? ""))
    .map((route) => ({ network: route.dst, interface: route.dev ?? "a route" }));
  return [...addresses, ...routed].find((taken) => {
    const network = parse(taken.network);
    return taken.interface !== ownBridge && network[1] >= WIDEST_NETWORK && overlap(wanted, network);
  });
}
