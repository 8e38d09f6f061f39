import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { renderBastionUserData } from "../../../model/render/bastion.ts";
import { classDataFiles } from "../../../model/render/classData.ts";
import { EC2_USER_DATA_LIMIT } from "../../../model/render/cloudInit.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import { only, type Recorded } from "../components/deploy.ts";
import { deployCluster } from "../components/program.ts";
import { violations } from "../policies/violations.ts";
import { AWS, NEWEST, stackSettings } from "./awsMock.ts";

const BROKERS = ["kafka-1", "kafka-2", "kafka-3"];
const SERVERS = ["zookeeper-1", "zookeeper-2", "zookeeper-3"];
const METADATA = { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 };

const staging = await deployCluster(stackSettings("staging"), [], { provider: AWS });
const prod = await deployCluster(stackSettings("prod"), [], { provider: AWS });

test("the example of users in both files can be used as it stands", () => {
  for (const stack of ["staging", "prod"] as const) {
    const lines = readFileSync(`Pulumi.${stack}.yaml`, "utf8").split("\n");
    const first = lines.findIndex((line) => line === "  # kafka-cluster:users:");
    assert.ok(first > 0, stack);
    const example = lines.slice(
      first,
      lines.findIndex((line, index) => index > first && !line.startsWith("  #")),
    );
    const { "kafka-cluster:users": users } = parse(
      example.map((line) => line.replace("  # ", "")).join("\n"),
    ) as Record<string, unknown>;
    const settings = checkSettings({ ...stackSettings(stack), users });
    assert.deepEqual(
      settings.users.map(({ name, permissions }) => [name, permissions.map(({ resource }) => resource)]),
      [["orders", ["topic", "group"]]],
    );
  }
});

/** Number of resources of each type. */
function counts(resources: readonly Recorded[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { type } of resources) found[type] = (found[type] ?? 0) + 1;
  return found;
}

/** Names of the resources that are for something, sorted. */
function named(resources: readonly Recorded[], wanted: (resource: Recorded) => boolean): string[] {
  return resources
    .filter(wanted)
    .map(({ name }) => name)
    .sort();
}

/** The access rules as `from -> to:port`. */
function access(resources: readonly Recorded[]): string[] {
  return resources
    .filter(({ type }) => type === "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    .map(({ inputs }) => {
      assert.equal(inputs.ipProtocol, "tcp");
      assert.equal(inputs.fromPort, inputs.toPort);
      const group = (id: unknown): string => /^aws-security-(\w+)-id$/.exec(String(id))?.[1] ?? "unknown";
      const from = (inputs.cidrIpv4 as string | undefined) ?? group(inputs.referencedSecurityGroupId);
      return `${from} -> ${group(inputs.securityGroupId)}:${String(inputs.toPort)}`;
    })
    .sort();
}

/** A subnet's network, zone and way out. */
function routed(resources: readonly Recorded[], label: string): unknown[] {
  const { inputs } = only(resources, `aws-network-${label}`);
  assert.equal(inputs.mapPublicIpOnLaunch, false);
  const association = only(resources, `aws-network-${label}-association`).inputs;
  assert.equal(association.subnetId, `aws-network-${label}-id`);
  const table = only(resources, String(association.routeTableId).replace(/-id$/, "")).inputs;
  const [route] = table.routes as [Record<string, string>];
  return [inputs.cidrBlock, inputs.availabilityZone, route.gatewayId ?? route.natGatewayId];
}

