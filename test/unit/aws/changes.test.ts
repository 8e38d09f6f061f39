import assert from "node:assert/strict";
import { test } from "node:test";
import { type Infrastructure, unsafeChanges } from "../../../components/livingCluster.ts";
import { planMembers } from "../../../components/render/members.ts";
import { type AwsSite, chooseSite } from "../../../components/aws/awsSite.ts";
import { checkSettings } from "../../../components/settings.ts";
import { only, type Recorded } from "../components/deploy.ts";
import { deployCluster } from "../components/program.ts";
import { AWS, NEWEST, stackSettings } from "./awsMock.ts";
import { factsFor } from "./facts.ts";

const PROD = stackSettings("prod");
const BROKERS = ["kafka-1", "kafka-2", "kafka-3"];
const MEMBERS = ["zookeeper-1", "zookeeper-2", "zookeeper-3", ...BROKERS];

/** The settings of prod with some of them changed; a map is merged, at every depth. */
function changed(change: Record<string, unknown>): Record<string, unknown> {
  return merge(PROD, change) as Record<string, unknown>;
}

function merge(one: unknown, other: unknown): unknown {
  if (!isMap(one) || !isMap(other)) return other;
  return { ...one, ...Object.fromEntries(Object.entries(other).map(([key, value]) => [key, merge(one[key], value)])) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The site that settings lead to, after a last deployment or as the first one. */
async function site(raw: Record<string, unknown>, last?: Infrastructure): Promise<AwsSite> {
  const settings = checkSettings(raw);
  assert.equal(settings.platform, "aws");
  if (settings.platform !== "aws") throw new Error("unreachable");
  return chooseSite(settings, await factsFor(raw), last, (architecture) => Promise.resolve(NEWEST[architecture]));
}

const before = await site(PROD);

/** Deploys prod, which lives, with changed settings. */
function update(change: Record<string, unknown>): Promise<readonly Recorded[]> {
  return deployCluster(changed(change), MEMBERS, { provider: AWS, infrastructure: before.infrastructure });
}

const living = await update({});

/** Inputs that differ from those of the living cluster, as `resource.input`, but for those whose changes are ignored. */
function differing(next: readonly Recorded[]): string[] {
  assert.deepEqual(next.map(({ name }) => name).sort(), living.map(({ name }) => name).sort());
  return next
    .flatMap(({ name, inputs, ignoreChanges }) => {
      const former = only(living, name).inputs;
      return Object.keys({ ...former, ...inputs })
        .filter((key) => !ignoreChanges.includes(key))
        .filter((key) => JSON.stringify(former[key]) !== JSON.stringify(inputs[key]))
        .map((key) => `${name}.${key}`);
    })
    .sort();
}

const each = (members: readonly string[], what: string): string[] =>
  members.map((member) => `${member}-${what}`).sort();

test("rolled in place: broker properties and heaps change what the applies carry, and no machine", async () => {
  assert.deepEqual(
    differing(await update({ brokerProperties: { "log.retention.hours": 48 } })),
    each(BROKERS, "apply.environment"),
  );
  assert.deepEqual(differing(await update({ heap: { broker: "6g" } })), each(BROKERS, "apply.environment"));
});

test("rolled: each member's machine and apply wait for the apply of the member before it", () => {
  for (const [index, member] of MEMBERS.entries()) {
    const earlier = MEMBERS[index - 1];
    for (const part of ["machine", "apply"]) {
      const { dependencies } = only(living, `${member}-${part}`);
      if (earlier) assert.ok(dependencies.includes(`${earlier}-apply`), `${member}-${part} waits for ${earlier}-apply`);
    }
  }
});

test("replaced, one at a time, data kept: another instance type or image of a member", async () => {
  const type = await update({ machine: { broker: { instanceType: "m7g.large" } } });
  assert.deepEqual(differing(type), each(BROKERS, "machine.instanceType"));
  const image = await update({ aws: { images: { arm64: "ami-00000000000000b64" } } });
  // The way to the members is not cut at the same time.
  assert.deepEqual(differing(image), each(MEMBERS, "machine.ami"));
  for (const member of MEMBERS) {
    const machine = only(image, `${member}-machine`);
    assert.ok(machine.deleteBeforeReplace, "the address and the volume can't be had twice");
    assert.deepEqual(machine.replaceOnChanges, ["instanceType"], "EC2 would stop the machine and start it again");
    assert.deepEqual(machine.ignoreChanges, ["userData"]);
    assert.ok(only(image, `${member}-apply`).deleteBeforeReplace, "services are stopped before their machine goes");
  }
});

test("another architecture is another image, and still one machine at a time", async () => {
  const next = await update({ machine: { broker: { instanceType: "m7i.xlarge" } } });
  assert.deepEqual(differing(next), [...each(BROKERS, "machine.ami"), ...each(BROKERS, "machine.instanceType")].sort());
  assert.equal(only(next, "kafka-2-machine").inputs.ami, NEWEST.x86_64);
});

test("in place, nothing restarted: a volume grows or gets faster, and its file system grows with the apply", async () => {
  const next = await update({ machine: { broker: { volume: { sizeGiB: 600, iops: 5000 } } } });
  assert.deepEqual(
    differing(next),
    [...each(BROKERS, "apply.environment"), ...each(BROKERS, "volume.iops"), ...each(BROKERS, "volume.size")].sort(),
  );
  const restarts = (resources: readonly Recorded[]): unknown => {
    const { environment } = only(resources, "kafka-1-apply").inputs as { environment: { KAFKA_CLUSTER_SPEC: string } };
    const { files } = JSON.parse(environment.KAFKA_CLUSTER_SPEC) as { files: { path: string; restarts: string[] }[] };
    return files.filter(({ restarts }) => restarts.length > 0);
  };
  assert.deepEqual(restarts(next), restarts(living), "no file that a service reads is another one");
});

test("rules and the bastion change without a member", async () => {
  const clients = await update({ aws: { clientsFrom: ["10.30.0.0/16", "10.77.0.0/16"] } });
  const added = clients
    .filter(({ name }) => !living.some((resource) => resource.name === name))
    .map(({ name }) => name);
  assert.deepEqual(added, ["aws-security-brokers-9092-from-10.77.0.0/16"]);
  const bastion = await update({ aws: { access: { bastionInstanceType: "t4g.small" } } });
  assert.deepEqual(differing(bastion), ["aws-bastion-machine.instanceType"]);
});

test("protection is an option of volumes and interfaces, and a tag", async () => {
  const next = await update({ aws: { protect: false } });
  assert.deepEqual(differing(next), [...each(MEMBERS, "interface.tags"), ...each(MEMBERS, "volume.tags")].sort());
  assert.ok(!next.some(({ protect }) => protect));
});

test("a newer image and another order of zones change nothing: both are pinned", async () => {
  const facts = await factsFor(PROD);
  const zones = [{ name: "eu-central-1z", id: "euc1-az0" }, ...facts.zones];
  const settings = checkSettings(PROD);
  if (settings.platform !== "aws") throw new Error("unreachable");
  const again = await chooseSite(settings, { ...facts, zones: zones.slice(0, 2) }, before.infrastructure, () => {
    throw new Error("no image is looked for when one is pinned");
  });
  assert.deepEqual(again, before);
});

/** Keys of the problems of an update of prod. */
async function refused(change: Record<string, unknown>): Promise<string[]> {
  const shape = async (raw: Record<string, unknown>) => {
    const { subnets, infrastructure } = await site(raw, before.infrastructure);
    const settings = checkSettings(raw);
    return {
      members: planMembers(settings, subnets),
      kafkaVersion: settings.kafkaVersion.version,
      subnet: subnets.map(({ cidr }) => cidr).join(","),
      infrastructure,
    };
  };
  return unsafeChanges(await shape(PROD), await shape(changed(change))).map(({ key }) => key);
}

const REFUSED: Record<string, [change: Record<string, unknown>, keys: string[]]> = {
  "another version": [{ kafkaVersion: "2.4.0" }, ["kafkaVersion"]],
  "another VPC": [{ aws: { vpc: { cidr: "10.30.0.0/17" } } }, ["aws.vpc.cidr"]],
  "another key of the volumes": [
    { aws: { kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" } },
    ["aws.kmsKeyId"],
  ],
  "a smaller volume": [
    { machine: { broker: { volume: { sizeGiB: 400, iops: 4000 } } } },
    ["machine.broker.volume.sizeGiB"],
  ],
  "fewer brokers": [{ brokerCount: 2, verification: { replicationFactor: 2 } }, ["member kafka-3"]],
  "other zones": [
    { aws: { zones: ["eu-central-1b", "eu-central-1a", "eu-central-1c"] } },
    ["aws.zones", ...["zookeeper-1", "zookeeper-2", "kafka-1", "kafka-2"].map((name) => `member ${name}`)],
  ],
};

for (const [name, [change, keys]] of Object.entries(REFUSED)) {
  test(`refused on a cluster that lives: ${name}`, async () => {
    assert.deepEqual(await refused(change), keys);
  });
}

test("refused on a cluster that lives: another platform, by that alone", () => {
  const local = { members: [], kafkaVersion: "3.9.2", subnet: "10.0.0.0/24" };
  const infrastructure = { fixed: { platform: "local" }, growing: {}, pinned: {} };
  const next = { ...local, infrastructure: before.infrastructure };
  assert.deepEqual(unsafeChanges({ ...local, infrastructure }, next), [
    {
      key: "platform",
      value: "aws",
      allowed: "local, with which the cluster lives: it can't be changed before `npm run down`",
    },
  ]);
});

test("what is not a change is not refused: no change, more brokers, larger volumes, other clients", async () => {
  assert.deepEqual(await refused({}), []);
  assert.deepEqual(await refused({ brokerCount: 5, machine: { broker: { volume: { sizeGiB: 900 } } } }), []);
  assert.deepEqual(await refused({ aws: { clientsFrom: [] } }), []);
});

test("the bastion keeps its image when the members get another, and gets one for another architecture", async () => {
  const image = (resources: readonly Recorded[]): unknown => only(resources, "aws-bastion-machine").inputs.ami;
  const newer = { images: { arm64: "ami-00000000000000b64" } };
  assert.equal(image(await update({ aws: newer })), NEWEST.arm64);
  const x86 = await update({ aws: { access: { bastionInstanceType: "m7i.xlarge" } } });
  assert.equal(image(x86), NEWEST.x86_64);
  assert.deepEqual(only(x86, "aws-bastion-machine").replaceOnChanges, ["instanceType"]);
  assert.equal(
    image(await update({ aws: { access: { bastionImage: "ami-00000000000000b64" } } })),
    "ami-00000000000000b64",
  );
});

test("members are changed through the bastion, so they wait for it; a NAT gateway's address can't be had twice", () => {
  assert.ok(only(living, "kafka-1-machine").dependencies.includes("aws-bastion-machine"));
  assert.ok(only(living, "aws-network-nat-1").deleteBeforeReplace);
});

test("the bastion can be in another zone", async () => {
  const { inputs } = only(await update({ aws: { access: { bastionZone: 3 } } }), "aws-bastion-machine");
  assert.equal(inputs.subnetId, "aws-network-public-3-id");
});
