/** The policy pack and the engine's plans for resources of AWS, with the tests' own provider: no cloud is asked. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { exec, type Finished } from "../../scripts/lib/exec.ts";
import { pulumiExecutable, pulumiSteps } from "../../scripts/setup/pulumi.ts";
import { runSteps } from "../../scripts/setup/runSteps.ts";
import { pulumiEnvironment } from "../../scripts/stack/engine.ts";
import { prepareStack } from "../../scripts/stack/prepare.ts";
import { installAwsProvider } from "./support/awsProvider.ts";
import { TYPESCRIPT_ENTRY } from "./support/typescriptEntry.ts";

/** One member on AWS. `settings.json` puts properties over those of its resources, by their names. */
const PROGRAM = `
import { readFileSync } from "node:fs";
import * as aws from "@pulumi/aws";
import * as command from "@pulumi/command";

const settings = JSON.parse(readFileSync("settings.json", "utf8"));
if (settings.unknown === "type") new aws.s3.Bucket("bucket");
if (settings.unknown === "function") await aws.getCallerIdentity();
const zones = await aws.getAvailabilityZones({ state: "available" });
const image = await aws.ec2.getAmi({ filters: [{ name: "architecture", values: ["arm64"] }] });
const availabilityZone = zones.names[0];
const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.20.0.0/16" });
const subnet = new aws.ec2.Subnet("subnet", { vpcId: vpc.id, availabilityZone, cidrBlock: "10.20.1.0/24" });
const group = new aws.ec2.SecurityGroup("group", { vpcId: vpc.id });
new aws.vpc.SecurityGroupIngressRule("inside", {
  securityGroupId: group.id, ipProtocol: "-1", cidrIpv4: vpc.cidrBlock, ...settings.inside,
});
const port = new aws.ec2.NetworkInterface("port", {
  subnetId: subnet.id, privateIps: ["10.20.1.10"], securityGroups: [group.id], tags: { "kafka-cluster:role": "data" },
});
const volume = new aws.ebs.Volume("volume", {
  availabilityZone, size: 20, encrypted: true,
  tags: { "kafka-cluster:role": "data", ...(settings.promised && { "kafka-cluster:protect": "true" }) }, ...settings.volume,
}, { protect: settings.protect ?? false });
const machine = new aws.ec2.Instance("machine", {
  ami: image.id, instanceType: "m7g.large", userDataBase64: Buffer.from("#cloud-config\\n").toString("base64"),
  primaryNetworkInterface: { networkInterfaceId: port.id },
  rootBlockDevice: { encrypted: true }, metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
  tags: { "kafka-cluster:role": "member" }, ...settings.machine,
}, { deleteBeforeReplace: true });
new aws.ec2.VolumeAttachment("attachment", {
  deviceName: "/dev/sdf", instanceId: machine.id, volumeId: volume.id,
}, { deleteBeforeReplace: true });
if (settings.apply) new command.local.Command("apply", settings.apply);
export const address = port.privateIp;
`;

let folder: string;
const PACK = ["--policy-pack", "policies"];

/** Runs the CLI on the program with settings. */
async function cli(settings: Record<string, unknown>, ...args: string[]): Promise<Finished> {
  const program = join(folder, "program");
  await writeFile(join(program, "settings.json"), JSON.stringify(settings));
  return exec(pulumiExecutable(), [...args, "--non-interactive", "--cwd", program], { env: pulumiEnvironment() });
}

/** Like {@link cli}, and it has to succeed; gives its output. */
async function succeed(settings: Record<string, unknown>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(settings, ...args);
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

/** What a preview would do, by the names of the resources that it touches. */
async function planned(settings: Record<string, unknown>): Promise<Record<string, string>> {
  const { steps } = JSON.parse(await succeed(settings, "preview", "--json")) as {
    steps: { op: string; urn: string }[];
  };
  const changes = steps.filter(({ op }) => ["create", "update", "replace", "delete"].includes(op));
  return Object.fromEntries(changes.map(({ op, urn }) => [urn.split("::").at(-1) ?? "", op]));
}

const MADE = ["vpc", "subnet", "group", "inside", "port", "volume", "machine", "attachment"];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "aws-preview-"));
  process.env.KAFKA_CLUSTER_HOME = join(folder, "home");
  process.env.KAFKA_CLUSTER_STACK = "aws";
  process.env.KAFKA_CLUSTER_CONFIG = join(folder, "config.yaml");
  process.env.AWS_REGION = "eu-central-1";
  await writeFile(process.env.KAFKA_CLUSTER_CONFIG, "config: {}\n");
  const program = join(folder, "program");
  await mkdir(program);
  for (const name of ["node_modules", "policies"]) await symlink(resolve(name), join(program, name));
  await writeFile(join(program, "index.ts"), PROGRAM);
  await writeFile(join(program, "index.mjs"), TYPESCRIPT_ENTRY);
  await writeFile(join(program, "package.json"), JSON.stringify({ type: "module", main: "index.mjs" }));
  const yaml = `name: kafka-cluster
main: index.mjs
runtime: { name: nodejs, options: { typescript: false } }
plugins: { analyzers: [{ name: policy-tsx, path: ${resolve("policies")} }] }
`;
  await writeFile(join(program, "Pulumi.yaml"), yaml);
  await installAwsProvider(process.env.KAFKA_CLUSTER_HOME);
  await runSteps(pulumiSteps("aws"));
  await prepareStack();
});
after(() => rm(folder, { recursive: true, force: true }));