test("staging: exactly these resources", () => {
  assert.deepEqual(counts(staging), {
    "kafka-cluster:index:Certificates": 1,
    // An authority; a certificate for each service of the members, and the deployer's.
    "tls:index/privateKey:PrivateKey": 1 + 6 + 1,
    "tls:index/selfSignedCert:SelfSignedCert": 1,
    "tls:index/certRequest:CertRequest": 6 + 1,
    "tls:index/locallySignedCert:LocallySignedCert": 6 + 1,
    "kafka-cluster:index:DeployerKey": 1,
    "kafka-cluster:aws:AwsPlatform": 1,
    "kafka-cluster:aws:AwsNetwork": 1,
    "kafka-cluster:aws:AwsSecurity": 1,
    "kafka-cluster:aws:AwsBastion": 1,
    "kafka-cluster:aws:AwsMachine": 3,
    "kafka-cluster:index:LearnedHostKey": 4,
    "kafka-cluster:index:ZooKeeperEnsemble": 1,
    "kafka-cluster:index:EnsembleUpgrade": 1,
    "kafka-cluster:index:KafkaCluster": 1,
    "kafka-cluster:index:Member": 3,
    // The deployer's key, the distribution's checksum, a host key for each machine, an apply for each member, the
    // upgrade of the ensemble.
    "command:local:Command": 1 + 1 + 4 + 3 + 1,
    "aws:ec2/vpc:Vpc": 1,
    "aws:ec2/internetGateway:InternetGateway": 1,
    "aws:ec2/subnet:Subnet": 2,
    "aws:ec2/routeTable:RouteTable": 2,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": 2,
    "aws:ec2/natGateway:NatGateway": 1,
    "aws:ec2/eip:Eip": 2,
    "aws:ec2/eipAssociation:EipAssociation": 1,
    "aws:ec2/securityGroup:SecurityGroup": 3,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 11,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
    "aws:ec2/placementGroup:PlacementGroup": 1,
    "aws:ec2/instance:Instance": 4,
    "aws:ec2/networkInterface:NetworkInterface": 3,
    "aws:ebs/volume:Volume": 3,
    "aws:ec2/volumeAttachment:VolumeAttachment": 3,
  });
});

test("prod: exactly these resources", () => {
  assert.deepEqual(counts(prod), {
    "kafka-cluster:index:Certificates": 1,
    // An authority; a certificate for each service of the members, and the deployer's.
    "tls:index/privateKey:PrivateKey": 1 + 6 + 1,
    "tls:index/selfSignedCert:SelfSignedCert": 1,
    "tls:index/certRequest:CertRequest": 6 + 1,
    "tls:index/locallySignedCert:LocallySignedCert": 6 + 1,
    "kafka-cluster:index:DeployerKey": 1,
    "kafka-cluster:aws:AwsPlatform": 1,
    "kafka-cluster:aws:AwsNetwork": 1,
    "kafka-cluster:aws:AwsSecurity": 1,
    "kafka-cluster:aws:AwsBastion": 1,
    "kafka-cluster:aws:AwsMachine": 6,
    "kafka-cluster:index:LearnedHostKey": 7,
    "kafka-cluster:index:ZooKeeperEnsemble": 1,
    "kafka-cluster:index:KafkaCluster": 1,
    "kafka-cluster:index:Member": 6,
    "command:local:Command": 1 + 1 + 7 + 6,
    "aws:ec2/vpc:Vpc": 1,
    "aws:ec2/internetGateway:InternetGateway": 1,
    "aws:ec2/subnet:Subnet": 6,
    "aws:ec2/routeTable:RouteTable": 4,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": 6,
    "aws:ec2/natGateway:NatGateway": 3,
    "aws:ec2/eip:Eip": 4,
    "aws:ec2/eipAssociation:EipAssociation": 1,
    "aws:ec2/securityGroup:SecurityGroup": 3,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 11,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
    "aws:ec2/instance:Instance": 7,
    "aws:ec2/networkInterface:NetworkInterface": 6,
    "aws:ebs/volume:Volume": 6,
    "aws:ec2/volumeAttachment:VolumeAttachment": 6,
  });
});

test("subnets: a public and a private one a zone, each private one with its zone's way out, or the only one", () => {
  assert.deepEqual(routed(staging, "public-1"), ["10.20.255.0/24", "eu-central-1a", "aws-network-internet-id"]);
  assert.deepEqual(routed(staging, "members-1"), ["10.20.0.0/24", "eu-central-1a", "aws-network-nat-1-id"]);
  for (const [index, zone] of ["eu-central-1a", "eu-central-1b", "eu-central-1c"].entries()) {
    const label = String(index + 1);
    const network = `10.30.255.${index * 64}/26`;
    assert.deepEqual(routed(prod, `public-${label}`), [network, zone, "aws-network-internet-id"]);
    assert.deepEqual(routed(prod, `members-${label}`), [`10.30.${index}.0/24`, zone, `aws-network-nat-${label}-id`]);
    assert.equal(only(prod, `aws-network-nat-${label}`).inputs.subnetId, `aws-network-public-${label}-id`);
  }
});

