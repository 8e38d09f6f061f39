import ipaddr from "ipaddr.js";
import { networkRange, overlap, prefixLength, toAddress } from "../../model/render/subnets.ts";

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

/** A host's route is a network of one address. */
function asNetwork(destination: string): string {
  return destination.includes("/") ? destination : `${destination}/32`;
}

/** The gateway's address with the subnet's length, as a bridge wants it: the first host, `10.0.0.1/24`. */
export function gateway(subnet: string): string {
  return `${toAddress(networkRange(subnet).lowest + 1)}/${prefixLength(subnet)}`;
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
  const addresses = links.flatMap((link) =>
    link.addr_info
      .filter((address) => address.family === "inet")
      .map((address) => ({ network: `${address.local}/${address.prefixlen}`, interface: link.ifname })),
  );
  const routed = routes
    .filter((route) => ipaddr.IPv4.isIPv4(route.dst.split("/")[0] ?? ""))
    .map((route) => ({ network: route.dst, interface: route.dev ?? "a route" }));
  return [...addresses, ...routed].find((taken) => {
    const network = asNetwork(taken.network);
    return taken.interface !== ownBridge && prefixLength(network) >= WIDEST_NETWORK && overlap(subnet, network);
  });
}
