import assert from "node:assert/strict";
import { test } from "node:test";
import { commandSecrets } from "../../../policies/commandSecrets.ts";
import { encryption } from "../../../policies/encryption.ts";
import { ingress } from "../../../policies/ingress.ts";
import { instanceMetadata } from "../../../policies/instanceMetadata.ts";
import { protection } from "../../../policies/protection.ts";
import { publicAddress } from "../../../policies/publicAddress.ts";
import type { CheckedResource, Rule, RuleConfig } from "../../../policies/rule.ts";
import { secured } from "../../../policies/secured.ts";

const VOLUME = "aws:ebs/volume:Volume";
const INSTANCE = "aws:ec2/instance:Instance";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

/** What a rule says of a resource named `r`, cut off before the remedy. */
function found(
  rule: Rule,
  type: string,
  props: CheckedResource["props"],
  { protect = false, config = {} }: { protect?: boolean; config?: RuleConfig } = {},
): string[] {
  return rule.check({ type, name: "r", props, opts: { protect } }, config).map((message) => {
    const [what = "", remedy = ""] = message.split("; ");
    assert.ok(remedy !== "", `no remedy: ${message}`);
    return what;
  });
}

test("volumes are encrypted", () => {
  assert.deepEqual(found(encryption, VOLUME, { encrypted: true }), []);
  assert.deepEqual(found(encryption, VOLUME, { encrypted: false }), ["r: encrypted is false"]);
  assert.deepEqual(found(encryption, VOLUME, {}), ["r: encrypted is absent"]);
});

test("block devices of instances are encrypted, the root's without being named, too", () => {
  const encrypted = { encrypted: true };
  assert.deepEqual(found(encryption, INSTANCE, { rootBlockDevice: encrypted, ebsBlockDevices: [encrypted] }), []);
  assert.deepEqual(found(encryption, INSTANCE, { ebsBlockDevices: [encrypted, { encrypted: false }, {}] }), [
    "r: rootBlockDevice.encrypted is absent",
    "r: ebsBlockDevices[1].encrypted is false",
    "r: ebsBlockDevices[2].encrypted is absent",
  ]);
});

test("block devices of launch templates are encrypted", () => {
  const mappings = (...blockDeviceMappings: unknown[]): string[] =>
    found(encryption, TEMPLATE, { blockDeviceMappings });
  assert.deepEqual(mappings({ ebs: { encrypted: "true" } }, { virtualName: "ephemeral0" }), []);
  assert.deepEqual(mappings({ ebs: { encrypted: "false" } }), ['r: blockDeviceMappings[0].ebs.encrypted is "false"']);
  assert.deepEqual(mappings(), ["r: blockDeviceMappings is absent"]);
});

test("instance metadata needs a token that travels one hop", () => {
  for (const type of [INSTANCE, TEMPLATE]) {
    const options = (metadataOptions?: unknown): string[] => found(instanceMetadata, type, { metadataOptions });
    assert.deepEqual(options({ httpTokens: "required", httpPutResponseHopLimit: 1 }), []);
    assert.deepEqual(options({ httpEndpoint: "disabled" }), []);
    assert.deepEqual(options({ httpTokens: "optional", httpPutResponseHopLimit: 2 }), [
      'r: metadataOptions.httpTokens is "optional"',
      "r: metadataOptions.httpPutResponseHopLimit is 2",
    ]);
    assert.deepEqual(options(), [
      "r: metadataOptions.httpTokens is absent",
      "r: metadataOptions.httpPutResponseHopLimit is absent",
    ]);
  }
});