test("connections: SSH from the stated network to the bastion, from there to members; nothing from everywhere", () => {
  const rules = (clients: string): string[] =>
    [
      "192.0.1.0/24 -> bastion:22",
      "bastion -> brokers:22",
      "bastion -> ensemble:22",
      "bastion -> brokers:9093",
      "bastion -> brokers:9094",
      "brokers -> brokers:9093",
      `${clients} -> brokers:9094`,
      "brokers -> ensemble:2182",
      "ensemble -> ensemble:2182",
      "ensemble -> ensemble:2888",
      "ensemble -> ensemble:3888",
    ].sort();
  assert.deepEqual(access(staging), rules("10.20.0.0/16"));
  assert.deepEqual(access(prod), rules("10.30.0.0/16"));
});

test("ports by how far the cluster is secured: those without TLS as long as somebody may come so", async () => {
  const ports = async (security: string): Promise<string[]> => {
    const resources = await deployCluster({ ...stackSettings("staging"), security }, [], { provider: AWS });
    return access(resources).filter((rule) => !/:(22|2888|3888)$/.test(rule));
  };
  const plaintext = [
    "10.20.0.0/16 -> brokers:9092",
    "bastion -> brokers:9092",
    "brokers -> brokers:9092",
    "brokers -> ensemble:2181",
    "ensemble -> ensemble:2181",
  ];
  const secured = [
    "10.20.0.0/16 -> brokers:9094",
    "bastion -> brokers:9093",
    "bastion -> brokers:9094",
    "brokers -> brokers:9093",
    "brokers -> ensemble:2182",
    "ensemble -> ensemble:2182",
  ];
  assert.deepEqual(await ports("plaintext"), plaintext);
  for (const security of ["opened", "switched"]) {
    assert.deepEqual(await ports(security), [...plaintext, ...secured].sort());
  }
  assert.deepEqual(await ports("secured"), secured);
});

test("without a bastion SSH and the verification come from the stated networks alone, each rule once", async () => {
  const raw = stackSettings("staging");
  const aws = { ...(raw.aws as object), access: { via: "direct", sshFrom: ["10.99.0.0/16", "10.20.0.0/16"] } };
  const direct = await deployCluster({ ...raw, aws }, [], { provider: AWS });
  assert.deepEqual(
    access(direct),
    [
      ...["10.99.0.0/16", "10.20.0.0/16"].flatMap((from) => [
        `${from} -> brokers:22`,
        `${from} -> ensemble:22`,
        `${from} -> brokers:9093`,
        `${from} -> brokers:9094`,
      ]),
      "brokers -> brokers:9093",
      "brokers -> ensemble:2182",
      "ensemble -> ensemble:2182",
      "ensemble -> ensemble:2888",
      "ensemble -> ensemble:3888",
    ].sort(),
  );
  assert.deepEqual(
    named(direct, ({ name }) => name.includes("bastion")),
    [],
  );
  const { environment } = only(direct, "kafka-1-apply").inputs as { environment: Record<string, string> };
  assert.deepEqual((JSON.parse(environment.KAFKA_CLUSTER_SPEC ?? "") as ApplySpec).reach, { via: "direct" });
});

test("a member's volume: encrypted gp3 in the member's zone, of the size that is set", () => {
  const tags = (stack: string, protect: string): Record<string, string> => ({
    Name: `test-${stack}`,
    "kafka-cluster:stack": "test",
    "kafka-cluster:role": "data",
    "kafka-cluster:protect": protect,
  });
  const gp3 = { type: "gp3", encrypted: true };
  assert.deepEqual(only(staging, "kafka-3-volume").inputs, {
    ...gp3,
    availabilityZone: "eu-central-1a",
    size: 20,
    iops: 3000,
    throughput: 125,
    tags: tags("kafka-3", "false"),
  });
  assert.deepEqual(only(prod, "kafka-3-volume").inputs, {
    ...gp3,
    availabilityZone: "eu-central-1c",
    size: 500,
    iops: 4000,
    throughput: 500,
    tags: tags("kafka-3", "true"),
  });
  assert.deepEqual(only(prod, "zookeeper-2-volume").inputs, {
    ...gp3,
    availabilityZone: "eu-central-1b",
    size: 20,
    iops: 3000,
    throughput: 125,
    tags: tags("zookeeper-2", "true"),
  });
});

