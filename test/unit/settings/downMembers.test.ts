import { FIRST_SECURITY } from "../../../model/livingCluster.ts";
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, test } from "node:test";
import type { Deployment } from "../../../program/lastDeployment.ts";
import { downMembers } from "../../../program/downMembers.ts";

// Addresses of loopback: 127.0.0.0/8 is on a network of every computer.
const MEMBERS = [31, 32, 33].map((host, index) => ({
  name: `kafka-${index + 1}`,
  address: `127.0.0.${host}`,
  brokerId: index + 1,
  zookeeperId: index + 1,
}));
const servers: Server[] = [];

async function listen(address: string, ...ports: number[]): Promise<void> {
  for (const port of ports) {
    const server = createServer((socket) => socket.destroy()).listen(port, address);
    servers.push(server);
    await once(server, "listening");
  }
}

const last = (via: "link" | "direct", members = MEMBERS): Deployment => ({
  members,
  kafkaVersion: "3.9.2",
  interBrokerProtocolVersion: "3.9",
  subnet: "127.0.0.0/24",
  infrastructure: { fixed: {}, growing: {}, pinned: {} },
  security: FIRST_SECURITY,
  reach: { via },
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

test("a member of which one service accepts no connection is down", async () => {
  await listen("127.0.0.31", 2181, 9092);
  await listen("127.0.0.32", 2181);
  await listen("127.0.0.33", 2181, 9092);
  assert.deepEqual([...(await downMembers(last("link")))], ["kafka-2"]);
  assert.deepEqual([...(await downMembers(last("direct")))], ["kafka-2"]);
});

test("over a network only brokers are looked at: the way leads to no ZooKeeper server", async () => {
  for (const address of ["127.0.0.31", "127.0.0.32", "127.0.0.33"]) await listen(address, 9092);
  assert.deepEqual([...(await downMembers(last("direct")))], []);
  assert.deepEqual([...(await downMembers(last("link")))], ["kafka-1", "kafka-2", "kafka-3"]);
});

test("all of them down: on this computer's bridge they are; over a network it may be the way to them", async () => {
  assert.deepEqual([...(await downMembers(last("link")))], ["kafka-1", "kafka-2", "kafka-3"]);
  assert.deepEqual([...(await downMembers(last("direct"), 2022))], []);
  // Where one can be logged in to, the way is there.
  await listen("127.0.0.32", 2022);
  assert.deepEqual([...(await downMembers(last("direct"), 2022))], ["kafka-1", "kafka-2", "kafka-3"]);
});

test("nothing is sent to a bridge that is gone, and nothing is known before a first deployment", async () => {
  const gone = MEMBERS.map((member) => ({ ...member, address: member.address.replace("127.0", "198.18") }));
  assert.deepEqual([...(await downMembers(last("link", gone)))], []);
  assert.deepEqual([...(await downMembers(undefined))], []);
});

test("a bastion that can't be reached tells nothing of the members", async () => {
  const bastion = { via: "bastion", host: "127.0.0.34", user: "admin", hostKey: "ssh-ed25519 A" } as const;
  assert.deepEqual([...(await downMembers({ ...last("direct"), reach: bastion, privateKey: "none" }))], []);
});