test("no rule of a group or an ACL lets in anywhere", () => {
  const inside = { cidrBlocks: ["10.0.0.0/16"], ipv6CidrBlocks: [] };
  const outside = { cidrBlocks: ["10.0.0.0/16", "0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] };
  const group = "aws:ec2/securityGroup:SecurityGroup";
  assert.deepEqual(found(ingress, group, { ingress: [inside], egress: [outside] }), []);
  assert.deepEqual(found(ingress, group, { ingress: [inside, outside] }), [
    "r: ingress[1].cidrBlocks lets in 0.0.0.0/0",
    "r: ingress[1].ipv6CidrBlocks lets in ::/0",
  ]);
  const acl = "aws:ec2/networkAcl:NetworkAcl";
  assert.deepEqual(found(ingress, acl, { ingress: [{ action: "deny", cidrBlock: "0.0.0.0/0" }] }), []);
  assert.deepEqual(found(ingress, acl, { ingress: [{ action: "allow", cidrBlock: "0.0.0.0/0" }] }), [
    "r: ingress[0].cidrBlock lets in 0.0.0.0/0",
  ]);
});

test("no rule that stands by itself lets in anywhere", () => {
  const old = "aws:ec2/securityGroupRule:SecurityGroupRule";
  assert.deepEqual(found(ingress, old, { type: "egress", cidrBlocks: ["0.0.0.0/0"] }), []);
  assert.deepEqual(found(ingress, old, { type: "ingress", cidrBlocks: ["0.0.0.0/0"] }), [
    "r: cidrBlocks lets in 0.0.0.0/0",
  ]);
  const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
  assert.deepEqual(found(ingress, rule, { cidrIpv4: "192.0.2.0/24" }), []);
  assert.deepEqual(found(ingress, rule, { cidrIpv4: "0.0.0.0/0" }), ["r: cidrIpv4 lets in 0.0.0.0/0"]);
  assert.deepEqual(found(ingress, rule, { cidrIpv6: "::/0" }), ["r: cidrIpv6 lets in ::/0"]);
  assert.deepEqual(
    found(ingress, "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", { cidrIpv4: "0.0.0.0/0" }),
    [],
  );
  const acl = "aws:ec2/networkAclRule:NetworkAclRule";
  assert.deepEqual(found(ingress, acl, { egress: true, ruleAction: "allow", cidrBlock: "0.0.0.0/0" }), []);
  assert.deepEqual(found(ingress, acl, { ruleAction: "allow", ipv6CidrBlock: "::/0" }), [
    "r: ipv6CidrBlock lets in ::/0",
  ]);
});

test("data volumes are protected where the stack says so", () => {
  const data = { tags: { "kafka-cluster:role": "data" } };
  const promised = { tags: { "kafka-cluster:role": "data", "kafka-cluster:protect": "true" } };
  const config = { requireProtection: true };
  assert.deepEqual(found(protection, VOLUME, promised, { protect: true, config }), []);
  assert.deepEqual(found(protection, VOLUME, data), []);
  assert.deepEqual(found(protection, VOLUME, {}, { config }), []);
  assert.deepEqual(found(protection, VOLUME, promised), ['r: tag kafka-cluster:protect is "true", protect is false']);
  assert.deepEqual(found(protection, VOLUME, data, { config }), [
    "r: a data volume, protect is false, and requireProtection is on",
  ]);
});

test("members have no public address, and no subnet hands them out", () => {
  const tags = { "kafka-cluster:role": "member" };
  assert.deepEqual(found(publicAddress, INSTANCE, { tags }), []);
  assert.deepEqual(found(publicAddress, INSTANCE, { associatePublicIpAddress: true }), []);
  assert.deepEqual(found(publicAddress, INSTANCE, { tags, associatePublicIpAddress: true }), [
    "r: associatePublicIpAddress is true",
  ]);
  const subnet = "aws:ec2/subnet:Subnet";
  assert.deepEqual(found(publicAddress, subnet, {}), []);
  assert.deepEqual(found(publicAddress, subnet, { mapPublicIpOnLaunch: false }), []);
  assert.deepEqual(found(publicAddress, subnet, { mapPublicIpOnLaunch: true }), ["r: mapPublicIpOnLaunch is true"]);
});

const COMMAND = "command:local:Command";

test("no secret stands in a command line or in the environment of a Command", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n";
  const props = { create: "node scripts/run.mjs apply", environment: { SPEC: '{"security":"secured"}' }, stdin: pem };
  assert.deepEqual(found(commandSecrets, COMMAND, props), []);
  assert.deepEqual(found(commandSecrets, COMMAND, { create: "login --password=hunter2" }), [
    'r: create holds a password ("password=")',
  ]);
  assert.deepEqual(found(commandSecrets, COMMAND, { environment: { FILES: JSON.stringify({ key: pem }) } }), [
    'r: environment.FILES holds a private key ("-----BEGIN PRIVATE KEY-----")',
  ]);
  assert.deepEqual(found(commandSecrets, COMMAND, { triggers: ["a", { key: pem }] }), [
    'r: triggers[1] holds a private key ("-----BEGIN PRIVATE KEY-----")',
  ]);
  const jaas = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="a" password="b";';
  assert.equal(found(commandSecrets, COMMAND, { environment: { JAAS: jaas } }).length, 1);
  // Unit tests see the marks of secrets as well.
  const marked = { type: COMMAND, name: "r", props: { environment: { A: "x" } }, opts: { protect: false } };
  assert.equal(commandSecrets.check({ ...marked, secrets: ["environment.A"] }, {}).length, 1);
  assert.equal(commandSecrets.check({ ...marked, secrets: ["environment"] }, {}).length, 1);
  assert.deepEqual(commandSecrets.check({ ...marked, secrets: ["stdin"] }, {}), []);
});

test("members are secured where the stack says so", () => {
  const apply = (security?: string): CheckedResource["props"] => ({
    environment: { KAFKA_CLUSTER_SPEC: JSON.stringify({ name: "kafka-1", files: [], services: ["kafka"], security }) },
  });
  const config = { requireSecured: true };
  assert.deepEqual(found(secured, COMMAND, apply("secured"), { config }), []);
  assert.deepEqual(found(secured, COMMAND, apply("switched")), []);
  assert.deepEqual(found(secured, COMMAND, apply("switched"), { config }), [
    'r: security is "switched", and requireSecured is on',
  ]);
  assert.equal(found(secured, COMMAND, apply(), { config }).length, 1);
  const verification = { environment: { KAFKA_CLUSTER_SPEC: JSON.stringify({ topic: "a" }) } };
  assert.deepEqual(found(secured, COMMAND, verification, { config }), []);
});

test("no security group opens a port without TLS where the stack says so", () => {
  const config = { requireSecured: true };
  const rule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
  const ports = (fromPort: number, toPort = fromPort, ipProtocol = "tcp"): string[] =>
    found(secured, rule, { ipProtocol, fromPort, toPort, cidrIpv4: "10.0.0.0/16" }, { config });
  const kafka = "lets in port 9092, Kafka without TLS, and requireSecured is on";
  const zooKeeper = "lets in port 2181, ZooKeeper without TLS, and requireSecured is on";
  for (const port of [22, 9093, 9094, 2182, 2888, 3888]) assert.deepEqual(ports(port), [], String(port));
  assert.deepEqual(ports(9092), [`r: ${kafka}`]);
  assert.deepEqual(ports(2181), [`r: ${zooKeeper}`]);
  assert.deepEqual(ports(1024, 65535), [`r: ${kafka}`, `r: ${zooKeeper}`]);
  assert.deepEqual(ports(-1, -1, "icmp"), []);
  assert.deepEqual(found(secured, rule, { ipProtocol: "-1" }, { config }), [`r: ${kafka}`, `r: ${zooKeeper}`]);
  assert.deepEqual(found(secured, rule, { ipProtocol: "tcp", fromPort: 9092, toPort: 9092 }), []);
  const group = "aws:ec2/securityGroup:SecurityGroup";
  const opened = { protocol: "tcp", fromPort: 9092, toPort: 9094 };
  assert.deepEqual(found(secured, group, { ingress: [{ ...opened, fromPort: 9093 }, opened] }, { config }), [
    `r: ingress[1] ${kafka}`,
  ]);
  assert.deepEqual(found(secured, group, { egress: [opened] }, { config }), []);
  const acl = "aws:ec2/networkAclRule:NetworkAclRule";
  assert.deepEqual(found(secured, acl, { ruleAction: "allow", protocol: "-1" }, { config }), []);
});
