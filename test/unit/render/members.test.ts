import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { brokerPlans, planMembers } from "../../../model/render/members.ts";
import { toAddress, toNumber } from "../../../model/render/subnets.ts";

const topology = fc.record({
  brokerCount: fc.integer({ min: 1, max: 99 }),
  placement: fc.constantFrom("colocated" as const, "dedicated" as const),
  count: fc.constantFrom(1, 3, 5),
  subnet: fc.constantFrom("10.0.0.0/24", "172.16.4.0/24", "192.168.0.0/16"),
});

function plan({ brokerCount, placement, count, subnet }: typeof sample) {
  const firstAddress = toAddress(toNumber(subnet.split("/")[0] ?? "") + 18);
  return planMembers({ brokerCount, zookeeper: { placement, count } }, [{ cidr: subnet, firstAddress }]);
}
const sample = { brokerCount: 3, placement: "colocated" as "colocated" | "dedicated", count: 3, subnet: "10.0.0.0/24" };

test("the note's cluster: three machines, each a broker and a ZooKeeper server", () => {
  assert.deepEqual(plan(sample), [
    { name: "kafka-1", address: "10.0.0.18", brokerId: 1, zookeeperId: 1 },
    { name: "kafka-2", address: "10.0.0.19", brokerId: 2, zookeeperId: 2 },
    { name: "kafka-3", address: "10.0.0.20", brokerId: 3, zookeeperId: 3 },
  ]);
});

test("an ensemble of its own takes the subnet's last addresses, downwards", () => {
  const members = plan({ ...sample, brokerCount: 1, placement: "dedicated" });
  assert.deepEqual(members, [
    { name: "zookeeper-1", address: "10.0.0.254", zookeeperId: 1 },
    { name: "zookeeper-2", address: "10.0.0.253", zookeeperId: 2 },
    { name: "zookeeper-3", address: "10.0.0.252", zookeeperId: 3 },
    { name: "kafka-1", address: "10.0.0.18", brokerId: 1 },
  ]);
  assert.deepEqual(brokerPlans(members), members.slice(3));
});

test("names, addresses and ids are unique, and every service has its machine", () => {
  fc.assert(
    fc.property(topology, (shape) => {
      fc.pre(shape.placement === "dedicated" || shape.count <= shape.brokerCount);
      const members = plan(shape);
      for (const key of ["name", "address"] as const) {
        assert.equal(new Set(members.map((member) => member[key])).size, members.length);
      }
      const brokers = members.flatMap((member) => member.brokerId ?? []);
      const servers = members.flatMap((member) => member.zookeeperId ?? []);
      assert.deepEqual(
        brokers,
        Array.from({ length: shape.brokerCount }, (_, index) => index + 1),
      );
      assert.deepEqual(
        servers,
        Array.from({ length: shape.count }, (_, index) => index + 1),
      );
    }),
  );
});

test("a cluster that grows leaves every member that it had as it was", () => {
  fc.assert(
    fc.property(topology, (shape) => {
      fc.pre(shape.brokerCount > shape.count);
      const after = plan(shape);
      const before = plan({ ...shape, brokerCount: shape.brokerCount - 1 });
      for (const member of before) {
        assert.deepEqual(
          after.find((candidate) => candidate.name === member.name),
          member,
        );
      }
    }),
  );
});

test("an address survives the way through its number", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(toAddress(toNumber(address)), address);
    }),
  );
});
