import assert from "node:assert/strict";
import { test } from "node:test";
import { only, type Recorded } from "./deploy.ts";
import { deployCluster } from "./program.ts";

const MACHINE_DEPENDENCIES = ["local-distribution", "local-network"];

function dependencies(resources: readonly Recorded[], name: string): readonly string[] {
  return only(resources, name).dependencies;
}

test("the dev stack's graph: each resource once, under its parent", async () => {
  const resources = await deployCluster({});
  const tree = resources.map(({ type, name, parent }) => `${parent ?? "-"} > ${name} (${type})`).sort();
  const command = "command:local:Command";
  assert.deepEqual(
    tree,
    [
      "- > deployer (kafka-cluster:index:DeployerKey)",
      "- > kafka (kafka-cluster:index:KafkaCluster)",
      "- > local (kafka-cluster:local:LocalPlatform)",
      "- > zookeeper (kafka-cluster:index:ZooKeeperEnsemble)",
      "zookeeper > zookeeper-upgrade (kafka-cluster:index:EnsembleUpgrade)",
      `zookeeper-upgrade > zookeeper-upgrade-servers (${command})`,
      `deployer > deployer-pair (${command})`,
      "local > local-deployment (random:index/randomId:RandomId)",
      ...["space", "network", "image", "distribution"].map((part) => `local > local-${part} (${command})`),
      ...["kafka-1", "kafka-2", "kafka-3"].flatMap((member) => [
        `kafka > ${member} (kafka-cluster:index:Member)`,
        ...["volume", "machine", "apply"].map((part) => `${member} > ${member}-${part} (${command})`),
      ]),
    ].sort(),
  );
});

test("the first deployment has no chain: all members boot at once", async () => {
  const resources = await deployCluster({});
  for (const member of ["kafka-1", "kafka-2", "kafka-3"]) {
    assert.deepEqual(
      dependencies(resources, `${member}-machine`).filter((name) => name.endsWith("-apply")),
      [],
    );
    assert.deepEqual(
      dependencies(resources, `${member}-apply`).filter((name) => name.endsWith("-apply")),
      [],
    );
    assert.ok(dependencies(resources, `${member}-apply`).includes(`${member}-machine`));
    for (const name of [...MACHINE_DEPENDENCIES, `${member}-volume`]) {
      assert.ok(dependencies(resources, `${member}-machine`).includes(name), `${member}-machine on ${name}`);
    }
  }
});

/** The applies that a member's machine and apply wait for. */
function waitsFor(resources: readonly Recorded[], member: string): { machine: string[]; apply: string[] } {
  const applies = (part: string): string[] =>
    dependencies(resources, `${member}-${part}`).filter((name) => name.endsWith("-apply"));
  return { machine: applies("machine"), apply: applies("apply") };
}

test("members that lived are chained, machine and apply; a new one is not", async () => {
  const resources = await deployCluster({ brokerCount: 4 }, ["kafka-1", "kafka-2", "kafka-3"]);
  assert.deepEqual(waitsFor(resources, "kafka-1"), { machine: [], apply: [] });
  assert.deepEqual(waitsFor(resources, "kafka-2"), { machine: ["kafka-1-apply"], apply: ["kafka-1-apply"] });
  assert.deepEqual(waitsFor(resources, "kafka-3"), { machine: ["kafka-2-apply"], apply: ["kafka-2-apply"] });
  // It has no ZooKeeper server of its own, so its broker starts when the ensemble serves.
  assert.deepEqual(waitsFor(resources, "kafka-4"), {
    machine: [],
    apply: ["kafka-1-apply", "kafka-2-apply", "kafka-3-apply"],
  });
});

test("an ensemble of its own is deployed before the brokers start, and rolled before them", async () => {
  const settings = { zookeeper: { placement: "dedicated", count: 3 } };
  const servers = ["zookeeper-1", "zookeeper-2", "zookeeper-3"];
  const applies = servers.map((server) => `${server}-apply`);

  const first = await deployCluster(settings);
  assert.equal(first.filter(({ type }) => type === "kafka-cluster:index:Member").length, 6);
  for (const server of servers) {
    assert.equal(only(first, server).parent, "zookeeper");
    assert.deepEqual(waitsFor(first, server), { machine: [], apply: [] });
  }
  assert.deepEqual(waitsFor(first, "kafka-2"), { machine: [], apply: applies });

  const later = await deployCluster(settings, [...servers, "kafka-1", "kafka-2", "kafka-3"]);
  assert.deepEqual(waitsFor(later, "zookeeper-2"), { machine: ["zookeeper-1-apply"], apply: ["zookeeper-1-apply"] });
  assert.deepEqual(waitsFor(later, "kafka-1"), { machine: applies, apply: applies });
  assert.deepEqual(waitsFor(later, "kafka-2"), {
    machine: ["kafka-1-apply"],
    apply: ["kafka-1-apply", ...applies].sort(),
  });
});

test("one server and one broker make a cluster, too", async () => {
  const settings = { brokerCount: 1, zookeeper: { count: 1 }, verification: { replicationFactor: 1 } };
  const resources = await deployCluster(settings);
  assert.equal(resources.filter(({ type }) => type === "kafka-cluster:index:Member").length, 1);
  const { environment } = only(resources, "kafka-1-apply").inputs as { environment: Record<string, string> };
  assert.match(environment.KAFKA_CLUSTER_SPEC ?? "", /server\.1=10\.0\.0\.10:2888:3888/);
});
