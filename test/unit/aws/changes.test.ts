import { securityShape } from "../../../program/clusterCertificates.ts";
import { FIRST_SECURITY } from "../../../model/livingCluster.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Infrastructure, unsafeChanges } from "../../../model/livingCluster.ts";
import { planMembers } from "../../../model/render/members.ts";
import type { AwsFacts } from "../../../model/aws/awsFacts.ts";
import { type AwsSite, chooseSite } from "../../../model/aws/awsSite.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
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
async function site(raw: Record<string, unknown>, last?: Infrastructure, facts?: AwsFacts): Promise<AwsSite> {
  const settings = checkSettings(raw);
  assert.equal(settings.platform, "aws");
  if (settings.platform !== "aws") throw new Error("unreachable");
  const known = facts ?? (await factsFor(raw));
  return chooseSite(settings, known, last, (architecture) => Promise.resolve(NEWEST[architecture]));
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

/** User data is read at a machine's first boot; its changes are ignored. */
function withoutUserData({ userData: _, ...inputs }: Recorded["inputs"]): Recorded["inputs"] {
  return inputs;
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
  assert.deepEqual(added, ["aws-security-brokers-9094-from-10.77.0.0/16"]);
  const bastion = await update({ aws: { access: { bastionInstanceType: "t4g.small" } } });
  assert.deepEqual(differing(bastion), ["aws-bastion-machine.instanceType"]);
});

/** Names of the resources that are new, and of those that are gone. */
function comings(next: readonly Recorded[], from = living): { added: string[]; gone: string[] } {
  const names = (resources: readonly Recorded[]): string[] => resources.map(({ name }) => name);
  const missing = (list: string[], other: string[]): string[] => list.filter((name) => !other.includes(name)).sort();
  return { added: missing(names(next), names(from)), gone: missing(names(from), names(next)) };
}

/** Asserts that no machine, volume or interface of a member differs. */
function membersStay(next: readonly Recorded[], from = living): void {
  for (const name of ["machine", "attachment", "volume", "interface"].flatMap((what) => each(MEMBERS, what))) {
    assert.deepEqual(withoutUserData(only(next, name).inputs), withoutUserData(only(from, name).inputs), name);
  }
}

test("the way to the members, with a bastion or without, changes rules and how scripts connect, and no member", async () => {
  const direct = await update({ aws: { access: { via: "direct", sshFrom: ["10.88.0.0/16"] } } });
  membersStay(direct);
  const { added, gone } = comings(direct);
  assert.deepEqual(added, [
    "aws-security-brokers-22-from-10.88.0.0/16",
    "aws-security-brokers-9093-from-10.88.0.0/16",
    "aws-security-brokers-9094-from-10.88.0.0/16",
    "aws-security-ensemble-22-from-10.88.0.0/16",
  ]);
  assert.ok(gone.length > 0 && gone.every((name) => name.includes("bastion")), gone.join());
  for (const member of MEMBERS) {
    const spec = (resources: readonly Recorded[]): { reach: { via: string } } => {
      const { environment } = only(resources, `${member}-apply`).inputs as {
        environment: { KAFKA_CLUSTER_SPEC: string };
      };
      return JSON.parse(environment.KAFKA_CLUSTER_SPEC) as { reach: { via: string } };
    };
    const { reach, ...rest } = spec(living);
    assert.deepEqual([reach.via, spec(direct)], ["bastion", { ...rest, reach: { via: "direct" } }]);
  }
  // Back again: what is new then is what went.
  membersStay(living, direct);
  assert.deepEqual(comings(living, direct), { added: gone, gone: added });
});

test("other public subnets or NAT gateways change the way out alone", async () => {
  const subnets = await update({ aws: { vpc: { publicSubnet: "10.30.254.0/24" } } });
  membersStay(subnets);
  assert.deepEqual(
    differing(subnets),
    [1, 2, 3].map((id) => `aws-network-public-${id}.cidrBlock`),
  );
  const gateways = await update({ aws: { vpc: { natGateways: "single" } } });
  membersStay(gateways);
  assert.deepEqual(comings(gateways), {
    added: [],
    gone: [2, 3].flatMap((id) => [`aws-network-nat-${id}`, `aws-network-nat-${id}-address`]),
  });
  for (const id of [1, 2, 3]) {
    const [route] = only(gateways, `aws-network-members-${id}-routes`).inputs.routes as [{ natGatewayId: string }];
    assert.equal(route.natGatewayId, "aws-network-nat-1-id");
  }
});

