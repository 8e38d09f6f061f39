import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planMembers } from "../../../model/render/members.ts";
import { contains, isNetwork, networkRange, overlap, splitNetwork } from "../../../model/render/subnets.ts";

test("a network is split into equal parts, as many as are asked for", () => {
  assert.deepEqual(splitNetwork("10.0.0.0/24", 1), ["10.0.0.0/24"]);
  assert.deepEqual(splitNetwork("10.30.0.0/22", 3), ["10.30.0.0/24", "10.30.1.0/24", "10.30.2.0/24"]);
  assert.deepEqual(splitNetwork("192.168.255.0/24", 6).at(-1), "192.168.255.160/27");
});

const network = fc
  .record({ number: fc.integer({ min: 0, max: 2 ** 24 - 1 }), prefix: fc.integer({ min: 16, max: 26 }) })
  .map(({ number, prefix }) => {
    const bits = [10, number >> 16, (number >> 8) & 255, number & 255];
    const address = bits.reduce((sum, byte) => sum * 256 + byte, 0);
    const size = 2 ** (32 - prefix);
    const start = address - (address % size);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join(".")}/${prefix}`;
  });

test("the parts of a network are networks in it that share no address", () => {
  fc.assert(
    fc.property(network, fc.integer({ min: 1, max: 6 }), (whole, count) => {
      const parts = splitNetwork(whole, count);
      assert.equal(parts.length, count);
      for (const [index, part] of parts.entries()) {
        assert.ok(isNetwork(part), part);
        assert.ok(contains(whole, part));
        for (const other of parts.slice(index + 1)) assert.ok(!overlap(part, other));
      }
    }),
  );
});

test("to share an address is what two ranges of numbers say", () => {
  fc.assert(
    fc.property(network, network, (one, other) => {
      const [a, b] = [networkRange(one), networkRange(other)];
      const shares = Math.max(a.lowest, b.lowest) <= Math.min(a.highest, b.highest);
      assert.equal(overlap(one, other), shares);
      assert.equal(overlap(other, one), shares);
      if (contains(one, other)) assert.ok(overlap(one, other));
    }),
  );
});

test("members are spread over several subnets in turn, each with its rack", () => {
  const subnets = [1, 2, 3].map((zone) => ({
    cidr: `10.30.${zone}.0/24`,
    firstAddress: `10.30.${zone}.10`,
    rack: `az${zone}`,
  }));
  const members = planMembers({ brokerCount: 4, zookeeper: { placement: "dedicated", count: 3 } }, subnets);
  assert.deepEqual(members, [
    { name: "zookeeper-1", address: "10.30.1.254", rack: "az1", zookeeperId: 1 },
    { name: "zookeeper-2", address: "10.30.2.254", rack: "az2", zookeeperId: 2 },
    { name: "zookeeper-3", address: "10.30.3.254", rack: "az3", zookeeperId: 3 },
    { name: "kafka-1", address: "10.30.1.10", rack: "az1", brokerId: 1 },
    { name: "kafka-2", address: "10.30.2.10", rack: "az2", brokerId: 2 },
    { name: "kafka-3", address: "10.30.3.10", rack: "az3", brokerId: 3 },
    { name: "kafka-4", address: "10.30.1.11", rack: "az1", brokerId: 4 },
  ]);
});
