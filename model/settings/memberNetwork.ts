import type { Problem } from "../kafka/problem.ts";
import { mebibytes } from "./memorySize.ts";
import { addressProblem, membersPerSubnet } from "../render/members.ts";
import { memberRange, type MemberSubnet, networkRange, toAddress } from "../render/subnets.ts";
import type { CommonSettings } from "./settings.ts";

/** MiB that the heaps of the services on a machine of that kind take. */
export function heapsOf(settings: CommonSettings, kind: "broker" | "zookeeper"): number {
  const { heap, zookeeper } = settings;
  if (kind === "zookeeper") return mebibytes(heap.zookeeper);
  return mebibytes(heap.broker) + (zookeeper.placement === "colocated" ? mebibytes(heap.zookeeper) : 0);
}

/**
 * The problem of a machine whose memory the heaps don't fit in.
 *
 * @param size the machine's size as it was set; for the local platform its memory
 * @param memory MiB that it has. @default what `size` says
 */
export function memoryProblem(key: string, size: string, heaps: number, memory = mebibytes(size)): Problem[] {
  if (heaps <= memory) return [];
  const has = memory === mebibytes(size) ? "" : ` (it has ${memory}MiB)`;
  const allowed = `at least the heaps of the services on a machine, ${heaps}MiB, and room for the page cache above that${has}`;
  return [{ key, value: size, allowed }];
}

/**
 * The members' subnets; each counts from its tenth address, where nothing else is said.
 *
 * @param racks what broker.rack says in each, where there are zones
 */
export function memberSubnets(
  cidrs: readonly string[],
  firstAddress?: string,
  racks?: readonly string[],
): MemberSubnet[] {
  return cidrs.map((cidr, index) => {
    const rack = racks?.[index];
    return {
      cidr,
      firstAddress: firstAddress ?? toAddress(networkRange(cidr).lowest + 10),
      ...(rack !== undefined && { rack }),
    };
  });
}

/**
 * What is wrong with the members' addresses.
 *
 * @param reserved addresses at each subnet's start that members can't have
 */
export function subnetAddressProblems(
  settings: CommonSettings,
  subnets: readonly MemberSubnet[],
  reserved: number,
): Problem[] {
  for (const subnet of subnets) {
    const members = membersPerSubnet(settings, subnets.length);
    const problem = addressProblem(subnet, memberRange(subnet.cidr, reserved), members);
    if (problem) {
      const value = problem.key === "subnet" ? subnet.cidr : subnet.firstAddress;
      return [{ ...problem, value }];
    }
  }
  return [];
}