test("restarted, rolled: another distribution changes what the applies carry, and no machine", async () => {
  const distribution = { url: "https://mirror.example/kafka_2.13-3.9.2.tgz", sha512: "1".repeat(128) };
  const next = await update({ distribution });
  // Apache is not asked any more.
  assert.deepEqual(comings(next), { added: [], gone: ["aws-distribution"] });
  membersStay(next);
  for (const member of MEMBERS) {
    const { environment } = only(next, `${member}-apply`).inputs as { environment: { KAFKA_CLUSTER_SPEC: string } };
    assert.match(environment.KAFKA_CLUSTER_SPEC, /mirror\.example/);
  }
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

test("other public subnets that share addresses with the former ones can't be made before those go", async () => {
  const to = (publicSubnet: string): Promise<unknown> =>
    site(merge(PROD, { aws: { vpc: { publicSubnet } } }) as Record<string, unknown>, before.infrastructure);
  await assert.rejects(
    to("10.30.255.0/25"),
    /aws\.vpc\.publicSubnet = "10\.30\.255\.0\/25": 10\.30\.255\.0\/24, as deployed, or/,
  );
  await assert.rejects(to("10.30.254.0/23"), /aws\.vpc\.publicSubnet = "10\.30\.254\.0\/23"/);
  // Its three subnets share no address with the three former ones.
  await to("10.30.252.0/22");
});

/** So many networks of one address each. */
function networks(count: number, third = 0): string[] {
  return Array.from({ length: count }, (_, index) => `10.99.${third}.${index}/32`);
}

test("a security group's rules are counted, in an update with those that go last", async () => {
  const clients = (clientsFrom: string[]): Record<string, unknown> =>
    merge(PROD, { aws: { clientsFrom } }) as Record<string, unknown>;
  // Beside the clients', the brokers' group of a secured cluster has four rules.
  const most = await site(clients(networks(56)));
  await assert.rejects(
    site(clients(networks(57))),
    /aws\.clientsFrom = "57 networks": fewer networks: the security group of the brokers would have 61 rules at once, and takes 60 \(the account's quota\); write networks/,
  );
  // 56 that go and as many that come.
  await assert.rejects(
    site(clients(networks(56, 1)), most.infrastructure),
    /would have 116 rules at once, and takes 60 .*; those that go are deleted last; make the change in two updates/,
  );
  const facts = { ...(await factsFor(clients(networks(57)))), rulesQuota: 100 };
  await site(clients(networks(57)), undefined, facts);
  await assert.rejects(
    site(clients(networks(57)), undefined, { ...facts, rulesQuota: { refused: "AccessDenied: no" } }),
    /takes 60 \(AWS's default, as the account's own can't be asked: AccessDenied: no\)/,
  );
  const sshFrom = merge(PROD, { aws: { access: { sshFrom: networks(61) } } }) as Record<string, unknown>;
  await assert.rejects(site(sshFrom), /aws\.access\.sshFrom = "61 networks": .* of the bastion would have 61 rules/);
});

/** Keys of the problems of an update of prod, or of other settings, whose cluster lives. */
async function refused(change: Record<string, unknown>, from = PROD, facts?: AwsFacts): Promise<string[]> {
  const first = await site(from);
  const shape = async (raw: Record<string, unknown>, facts?: AwsFacts) => {
    const { subnets, infrastructure } = await site(raw, first.infrastructure, facts);
    const settings = checkSettings(raw);
    return {
      members: planMembers(settings, subnets),
      kafkaVersion: settings.kafkaVersion.version,
      interBrokerProtocolVersion: settings.kafkaVersion.protocol,
      subnet: subnets.map(({ cidr }) => cidr).join(","),
      infrastructure,
      security: securityShape(settings),
    };
  };
  const next = merge(from, change) as Record<string, unknown>;
  return unsafeChanges(await shape(from), await shape(next, facts)).map(({ key }) => key);
}

const REFUSED: Record<string, [change: Record<string, unknown>, keys: string[]]> = {
  "another version": [{ kafkaVersion: "2.4.0", security: "plaintext" }, ["kafkaVersion", "security"]],
  "another VPC": [{ aws: { vpc: { cidr: "10.30.0.0/17" } } }, ["aws.vpc.cidr"]],
  "another key of the volumes": [
    { aws: { kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" } },
    ["aws.kmsKeyId"],
  ],
  "a smaller volume": [
    { machine: { broker: { volume: { sizeGiB: 400, iops: 4000 } } } },
    ["machine.broker.volume.sizeGiB"],
  ],
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

/** Prod's settings in a VPC that is there. */
function existing(vpc: Record<string, unknown>): Record<string, unknown> {
  const aws = Object.entries(PROD.aws as Record<string, unknown>).filter(([key]) => key !== "zones" && key !== "vpc");
  return { ...PROD, aws: { ...Object.fromEntries(aws), vpc } };
}

const VPC = { id: "vpc-00000001", subnetIds: ["subnet-0000000c"], bastionSubnetId: "subnet-000000ff" };

test("refused on a cluster that lives: another region", async () => {
  const here = await factsFor(PROD);
  const zones = here.zones.map(({ name, id }) => ({ name: name.replace("-1", "-2"), id: id.replace("euc1", "euc2") }));
  const keys = await refused({}, PROD, { ...here, region: "eu-central-2", zones });
  assert.ok(keys.includes("aws:region"), keys.join());
});

test("refused on a cluster that lives: another network, within its VPC or out of it", async () => {
  const other = await refused({ subnet: "10.30.4.0/22" });
  assert.ok(other.includes("subnet"), other.join());
  const living = existing(VPC);
  const into = (vpc: Record<string, unknown>): Promise<string[]> =>
    refused({ aws: { vpc } }, living).then((keys) => keys.filter((key) => !key.startsWith("member ")));
  assert.deepEqual(await into({}), []);
  assert.deepEqual(await into({ subnetIds: ["subnet-0000000d"] }), ["subnet", "aws.vpc.subnetIds"]);
  const elsewhere = { id: "vpc-00000002", subnetIds: ["subnet-0000000e"], bastionSubnetId: "subnet-000000fe" };
  assert.deepEqual(await into(elsewhere), ["subnet", "aws.vpc.id", "aws.vpc.subnetIds"]);
  // The bastion moves, and no member.
  assert.deepEqual(await into({ bastionSubnetId: "subnet-000000ee" }), []);
});

test("refused on a cluster that lives: from a VPC of its own to one that is there, and back", async () => {
  const one = await site({ ...PROD, aws: { ...(PROD.aws as object), zones: ["eu-central-1c"] } });
  const other = await site(existing(VPC));
  const shape = ({ subnets, infrastructure }: AwsSite) => {
    const subnet = subnets.map(({ cidr }) => cidr).join(",");
    return {
      members: [],
      kafkaVersion: "3.9.2",
      interBrokerProtocolVersion: "3.9",
      subnet,
      infrastructure,
      security: FIRST_SECURITY,
    };
  };
  const keys = (last: AwsSite, next: AwsSite): string[] =>
    unsafeChanges(shape(last), shape(next)).map(({ key }) => key);
  assert.deepEqual(keys(one, other), ["subnet", "aws.vpc.cidr"]);
  assert.deepEqual(keys(other, one), ["subnet", "aws.vpc.id", "aws.vpc.subnetIds"]);
});

test("refused on a cluster that lives: another platform, by that alone", () => {
  const local = {
    members: [],
    kafkaVersion: "3.9.2",
    interBrokerProtocolVersion: "3.9",
    subnet: "10.0.0.0/24",
    security: FIRST_SECURITY,
  };
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

test("refused on a cluster that lives: fewer brokers while their volumes are protected", async () => {
  const open = { ...PROD, aws: { ...(PROD.aws as object), protect: false } };
  assert.deepEqual(await refused({ brokerCount: 3 }, { ...PROD, brokerCount: 4 }), ["brokerCount"]);
  assert.deepEqual(await refused({ brokerCount: 3 }, { ...open, brokerCount: 4 }), []);
});

test("what is not a change is not refused: no change, more brokers, fewer, larger volumes, other clients", async () => {
  assert.deepEqual(await refused({}), []);
  assert.deepEqual(await refused({ brokerCount: 5, machine: { broker: { volume: { sizeGiB: 900 } } } }), []);
  const open = { ...PROD, aws: { ...(PROD.aws as object), protect: false } };
  assert.deepEqual(await refused({ brokerCount: 2, verification: { replicationFactor: 2 } }, open), []);
  assert.deepEqual(await refused({ aws: { clientsFrom: [] } }), []);
  assert.deepEqual(await refused({ aws: { vpc: { publicSubnet: "10.30.254.0/24", natGateways: "single" } } }), []);
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
