import assert from "node:assert/strict";
import { test } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../../../model/kafka/problem.ts";
import type { Infrastructure } from "../../../model/livingCluster.ts";
import { checkSettings } from "../../../model/settings/settings.ts";

import { only, type Provider, type Recorded } from "../components/deploy.ts";
import { deployCluster } from "../components/program.ts";
import { AWS, refusal } from "./awsMock.ts";

const SSH = { access: { sshFrom: ["192.0.1.0/24"] } };

/** The problems of some settings as `key = value: what is allowed`. */
function problems(raw: Record<string, unknown>): string[] {
  try {
    checkSettings({ platform: "aws", ...raw });
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.problems.map(({ key, value, allowed }) => `${key} = ${JSON.stringify(value)}: ${allowed}`);
  }
}

test("the platform's own defaults", () => {
  const settings = checkSettings({ platform: "aws", aws: SSH });
  assert.equal(settings.platform, "aws");
  assert.deepEqual(settings.machine, {
    broker: { instanceType: "m7g.large", volume: { sizeGiB: 100, iops: 3000, throughput: 125 } },
    zookeeper: { instanceType: "t4g.small", volume: { sizeGiB: 20, iops: 3000, throughput: 125 } },
  });
  assert.deepEqual("aws" in settings && settings.aws, {
    vpc: { kind: "own", cidr: "10.0.0.0/16", publicSubnet: "10.0.255.0/24", zones: 1, natGateways: "perZone" },
    access: { via: "bastion", sshFrom: ["192.0.1.0/24"], bastionInstanceType: "t4g.nano", bastionZone: 1 },
    clientsFrom: [],
    images: {},
    protect: true,
  });
});

const VPC = "a private IPv4 network in CIDR notation with its host bits zero, /16 to /28";
const INGRESS = "an IPv4 network in CIDR notation with its host bits zero, /8 to /32, for example 10.0.0.0/16";
const ZONES =
  "1, 3, 4, 5 or 6 zones (a number or a list of names): with 2, the loss of one could take the ensemble's quorum";

