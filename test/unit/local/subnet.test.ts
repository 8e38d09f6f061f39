import assert from "node:assert/strict";
import { test } from "node:test";
import { findConflict, gateway } from "../../../scripts/local/subnet.ts";

const LINKS = [
  { ifname: "lo", addr_info: [{ family: "inet", local: "127.0.0.1", prefixlen: 8 }] },
  {
    ifname: "eth0",
    addr_info: [
      { family: "inet", local: "192.168.7.20", prefixlen: 24 },
      { family: "inet6", local: "fe80::1", prefixlen: 64 },
    ],
  },
  { ifname: "kc-dev", addr_info: [{ family: "inet", local: "10.0.0.1", prefixlen: 24 }] },
];
const ROUTES = [
  { dst: "default", dev: "eth0" },
  { dst: "0.0.0.0/1", dev: "tun0" },
  { dst: "10.0.0.0/24", dev: "kc-dev" },
  { dst: "10.20.0.0/16", dev: "tun0" },
  { dst: "203.0.113.9", dev: "eth0" },
];

test("the gateway is the first host of the subnet", () => {
  assert.equal(gateway("10.0.0.0/24"), "10.0.0.1/24");
  assert.equal(gateway("192.168.4.128/25"), "192.168.4.129/25");
});

test("a subnet that nothing uses has no conflict", () => {
  assert.equal(findConflict("10.88.1.0/24", LINKS, ROUTES, "kc-test"), undefined);
});

test("a subnet conflicts with an address of an interface, from within and from around", () => {
  const conflict = { network: "192.168.7.20/24", interface: "eth0" };
  assert.deepEqual(findConflict("192.168.7.128/25", LINKS, [], "kc-test"), conflict);
  assert.deepEqual(findConflict("192.168.0.0/16", LINKS, [], "kc-test"), conflict);
});

test("a subnet conflicts with a route, also to a single host", () => {
  assert.deepEqual(findConflict("10.20.30.0/24", [], ROUTES, "kc-test"), {
    network: "10.20.0.0/16",
    interface: "tun0",
  });
  assert.deepEqual(findConflict("203.0.113.0/28", [], ROUTES, "kc-test"), {
    network: "203.0.113.9",
    interface: "eth0",
  });
});

test("the bridge that serves the subnet is no conflict, another stack's is", () => {
  assert.equal(findConflict("10.0.0.0/24", LINKS, ROUTES, "kc-dev"), undefined);
  assert.equal(findConflict("10.0.0.0/24", LINKS, ROUTES, "kc-test")?.interface, "kc-dev");
});