test("a member's instance: its own address, no public one, tokens only, an encrypted root", () => {
  const tags = { Name: "test-kafka-2", "kafka-cluster:stack": "test" };
  const { userData, rootBlockDevice, ...inputs } = only(prod, "kafka-2-machine").inputs;
  assert.deepEqual(inputs, {
    ami: NEWEST.arm64,
    instanceType: "m7g.xlarge",
    primaryNetworkInterface: { networkInterfaceId: "kafka-2-interface-id" },
    metadataOptions: METADATA,
    tags: { ...tags, "kafka-cluster:role": "member" },
  });
  assert.deepEqual(rootBlockDevice, {
    volumeType: "gp3",
    volumeSize: 20,
    encrypted: true,
    tags: { ...tags, "kafka-cluster:role": "member" },
  });
  assert.ok(String(userData).startsWith("#cloud-config\n"));
  assert.match(String(userData), /DEVICE='\/dev\/disk\/by-id\/nvme-Amazon_Elastic_Block_Store_volkafka-2-volume'/);
  assert.match(String(userData), /broker\.rack=euc1-az3/);
  assert.match(String(userData), /server 169\.254\.169\.123 prefer/);
  assert.ok(String(userData).length < EC2_USER_DATA_LIMIT);

  assert.deepEqual(only(prod, "kafka-2-interface").inputs, {
    tags: { ...tags, "kafka-cluster:role": "data", "kafka-cluster:protect": "true" },
    subnetId: "aws-network-members-2-id",
    privateIps: ["10.30.1.10"],
    securityGroups: ["aws-security-brokers-id"],
    description: "kafka-2 of stack test",
  });
  assert.equal(only(staging, "kafka-2-machine").inputs.placementGroup, "aws-spread-1234567");
  assert.deepEqual(only(staging, "aws-spread").inputs.strategy, "spread");
  assert.deepEqual(only(staging, "kafka-2-interface").inputs.securityGroups, [
    "aws-security-brokers-id",
    "aws-security-ensemble-id",
  ]);
  assert.deepEqual(only(prod, "zookeeper-1-interface").inputs.privateIps, ["10.30.0.254"]);
  assert.deepEqual(only(prod, "zookeeper-1-interface").inputs.securityGroups, ["aws-security-ensemble-id"]);
});