const CLASSES: Record<string, [raw: Record<string, unknown>, expected: string[]]> = {
  "no network to deploy from": [
    {},
    [
      "aws.access.sshFrom = undefined: a list of the IPv4 networks that you deploy from, for example [your public address/32]",
    ],
  ],
  "SSH for the world": [
    { aws: { access: { sshFrom: ["0.0.0.0/0"] } } },
    [`aws.access.sshFrom[0] = "0.0.0.0/0": ${INGRESS}`],
  ],
  "brokers for the world, and a network twice": [
    { aws: { ...SSH, clientsFrom: ["10.0.0.0/16", "0.0.0.0/1", "10.0.0.0/16"] } },
    [`aws.clientsFrom[1] = "0.0.0.0/1": ${INGRESS}`, 'aws.clientsFrom[2] = "10.0.0.0/16": each entry once'],
  ],
  "an example network": [
    { aws: { access: { sshFrom: ["203.0.113.0/24"] } } },
    [
      `aws.access.sshFrom[0] = "203.0.113.0/24": ${INGRESS}; nobody connects from this one (reserved, as documentation's are)`,
    ],
  ],
  "networks that nobody connects from": [
    { aws: { ...SSH, clientsFrom: ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"] } },
    ["unspecified", "loopback", "multicast", "linkLocal"].map(
      (kind, index) =>
        `aws.clientsFrom[${index}] = "${["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/8", "169.254.0.0/16"][index] ?? ""}": ` +
        `${INGRESS}; nobody connects from this one (${kind})`,
    ),
  ],
  "a network that is no list": [
    { aws: { ...SSH, clientsFrom: "10.20.0.0/16" } },
    ['aws.clientsFrom = "10.20.0.0/16": a list, for example [10.0.0.0/16]'],
  ],
  "an instance type of another form": [
    { aws: SSH, machine: { broker: { instanceType: "large" } } },
    ['machine.broker.instanceType = "large": an EC2 instance type, for example m7g.large'],
  ],
  "two zones": [{ aws: { ...SSH, zones: 2 } }, [`aws.zones = 2: ${ZONES}`]],
  "zones of another form": [
    { aws: { ...SSH, zones: ["a", "eu-central-1b", "eu-central-1c"] } },
    [
      'aws.zones[0] = "a": the name of a zone, for example eu-central-1a',
      `aws.zones = ["a","eu-central-1b","eu-central-1c"]: ${ZONES}`,
    ],
  ],
  "a public network that overlaps the members'": [
    { aws: { ...SSH, vpc: { publicSubnet: "10.0.0.128/25" } } },
    ['aws.vpc.publicSubnet = "10.0.0.128/25": a network that shares no address with subnet, 10.0.0.0/24'],
  ],
  "members outside of the VPC": [
    { aws: { ...SSH, vpc: { cidr: "10.1.0.0/16" } } },
    ['aws.vpc.cidr = "10.1.0.0/16": a network around subnet, 10.0.0.0/24'],
  ],
  "a public network outside of the VPC": [
    { aws: { ...SSH, vpc: { publicSubnet: "10.1.0.0/24" } } },
    ['aws.vpc.publicSubnet = "10.1.0.0/24": a network in vpc.cidr, 10.0.0.0/16'],
  ],
  "a VPC larger than AWS allows": [
    { aws: { ...SSH, vpc: { cidr: "10.0.0.0/8" } } },
    [`aws.vpc.cidr = "10.0.0.0/8": ${VPC}`],
  ],
  "subnets too small for their zones": [
    { subnet: "10.0.0.0/27", aws: { ...SSH, zones: 3, vpc: { publicSubnet: "10.0.255.0/27" } } },
    [
      "aws.zones = 3: with subnet 10.0.0.0/27, a network of at most /26: it is split into 4 parts, none smaller than /28",
      'aws.vpc.publicSubnet = "10.0.255.0/27": a network of at most /26: it is split into 4 parts, none smaller than /28',
    ],
  ],
  "one of AWS's reserved five at the start": [
    { firstAddress: "10.0.0.3", aws: SSH },
    ['firstAddress = "10.0.0.3": an address of 10.0.0.0/24 from 10.0.0.4 to 10.0.0.254'],
  ],
  "one of AWS's reserved five at the end": [
    { firstAddress: "10.0.0.255", aws: SSH },
    ['firstAddress = "10.0.0.255": an address of 10.0.0.0/24 from 10.0.0.4 to 10.0.0.254'],
  ],
  "an address outside of the subnet": [
    { firstAddress: "10.9.0.5", aws: SSH },
    ['firstAddress = "10.9.0.5": an address of 10.0.0.0/24 from 10.0.0.4 to 10.0.0.254'],
  ],
  "a first address for several zones": [
    { subnet: "10.0.0.0/22", firstAddress: "10.0.0.18", aws: { ...SSH, zones: 3 } },
    ['firstAddress = "10.0.0.18": nothing with several zones: each one\'s subnet counts from its tenth address'],
  ],
  "more members than a zone's subnet has addresses": [
    { subnet: "10.0.0.0/26", brokerCount: 18, aws: { ...SSH, zones: 3 } },
    ['subnet = "10.0.0.0/28": a subnet with 6 addresses from firstAddress (10.0.0.10) on; it has 5'],
  ],
  "more machines in one zone than can be spread": [
    { brokerCount: 8, aws: SSH },
    [
      "brokerCount = 8: with one zone at most 7 machines, each on hardware of its own (a spread placement group); or 3 zones",
    ],
  ],
  "settings of both kinds of VPC": [
    { aws: { ...SSH, zones: 3, vpc: { id: "vpc-00000001", subnetIds: ["subnet-0000000a"], cidr: "10.0.0.0/16" } } },
    [
      'aws.vpc.cidr = "10.0.0.0/16": nothing: the VPC is there already (vpc.id)',
      "aws.zones = 3: nothing: the subnets of vpc.subnetIds say the zones",
      "aws.vpc.bastionSubnetId = undefined: a public subnet of the VPC, for the bastion",
    ],
  ],
  "subnets without their VPC": [
    { aws: { ...SSH, vpc: { subnetIds: ["subnet-0000000a"] } } },
    ['aws.vpc.subnetIds = ["subnet-0000000a"]: nothing without vpc.id, the VPC that they are in'],
  ],
  "an existing VPC with subnets of two zones": [
    {
      aws: {
        ...SSH,
        vpc: {
          id: "vpc-00000001",
          subnetIds: ["subnet-0000000a", "subnet-0000000b"],
          bastionSubnetId: "subnet-000000ff",
        },
      },
    },
    [`aws.vpc.subnetIds = ["subnet-0000000a","subnet-0000000b"]: a list of subnets, one a zone, of ${ZONES}`],
  ],
  "a bastion's type without a bastion": [
    { aws: { access: { via: "direct", sshFrom: ["10.0.0.0/16"], bastionInstanceType: "t4g.nano" } } },
    ['aws.access.bastionInstanceType = "t4g.nano": nothing: with access.via direct there is no bastion'],
  ],
  "sizes of servers that have no machine of their own": [
    { aws: SSH, machine: { zookeeper: { instanceType: "t4g.small" } } },
    [
      'machine.zookeeper = {"instanceType":"t4g.small"}: nothing: with zookeeper.placement colocated, the servers run on the brokers\' machines',
    ],
  ],
  "sizes of the other platform": [
    { aws: SSH, machine: { cpus: 2 } },
    ["machine.cpus = 2: no such setting; known: broker, zookeeper"],
  ],
  "a volume outside of gp3's bounds": [
    { aws: SSH, machine: { broker: { volume: { sizeGiB: 0, iops: 100, throughput: 2001 } } } },
    [
      "machine.broker.volume.sizeGiB = 0: a whole number from 1 to 65536",
      "machine.broker.volume.iops = 100: a whole number from 3000 to 80000",
      "machine.broker.volume.throughput = 2001: a whole number from 125 to 2000",
    ],
  ],
  "a volume of gp3's upper bounds is taken, and one above them is not": [
    {
      aws: SSH,
      zookeeper: { placement: "dedicated", count: 3 },
      machine: {
        broker: { volume: { sizeGiB: 65_536, iops: 80_000, throughput: 2_000 } },
        zookeeper: { volume: { sizeGiB: 65_537, iops: 80_001, throughput: 2_000 } },
      },
    },
    [
      "machine.zookeeper.volume.sizeGiB = 65537: a whole number from 1 to 65536",
      "machine.zookeeper.volume.iops = 80001: a whole number from 3000 to 80000",
      "machine.zookeeper.volume.throughput = 2000: at most 750 MiB/s, a quarter of iops",
    ],
  ],
  "80,000 operations need 160 GiB": [
    { aws: SSH, machine: { broker: { volume: { sizeGiB: 159, iops: 80_000, throughput: 2_000 } } } },
    ["machine.broker.volume.iops = 80000: at most 79500: 500 for each of its 159 GiB"],
  ],
  "a volume that is too small for its speed": [
    { aws: SSH, machine: { broker: { volume: { sizeGiB: 10, iops: 6000, throughput: 1000 } } } },
    ["machine.broker.volume.iops = 6000: at most 5000: 500 for each of its 10 GiB"],
  ],
  "a throughput above what the operations carry": [
    { aws: SSH, machine: { broker: { volume: { throughput: 1000 } } } },
    ["machine.broker.volume.throughput = 1000: at most 750 MiB/s, a quarter of iops"],
  ],
  "an image of another form": [
    { aws: { ...SSH, images: { arm64: "debian-12", riscv: "ami-00000000" } } },
    [
      'aws.images.riscv = "ami-00000000": no such setting; known: arm64, x86_64',
      'aws.images.arm64 = "debian-12": an id such as ami-0123456789abcdef0',
    ],
  ],
  "a key that is no ARN": [
    { aws: { ...SSH, kmsKeyId: "alias/mine" } },
    [
      'aws.kmsKeyId = "alias/mine": the ARN of a KMS key, for example arn:aws:kms:eu-central-1:123456789012:key/1234abcd-…',
    ],
  ],
  "a distribution without its checksum": [
    { aws: SSH, distribution: { url: "https://mirror.example/kafka_2.13-3.9.2.tgz" } },
    ["distribution.sha512 = undefined: url and sha512 together: the archive is always checked"],
  ],
  "a distribution that machines can't read": [
    { aws: SSH, distribution: { url: "file:///kafka.tgz", sha512: "0".repeat(128) } },
    ['distribution.url = "file:///kafka.tgz": an http or https address that the machines can read'],
  ],
};

for (const [name, [raw, expected]] of Object.entries(CLASSES)) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(problems(raw), expected);
  });
}

