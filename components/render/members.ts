import ipaddr from "ipaddr.js";
import type { NodePlan } from "./node.ts";

/** Where the ZooKeeper servers run. */
export type Placement = "colocated" | "dedicated";

/** What the members of a cluster are derived from. */
export interface Topology {
  readonly brokerCount: number;
  readonly zookeeper: { readonly placement: Placement; readonly count: number };
  /** IPv4 subnet in CIDR notation. */
  readonly subnet: string;
  /** Address of the first broker; the others follow it. */
  readonly firstAddress: string;
}

/** Number of machines that a topology needs. */
export function machineCount(topology: Pick<Topology, "brokerCount" | "zookeeper">): number {
  return topology.brokerCount + (topology.zookeeper.placement === "dedicated" ? topology.zookeeper.count : 0);
}

/**
 * Plans the members: brokers `kafka-1`… upwards from the first address; ZooKeeper servers on the first brokers'
 * machines, or `zookeeper-1`… downwards from the subnet's last usable address, so that either side can grow without
 * moving the other. Ids start at 1.
 */
export function planMembers(topology: Topology): NodePlan[] {
  const { brokerCount, zookeeper } = topology;
  const first = toNumber(topology.firstAddress);
  const brokers = Array.from({ length: brokerCount }, (_, index) => ({
    name: `kafka-${index + 1}`,
    address: toAddress(first + index),
    brokerId: index + 1,
    ...(zookeeper.placement === "colocated" && index < zookeeper.count && { zookeeperId: index + 1 }),
  }));
  if (zookeeper.placement === "colocated") return brokers;
  const last = toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(topology.subnet).toString()) - 1;
  const servers = Array.from({ length: zookeeper.count }, (_, index) => ({
    name: `zookeeper-${index + 1}`,
    address: toAddress(last - index),
    zookeeperId: index + 1,
  }));
  return [...servers, ...brokers];
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