test("a program that keeps the policies would make its resources, with and without the pack", async () => {
  const creates = Object.fromEntries(MADE.map((name) => [name, "create"]));
  assert.deepEqual(await planned({}), { "kafka-cluster-aws": "create", ...creates });
  assert.match(await succeed({}, "preview", ...PACK), /Policies:\n.* kafka-cluster@v0\.1\.0 \(local: policies\)/);
});

test("each policy that is broken is named, and nothing would be made", async () => {
  const broken = {
    inside: { cidrIpv4: "0.0.0.0/0" },
    volume: { encrypted: false },
    promised: true,
    machine: {
      associatePublicIpAddress: true,
      metadataOptions: { httpTokens: "optional", httpPutResponseHopLimit: 1 },
      userDataBase64: Buffer.from("password: hunter2").toString("base64"),
    },
  };
  const { code, stdout } = await cli(broken, "preview", ...PACK);
  assert.notEqual(code, 0, stdout);
  const messages = [
    ["volumes-encrypted", "volume: encrypted is false; set it to true"],
    ["instance-metadata-tokens", 'machine: metadataOptions.httpTokens is "optional"; set it to "required"'],
    ["no-ingress-from-anywhere", "inside: cidrIpv4 lets in 0.0.0.0/0; "],
    ["data-volumes-protected", 'volume: tag kafka-cluster:protect is "true", protect is false; '],
    ["members-private", "machine: associatePublicIpAddress is true; "],
    ["no-secret-in-user-data", 'machine: userDataBase64 holds a password ("password:"); '],
  ];
  for (const [policy, message = ""] of messages) {
    assert.ok(
      stdout.includes(`[mandatory]  ${policy}`) && stdout.includes(message),
      `${message} is not in:\n${stdout}`,
    );
  }
});

test("the pack's configuration asks for protection, or turns a policy to advice", async () => {
  const file = join(folder, "policies.json");
  await writeFile(
    file,
    JSON.stringify({ "volumes-encrypted": "advisory", "data-volumes-protected": { requireProtection: true } }),
  );
  const configured = [...PACK, "--policy-pack-config", file];
  const { code, stdout } = await cli({}, "preview", ...configured);
  assert.notEqual(code, 0);
  assert.match(stdout, /volume: a data volume, protect is false, and requireProtection is on/);
  const advised = await succeed({ protect: true, volume: { encrypted: false } }, "preview", ...configured);
  assert.match(advised, /\[advisory\] {2}volumes-encrypted/);
});

test("the pack's configuration asks for security: of members, and of who may connect to them", async () => {
  const file = join(folder, "secured.json");
  await writeFile(file, JSON.stringify({ "members-secured": { requireSecured: true } }));
  const strict = ["preview", ...PACK, "--policy-pack-config", file];
  const member = (security: string, more: Record<string, string> = {}): Record<string, unknown> => ({
    create: "true",
    environment: { KAFKA_CLUSTER_SPEC: JSON.stringify({ name: "kafka-1", files: [], security }), ...more },
    stdin: "-----BEGIN PRIVATE KEY-----",
  });
  const inside = (port: number): object => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
  await succeed({ apply: member("secured"), inside: inside(9094) }, ...strict);
  // Without the configuration, a cluster may be as it likes.
  await succeed({ apply: member("opened"), inside: inside(9092) }, "preview", ...PACK);
  const broken = { apply: member("opened", { KEY: "-----BEGIN PRIVATE KEY-----" }), inside: inside(9092) };
  const { code, stdout } = await cli(broken, ...strict);
  assert.notEqual(code, 0, stdout);
  const messages = [
    ["members-secured", 'apply: security is "opened", and requireSecured is on; '],
    ["members-secured", "inside: lets in port 9092, Kafka without TLS, and requireSecured is on; "],
    ["no-secret-in-commands", "apply: environment.KEY holds a private key"],
  ];
  for (const [policy, message = ""] of messages) {
    assert.ok(
      stdout.includes(`[mandatory]  ${policy}`) && stdout.includes(message),
      `${message} is not in:\n${stdout}`,
    );
  }
});

test("what the provider does not know is refused", async () => {
  for (const unknown of ["type", "function"]) {
    const { code, stdout, stderr } = await cli({ unknown }, "preview");
    assert.notEqual(code, 0);
    assert.match(
      stdout + stderr,
      /the tests' provider does not know aws:s3|unknown function: aws:index\/getCallerIdentity/,
    );
  }
});

test("an up that breaks a policy changes nothing", async () => {
  await succeed({}, "up", "--yes", "--skip-preview", ...PACK);
  assert.equal(await succeed({}, "stack", "output", "address"), "10.20.1.10\n");
  const broken = await cli({ machine: { associatePublicIpAddress: true } }, "up", "--yes", "--skip-preview", ...PACK);
  assert.notEqual(broken.code, 0);
  assert.deepEqual(await planned({}), {});
  await succeed({}, "destroy", "--yes", "--skip-preview");
});