test("refused on the local platform: what only AWS is told", () => {
  assert.deepEqual(problems({ platform: "local", aws: SSH, distribution: { url: "https://x/y" } }), [
    'aws = {"access":{"sshFrom":["192.0.1.0/24"]}}: no such setting with platform local',
    'distribution = {"url":"https://x/y"}: no such setting with platform local: its machines get the distribution from this computer\'s cache',
  ]);
});

/** What the program says of settings that are right by themselves, once it has asked AWS; it makes nothing. */
async function said(raw: Record<string, unknown>): Promise<string[]> {
  const provider = {
    ...AWS,
    resource: (type: string, name: string): never => {
      throw new Error(`${type} ${name} was made`);
    },
  };
  const error: unknown = await deployCluster({ platform: "aws", ...raw }, [], { provider }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(pulumi.RunError.isInstance(error), String(error));
  return error.message.split("\n").map((line) => line.trim());
}

test("an instance type that AWS does not know, one without NVMe, one too small for its heaps", async () => {
  const machine = (instanceType: string): Record<string, unknown> => ({
    aws: SSH,
    machine: { broker: { instanceType } },
  });
  assert.deepEqual(await said(machine("m7x.large")), [
    "1 setting can't be used:",
    'machine.broker.instanceType = "m7x.large": an EC2 instance type that eu-central-1 has (AWS says: InvalidInstanceType: The following supplied instance types do not exist)',
  ]);
  assert.deepEqual(await said(machine("m4.xlarge")), [
    "1 setting can't be used:",
    'machine.broker.instanceType = "m4.xlarge": an instance type of the Nitro System: only there a volume\'s device names the volume',
  ]);
  assert.deepEqual(await said(machine("t4g.nano")), [
    "1 setting can't be used:",
    'machine.broker.instanceType = "t4g.nano": at least the heaps of the services on a machine, 1536MiB, and room for the page cache above that (it has 512MiB)',
  ]);
});

test("a region without enough zones, and zones that it has not", async () => {
  const aws = { ...SSH, zones: 4 };
  assert.deepEqual(await said({ subnet: "10.0.0.0/22", aws }), [
    "1 setting can't be used:",
    "aws.zones = 4: at most the zones of eu-central-1 that offer every instance type of the members: eu-central-1a, eu-central-1b, eu-central-1c",
  ]);
  const scarce = { broker: { instanceType: "m8g.xlarge" } };
  assert.deepEqual(await said({ subnet: "10.0.0.0/22", aws: { ...SSH, zones: 3 }, machine: scarce }), [
    "1 setting can't be used:",
    "aws.zones = 3: at most the zones of eu-central-1 that offer every instance type of the members: eu-central-1a, eu-central-1b",
  ]);
  const named = { ...SSH, zones: ["eu-central-1a", "eu-central-1c", "eu-west-1a"] };
  assert.deepEqual(await said({ subnet: "10.0.0.0/22", aws: named, machine: scarce }), [
    "2 settings can't be used:",
    'machine.broker.instanceType = "m8g.xlarge": an instance type that every zone in use offers; eu-central-1c does not',
    'aws.zones = "eu-west-1a": available zones of eu-central-1: eu-central-1a, eu-central-1b, eu-central-1c',
  ]);
});

test("subnets that are not there, of another VPC, in one zone, too small, without the first address", async () => {
  const existing = (...subnetIds: string[]): Record<string, unknown> => ({
    aws: { ...SSH, vpc: { id: "vpc-00000001", subnetIds, bastionSubnetId: "subnet-000000ff" } },
  });
  assert.deepEqual(await said(existing("subnet-0000000a", "subnet-0000000e", "subnet-00000bad")), [
    "2 settings can't be used:",
    'aws.vpc.subnetIds = "subnet-0000000e": a subnet of aws.vpc.id, vpc-00000001; this one is in vpc-00000002',
    "aws.vpc.subnetIds = \"subnet-00000bad\": a subnet of eu-central-1 (AWS says: InvalidSubnetID.NotFound: The subnet ID 'subnet-00000bad' does not exist)",
  ]);
  assert.deepEqual(await said(existing("subnet-0000000b", "subnet-0000000c", "subnet-0000000d")), [
    "1 setting can't be used:",
    'aws.vpc.subnetIds = "subnet-0000000d": subnets in different zones; subnet-0000000c is in eu-central-1c, too',
  ]);
  assert.deepEqual(await said({ ...existing("subnet-0000000a"), firstAddress: "10.0.0.10" }), [
    "1 setting can't be used:",
    'firstAddress = "10.0.0.10": an address of 10.40.0.0/24 from 10.40.0.4 to 10.40.0.254',
  ]);
});

test("images that are not there, or for another architecture", async () => {
  const images = { arm64: "ami-00000000000000a86", x86_64: "ami-00000000000000bad" };
  assert.deepEqual(await said({ aws: { ...SSH, images } }), [
    "2 settings can't be used:",
    'aws.images.arm64 = "ami-00000000000000a86": a machine image of architecture arm64 in eu-central-1; this one is for x86_64',
    'aws.images.x86_64 = "ami-00000000000000bad": a machine image of architecture x86_64 in eu-central-1 (AWS says: Your query returned no results.)',
  ]);
});

/** What the program asks of AWS and what it would make, with some answers of AWS's in place of the usual ones. */
async function asked(
  raw: Record<string, unknown>,
  answers: Record<string, (inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>> = {},
  infrastructure?: Infrastructure,
): Promise<{ resources: readonly Recorded[]; calls: string[] }> {
  const calls: string[] = [];
  const provider: Provider = {
    ...AWS,
    call: (token, inputs) => {
      const name = token.split(":").at(-1) ?? "";
      calls.push(`${name} ${JSON.stringify(inputs)}`);
      return (answers[name] ?? (() => AWS.call(token, inputs)))(inputs);
    },
  };
  const surroundings = { provider, ...(infrastructure && { infrastructure }) };
  return { resources: await deployCluster({ platform: "aws", ...raw }, [], surroundings), calls };
}

test("a deprecated image may still be named, and a pinned one that is gone harms nobody who makes no machine", async () => {
  const aws = { ...SSH, images: { arm64: "ami-00000000000000d64" } };
  const { resources } = await asked({ aws });
  assert.equal(only(resources, "kafka-1-machine").inputs.ami, "ami-00000000000000d64");
  const infrastructure = { fixed: {}, growing: {}, pinned: { images: aws.images } };
  const gone = (): never => {
    throw refusal("InvalidAMIID.NotFound: The image id does not exist");
  };
  const later = await asked({ aws }, { getAmi: gone }, infrastructure);
  assert.equal(only(later.resources, "kafka-1-machine").inputs.ami, "ami-00000000000000d64");
});

test("a root volume is as large as its image's, also when the image is gone", async () => {
  const size = (resources: readonly Recorded[], name: string): unknown =>
    (only(resources, name).inputs.rootBlockDevice as { volumeSize: number }).volumeSize;
  const usual = await asked({ aws: SSH });
  assert.deepEqual(
    ["kafka-1-machine", "aws-bastion-machine"].map((name) => size(usual.resources, name)),
    [20, 8],
  );
  const image = "ami-00000000000001064";
  const aws = { access: { ...SSH.access, bastionImage: image }, images: { arm64: image } };
  const { resources } = await asked({ aws });
  assert.deepEqual(
    ["kafka-1-machine", "aws-bastion-machine"].map((name) => size(resources, name)),
    [30, 30],
  );
  const infrastructure: Infrastructure = {
    fixed: {},
    growing: {},
    pinned: { images: { arm64: image }, bastionImages: { arm64: image } },
    aws: {
      access: { bastion: true, sshFrom: SSH.access.sshFrom, clientsFrom: [], security: "plaintext" },
      rootGiB: { [image]: 30 },
    },
  };
  const gone = (): never => {
    throw refusal("InvalidAMIID.NotFound: The image id does not exist");
  };
  const later = await asked({ aws }, { getAmi: gone }, infrastructure);
  assert.deepEqual(
    ["kafka-1-machine", "aws-bastion-machine"].map((name) => size(later.resources, name)),
    [30, 30],
  );
});

test("images that no member can be made of", async () => {
  const image = async (arm64: string): Promise<string> => (await said({ aws: { ...SSH, images: { arm64 } } }))[1] ?? "";
  assert.match(await image("ami-00000000000002064"), /a machine image .* that can be used; this one is failed$/);
  assert.match(await image("ami-00000000000003064"), /whose root is an EBS volume; this one's is instance-store$/);
  assert.match(await image("ami-00000000000004064"), /that brings no device \/dev\/xvdf, where the data volume goes$/);
});

test("with one zone, an instance type that no spread placement group takes", async () => {
  const machine = { broker: { instanceType: "hpc7g.4xlarge" } };
  assert.deepEqual(await said({ aws: SSH, machine }), [
    "1 setting can't be used:",
    'machine.broker.instanceType = "hpc7g.4xlarge": an instance type that a spread placement group takes, with one zone; or 3 zones',
  ]);
});

test("existing subnets without room: fewer free addresses than are needed, or one of the members' is somebody's", async () => {
  const aws = {
    ...SSH,
    vpc: { id: "vpc-00000001", subnetIds: ["subnet-00000012"], bastionSubnetId: "subnet-000000ff" },
  };
  const problem = 'aws.vpc.subnetIds = "subnet-00000012": ';
  assert.deepEqual(await said({ aws }), [
    "1 setting can't be used:",
    `${problem}a subnet with at least 3 free addresses, for what is to be made in it; it has 2`,
  ]);
  // Ids of the interfaces that have the members' addresses, and of those among them that are this stack's.
  const has = (all: string[], own: string[]) => ({
    getNetworkInterfaces: (inputs: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
      ids: JSON.stringify(inputs).includes("tag:kafka-cluster:stack") ? own : all,
    }),
  });
  await asked({ aws }, has(["eni-1"], ["eni-1"]));
  await assert.rejects(
    asked({ aws }, has(["eni-1", "eni-9"], ["eni-1"])),
    /something else has 1 of 10\.40\.18\.10, 10\.40\.18\.11, 10\.40\.18\.12$/m,
  );
});

test("what AWS refuses to say is reported as such", async () => {
  const throttled = (): never => {
    throw refusal("RequestLimitExceeded: Request limit exceeded.");
  };
  const raw = { aws: { ...SSH, images: { arm64: "ami-00000000000000a64" } } };
  await assert.rejects(asked(raw, { getAmi: throttled }), /aws\.images\.arm64 .* \(AWS says: RequestLimitExceeded: /);
  await assert.rejects(asked({ aws: SSH }, { getAmi: throttled }), /AWS can't be asked: .*RequestLimitExceeded/);
  const error = await asked({ aws: SSH }, { getAvailabilityZones: throttled }).catch((reason: unknown) => reason);
  assert.ok(pulumi.RunError.isInstance(error), String(error));
  assert.equal(
    error.message,
    "AWS can't be asked: set aws:region to your region, and give credentials by the environment, aws:profile or a role. " +
      "AWS's provider says: RequestLimitExceeded: Request limit exceeded.",
  );
});

test("a key of another region", async () => {
  const kmsKeyId = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  assert.deepEqual(await said({ aws: { ...SSH, kmsKeyId } }), [
    "1 setting can't be used:",
    `aws.kmsKeyId = "${kmsKeyId}": a KMS key of eu-central-1, the region in use`,
  ]);
  const here = (end: string): string =>
    `arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-12345678${end}`;
  const of = async (end: string): Promise<string> => (await said({ aws: { ...SSH, kmsKeyId: here(end) } }))[1] ?? "";
  assert.match(await of("0ff0"), /a KMS key that is enabled; this one is Disabled$/);
  assert.match(await of("5167"), /a KMS key that encrypts; this one is for SIGN_VERIFY$/);
  await asked({ aws: { ...SSH, kmsKeyId: here("90ab") } });
});

test("a bastion's type has to be offered where the bastion is, and nowhere else", async () => {
  const access = { ...SSH.access, bastionInstanceType: "t2.micro" };
  // Chosen by number: the zone that offers it comes first, and the others are not narrowed.
  const { resources } = await asked({ subnet: "10.0.0.0/22", aws: { access, zones: 3 } });
  assert.deepEqual(
    [1, 2, 3].map((id) => only(resources, `kafka-${id}-volume`).inputs.availabilityZone),
    ["eu-central-1b", "eu-central-1a", "eu-central-1c"],
  );
  // And where the settings say another place, it is there.
  const second = await asked({ subnet: "10.0.0.0/22", aws: { access: { ...access, bastionZone: 3 }, zones: 3 } });
  assert.equal(only(second.resources, "kafka-3-volume").inputs.availabilityZone, "eu-central-1b");
  const refusal = (zone: string): string[] => [
    "1 setting can't be used:",
    `aws.access.bastionInstanceType = "t2.micro": an instance type that ${zone}, the zone of the bastion's subnet, offers`,
  ];
  const named = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];
  assert.deepEqual(await said({ subnet: "10.0.0.0/22", aws: { access, zones: named } }), refusal("eu-central-1a"));
  const existing = (bastionSubnetId: string): Record<string, unknown> => ({
    aws: { access, vpc: { id: "vpc-00000001", subnetIds: ["subnet-0000000c"], bastionSubnetId } },
  });
  assert.deepEqual(await said(existing("subnet-000000ff")), refusal("eu-central-1a"));
  await asked(existing("subnet-0000000b"));
});

test("user data larger than EC2 takes", async () => {
  const brokerProperties = {
    "ssl.cipher.suites": Array.from({ length: 500 }, () => "TLS_AES_256_GCM_SHA384").join(","),
  };
  const [, first = ""] = await said({ aws: SSH, brokerProperties });
  assert.match(first, /^kafka-1, user data in bytes = \d{5}: at most 16384 \(EC2's limit\): shorten brokerProperties/);
});

test("an existing VPC: members in its subnets, nothing of the network made", async () => {
  const vpc = {
    id: "vpc-00000001",
    subnetIds: ["subnet-0000000a", "subnet-0000000b", "subnet-0000000c"],
    bastionSubnetId: "subnet-000000ff",
  };
  const resources = await deployCluster({ platform: "aws", aws: { ...SSH, vpc } }, [], { provider: AWS });
  const network = resources.filter(({ parent }) => parent === "aws-network");
  assert.deepEqual(network, []);
  const interfaces = resources.filter(({ type }) => type === "aws:ec2/networkInterface:NetworkInterface");
  assert.deepEqual(
    interfaces.map(({ name, inputs }) => [name, inputs.subnetId, inputs.privateIps]),
    [
      ["kafka-1-interface", "subnet-0000000a", ["10.40.0.10"]],
      ["kafka-2-interface", "subnet-0000000b", ["10.40.1.10"]],
      ["kafka-3-interface", "subnet-0000000c", ["10.40.2.10"]],
    ],
  );
  const bastion = resources.find(({ name }) => name === "aws-bastion-machine");
  assert.equal(bastion?.inputs.subnetId, "subnet-000000ff");
});