test("a member makes its class data itself: its apply brings the program, its user data has no room for it", () => {
  for (const name of ["kafka-2", "zookeeper-2"]) {
    const { environment } = only(prod, `${name}-apply`).inputs as { environment: { KAFKA_CLUSTER_SPEC: string } };
    const { files } = JSON.parse(environment.KAFKA_CLUSTER_SPEC) as ApplySpec;
    const paths = classDataFiles("kafka_2.13-3.9.2").map(({ path }) => path);
    assert.deepEqual(
      files.map(({ path }) => path).filter((path) => paths.includes(path)),
      paths,
    );
    const userData = String(only(prod, `${name}-machine`).inputs.userData);
    assert.match(userData, /-XX:SharedArchiveFile=\/var\/lib\/kafka-cluster\/class-data\/kafka_2\.13-3\.9\.2\//);
    for (const path of paths) assert.ok(!userData.includes(`path: ${path}`), path);
  }
});

test("the volume is attached to a running instance and let go by a stopped one", () => {
  const attachment = only(prod, "kafka-2-attachment");
  assert.deepEqual(attachment.inputs, {
    instanceId: "kafka-2-machine-id",
    volumeId: "vol-kafka-2-volume",
    deviceName: "/dev/sdf",
    stopInstanceBeforeDetaching: true,
  });
  assert.equal(attachment.deleteBeforeReplace, true);
});

test("prod's volumes and addresses are protected and kept; staging's are not; nothing else is", () => {
  const members = [...BROKERS, ...SERVERS].flatMap((member) => [`${member}-interface`, `${member}-volume`]);
  assert.deepEqual(
    named(prod, ({ protect }) => protect),
    members.sort(),
  );
  assert.deepEqual(
    named(prod, ({ retainOnDelete }) => retainOnDelete),
    members,
  );
  assert.deepEqual(
    named(staging, ({ protect, retainOnDelete }) => protect || retainOnDelete),
    [],
  );
});

test("the bastion: a public address, a user who may only forward, known by the key that was learned", () => {
  const tags = { Name: "test-bastion", "kafka-cluster:stack": "test", "kafka-cluster:role": "bastion" };
  assert.deepEqual(only(staging, "aws-bastion-machine").inputs, {
    tags,
    rootBlockDevice: { volumeType: "gp3", volumeSize: 8, encrypted: true, tags },
    ami: NEWEST.arm64,
    instanceType: "t4g.nano",
    subnetId: "aws-network-public-1-id",
    vpcSecurityGroupIds: ["aws-security-bastion-id"],
    userData: renderBastionUserData("aws-bastion", "ssh-ed25519 PUBLIC"),
    metadataOptions: METADATA,
  });
  assert.deepEqual(only(staging, "aws-bastion-machine").ignoreChanges, ["userData"]);
  const learned = only(staging, "aws-bastion-host-key-learned");
  const { environment } = learned.inputs as { environment: Record<string, string> };
  assert.deepEqual(JSON.parse(environment.KAFKA_CLUSTER_SPEC ?? ""), {
    name: "aws-bastion",
    address: "198.51.100.7",
    user: "kafka-deploy",
    reach: { via: "direct" },
  });
  assert.deepEqual(learned.inputs.triggers, ["aws-bastion-machine-id"]);
  assert.deepEqual(learned.secrets, ["stdin"]);
});

test("members are reached through the bastion, and each one's host key is learned once", () => {
  const reach = { via: "bastion", host: "198.51.100.7", user: "kafka-deploy", hostKey: "ssh-ed25519 bastion" };
  const learned = only(staging, "kafka-2-host-key-learned");
  const { environment, update, triggers } = learned.inputs as Record<string, never> & {
    environment: { KAFKA_CLUSTER_SPEC: string };
  };
  assert.deepEqual(JSON.parse(environment.KAFKA_CLUSTER_SPEC), {
    name: "kafka-2",
    address: "10.20.0.11",
    user: "kafka-deploy",
    reach,
  });
  assert.equal(update, 'printf %s "$PULUMI_COMMAND_STDOUT"', "an update keeps what was learned");
  assert.deepEqual(triggers, ["kafka-2-machine-id"]);
  const apply = only(staging, "kafka-2-apply").inputs as { environment: { KAFKA_CLUSTER_SPEC: string } };
  const spec = JSON.parse(apply.environment.KAFKA_CLUSTER_SPEC) as ApplySpec;
  assert.deepEqual(spec.reach, reach);
  assert.equal(spec.hostKey, "ssh-ed25519 kafka-2");
});

test("a machine waits for its way out, its rules and its distribution; the bastion for its route", () => {
  const machine = only(staging, "kafka-1-machine").dependencies;
  for (const name of ["aws-network-members-1-association", "aws-security-brokers-22-from-bastion", "kafka-1-volume"]) {
    assert.ok(machine.includes(name), name);
  }
  assert.ok(only(staging, "aws-bastion-machine").dependencies.includes("aws-network-public-1-association"));
  assert.ok(only(staging, "aws-network-nat-1").dependencies.includes("aws-network-public-1-association"));
  const apply = only(staging, "kafka-1-apply").dependencies;
  for (const name of ["kafka-1-machine", "kafka-1-attachment", "kafka-1-host-key-learned"]) {
    assert.ok(apply.includes(name), name);
  }
});

test("no policy is violated, and prod keeps the strictest settings of protection and security", async () => {
  assert.deepEqual(violations(staging), []);
  const strict = { "data-volumes-protected": { requireProtection: true }, "members-secured": { requireSecured: true } };
  assert.deepEqual(violations(prod, strict), []);
  assert.equal(violations(staging, { "data-volumes-protected": { requireProtection: true } }).length, 3);
  const opened = await deployCluster({ ...stackSettings("prod"), security: "opened" }, [], { provider: AWS });
  // Six members; 9092 from brokers, bastion and clients; 2181 from brokers and ensemble.
  assert.equal(violations(opened, { "members-secured": { requireSecured: true } }).length, 6 + 3 + 2);
});

test("no private key stands in any plain input", () => {
  for (const resource of [...staging, ...prod]) {
    const { stdin: _, ...rest } = resource.inputs;
    // Those of certificates are secrets of the state.
    const plain = Object.entries(rest).filter(([input]) => !resource.secrets.includes(input));
    assert.ok(!/PRIVATE|PEM of|PKCS8 of/.test(JSON.stringify(plain)), resource.name);
  }
});
