import { type BrokerPlan, hostsBroker, type NodePlan } from "./node.ts";
import { type AddressRange, type MemberSubnet, networkRange, toAddress, toNumber } from "./subnets.ts";

/** Where the ZooKeeper servers run. */
export type Placement = "colocated" | "dedicated";

/** How many members a cluster has, and of which kind. */
export interface Topology {
  readonly brokerCount: number;
  readonly zookeeper: { readonly placement: Placement; readonly count: number };
}

/** Number of servers that have a machine of their own. */
function dedicatedServers({ zookeeper }: Topology): number {
  return zookeeper.placement === "dedicated" ? zookeeper.count : 0;
}

/** Number of machines that a topology needs. */
export function machineCount(topology: Topology): number {
  return topology.brokerCount + dedicatedServers(topology);
}

/**
 * Plans the members, spread over the subnets in turn: brokers `kafka-1`… upwards from each subnet's first address;
 * ZooKeeper servers on the first brokers' machines, or `zookeeper-1`… downwards from each subnet's last usable address,
 * so that either side can grow without moving the other. Ids start at 1.
 *
 * @param subnets at least one
 */
export function planMembers(topology: Topology, subnets: readonly MemberSubnet[]): NodePlan[] {
  const { brokerCount, zookeeper } = topology;
  const place = (index: number, address: (subnet: MemberSubnet, row: number) => number): Pick<NodePlan, "address"> => {
    const subnet = subnets[index % subnets.length];
    if (!subnet) throw new Error("a cluster needs a subnet");
    const row = Math.floor(index / subnets.length);
    return { address: toAddress(address(subnet, row)), ...(subnet.rack !== undefined && { rack: subnet.rack }) };
  };
  const brokers = Array.from({ length: brokerCount }, (_, index) => ({
    name: `kafka-${index + 1}`,
    ...place(index, (subnet, row) => toNumber(subnet.firstAddress) + row),
    brokerId: index + 1,
    ...(zookeeper.placement === "colocated" && index < zookeeper.count && { zookeeperId: index + 1 }),
  }));
  const servers = Array.from({ length: dedicatedServers(topology) }, (_, index) => ({
    name: `zookeeper-${index + 1}`,
    ...place(index, (subnet, row) => networkRange(subnet.cidr).highest - 1 - row),
    zookeeperId: index + 1,
  }));
  return [...servers, ...brokers];
}

/** The plans of the members that host brokers, in the order of all plans. */
export function brokerPlans(plans: readonly NodePlan[]): BrokerPlan[] {
  return plans.filter(hostsBroker);
}

/** The most members that one of the subnets has to have room for. */
export function membersPerSubnet(topology: Topology, subnets: number): number {
  return Math.ceil(topology.brokerCount / subnets) + Math.ceil(dedicatedServers(topology) / subnets);
}

/**
 * What is wrong with a subnet's addresses.
 *
 * @param range the addresses that members may have
 * @param members how many of them there will be in the subnet
 * @returns the setting that is wrong and what is allowed
 */
export function addressProblem(
  { cidr, firstAddress }: MemberSubnet,
  range: AddressRange,
  members: number,
): { key: "firstAddress" | "subnet"; allowed: string } | undefined {
  const first = toNumber(firstAddress);
  if (first < range.lowest || first > range.highest) {
    const allowed = `an address of ${cidr} from ${toAddress(range.lowest)} to ${toAddress(range.highest)}`;
    return { key: "firstAddress", allowed };
  }
  if (first + members - 1 <= range.highest) return undefined;
  const allowed = `a subnet with ${members} addresses from firstAddress (${firstAddress}) on; it has ${range.highest - first + 1}`;
  return { key: "subnet", allowed };
}
