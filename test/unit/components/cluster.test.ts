import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import type { EnsembleUpgradeSpec } from "../../../model/specs/ensembleUpgradeSpec.ts";
import { startHash } from "../../../scripts/apply/files.ts";
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
  // The ensemble serves: it waits for no member that is restarted.
  assert.deepEqual(waitsFor(resources, "kafka-4"), { machine: [], apply: [] });
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

test("members are changed in the order that is given; one that is down comes first, unless that is fixed", async () => {
  const all = ["kafka-1", "kafka-2", "kafka-3"];
  const order = ["kafka-2", "kafka-3", "kafka-1"];
  const chain = async (down: string[], isFixed = false): Promise<(string | undefined)[]> => {
    const resources = await deployCluster({}, all, { down, order, isFixed });
    return all.map((member) => waitsFor(resources, member).machine[0]);
  };
  assert.deepEqual(await chain([]), ["kafka-3-apply", undefined, "kafka-2-apply"]);
  assert.deepEqual(await chain(["kafka-1"]), [undefined, "kafka-1-apply", "kafka-2-apply"]);
  assert.deepEqual(await chain(["kafka-1"], true), ["kafka-3-apply", undefined, "kafka-2-apply"]);
});

test("a member that is down comes first, and its apply runs although nothing of it has changed", async () => {
  const all = ["kafka-1", "kafka-2", "kafka-3"];
  const resources = await deployCluster({}, all, { down: ["kafka-3"] });
  const chain = (member: string): string[] =>
    dependencies(resources, `${member}-machine`).filter((name) => name.endsWith("-apply"));
  assert.deepEqual(["kafka-3", "kafka-1", "kafka-2"].map(chain), [[], ["kafka-3-apply"], ["kafka-1-apply"]]);
  const mark = (member: string): unknown =>
    (only(resources, `${member}-apply`).inputs.environment as Record<string, unknown>).KAFKA_CLUSTER_FOUND_DOWN;
  assert.match(String(mark("kafka-3")), /^\d{4}-/);
  assert.deepEqual(all.map(mark).slice(0, 2), [undefined, undefined]);
  // Later updates keep what stands in the state, or it would be a change each time.
  assert.deepEqual(
    all.map((member) => only(resources, `${member}-apply`).ignoreChanges),
    [["environment.KAFKA_CLUSTER_FOUND_DOWN"], ["environment.KAFKA_CLUSTER_FOUND_DOWN"], []],
  );
});

test("what topics gain comes after those that are mended, and before the first that is up is touched", async () => {
  const all = ["kafka-1", "kafka-2", "kafka-3"];
  const resources = await deployCluster({}, all, { down: ["kafka-3"], factors: { orders: 3 } });
  assert.deepEqual(dependencies(resources, "growth-replicas"), ["deployer-pair", "kafka-3-apply"]);
  const chain = (member: string): string[] =>
    dependencies(resources, `${member}-machine`).filter((name) => /-apply$|^growth/.test(name));
  assert.deepEqual(all.map(chain), [["growth-replicas", "kafka-3-apply"], ["kafka-1-apply"], []]);
});

test("members that are down don't wait for each other; the first one that is up waits for all of them", async () => {
  const all = ["kafka-1", "kafka-2", "kafka-3"];
  const resources = await deployCluster({}, all, { down: ["kafka-1", "kafka-3"] });
  const chain = (member: string): string[] =>
    dependencies(resources, `${member}-machine`).filter((name) => name.endsWith("-apply"));
  assert.deepEqual(all.map(chain), [[], ["kafka-1-apply", "kafka-3-apply"], []]);
});

test("an upgrade rolls the ensemble beside the brokers first, by the last deployment's host keys", async () => {
  const upgrading = { "kafka-1": "ssh-ed25519 K1", "kafka-2": "ssh-ed25519 K2", "kafka-3": "ssh-ed25519 K3" };
  const members = Object.keys(upgrading);
  const resources = await deployCluster({ interBrokerProtocolVersion: "2.4" }, members, { upgrading });
  const upgrade = only(resources, "zookeeper-upgrade-servers");
  assert.deepEqual(upgrade.ignoreChanges, []);
  const { KAFKA_CLUSTER_SPEC } = upgrade.inputs.environment as Record<string, string>;
  const { servers } = JSON.parse(KAFKA_CLUSTER_SPEC ?? "") as EnsembleUpgradeSpec;
  assert.deepEqual(
    servers.map(({ name, hostKey, services, brokerId, zookeeperId }) => [
      name,
      hostKey,
      services,
      brokerId,
      zookeeperId,
    ]),
    members.map((name, index) => [name, `ssh-ed25519 K${index + 1}`, ["zookeeper"], undefined, index + 1]),
  );
  const ofApply = JSON.parse(
    (only(resources, "kafka-1-apply").inputs.environment as Record<string, string>).KAFKA_CLUSTER_SPEC ?? "",
  ) as ApplySpec;
  assert.equal(
    startHash("zookeeper", servers[0]?.files ?? []),
    startHash("zookeeper", ofApply.files),
    "the member's own apply would restart ZooKeeper again",
  );
  assert.ok(servers.every(({ files }) => files.every(({ path }) => !path.startsWith("/etc/kafka/"))));
  for (const member of members) {
    assert.ok(dependencies(resources, `${member}-apply`).includes("zookeeper-upgrade-servers"));
  }
  assert.deepEqual(
    dependencies(resources, "zookeeper-upgrade-servers").filter((name) => /machine|apply/.test(name)),
    [],
  );
});

test("any other update leaves the ensemble's upgrade as it is, and a dedicated ensemble has none", async () => {
  const { inputs, ignoreChanges } = only(await deployCluster({}), "zookeeper-upgrade-servers");
  assert.deepEqual(ignoreChanges, ["environment", "stdin"]);
  assert.deepEqual(inputs.environment, { KAFKA_CLUSTER_SPEC: '{"servers":[]}' });
  const dedicated = await deployCluster({ zookeeper: { placement: "dedicated" } });
  assert.deepEqual(
    dedicated.filter(({ name }) => name.startsWith("zookeeper-upgrade")),
    [],
  );
});
