import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dryRun, ec2Client, judge, type MachineRequest } from "../../../scripts/aws/dryRun.ts";
import { askForRoom, plannedMachines } from "../../../scripts/aws/machineRoom.ts";
import type { Step } from "../../../scripts/plan/planSteps.ts";
import { startEc2 } from "../../e2e/support/ec2.ts";

const KEYS = ["AWS_ENDPOINT_URL_EC2", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
const REQUEST: MachineRequest = {
  image: "ami-00000000000000a64",
  instanceType: "m7g.large",
  subnetId: "subnet-0000000a",
  securityGroupIds: ["sg-1", "sg-2"],
  placementGroup: "spread",
  tags: { Name: "staging-kafka-2" },
};

before(() => Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: "tests" }));
after(() => {
  for (const key of KEYS) Reflect.deleteProperty(process.env, key);
});

/** Runs something with an EC2 that gives one answer. */
async function withEc2<T>(
  code: string,
  run: () => Promise<T>,
): Promise<{ value: T; asked: readonly string[]; form: URLSearchParams | undefined }> {
  const ec2 = await startEc2(code);
  process.env.AWS_ENDPOINT_URL_EC2 = ec2.url;
  try {
    return { value: await run(), asked: ec2.asked, form: ec2.forms[0] };
  } finally {
    await ec2.close();
  }
}

const ask = async (formerType?: string): Promise<unknown> => {
  const given = { hasAddress: true, ...(formerType !== undefined && { formerType }) };
  return dryRun(await ec2Client({ region: "eu-central-1" }), REQUEST, given);
};

test("EC2 is asked for a dry run of the machine, and its answer is an error in any case", async () => {
  const { value: answer, asked } = await withEc2("DryRunOperation", ask);
  assert.deepEqual({ answer, asked }, { answer: { accepted: true }, asked: ["ami-00000000000000a64 m7g.large"] });
  const { value } = await withEc2("InvalidAMIID.NotFound", ask);
  assert.deepEqual(value, { refused: "InvalidAMIID.NotFound: as the tests say" });
});

test("a limit of vCPUs does not matter where a machine of that type goes first, and does where none goes", async () => {
  assert.deepEqual((await withEc2("VcpuLimitExceeded", () => ask("m7g.large"))).value, { accepted: true });
  assert.deepEqual((await withEc2("VcpuLimitExceeded", () => ask())).value, {
    refused: "VcpuLimitExceeded: as the tests say",
  });
});

test("a full subnet matters only to a member that has no address yet; what may come from the question is no refusal", () => {
  const full = "InsufficientFreeAddressesInSubnet";
  assert.deepEqual(judge(full, "none", true), { accepted: true });
  assert.deepEqual(judge(full, "none", false), { refused: `${full}: none` });
  assert.deepEqual(judge("InvalidParameterCombination", "both", false), {
    unclear: "InvalidParameterCombination: both",
  });
  // A rule of IAM's may hold for the question alone; and the last shows only when a machine is made.
  for (const code of ["UnauthorizedOperation", "InsufficientInstanceCapacity"]) {
    assert.deepEqual(judge(code, "no", false), { unclear: `${code}: no` });
  }
  assert.deepEqual(judge("CredentialsProviderError", "none", false), { unclear: "CredentialsProviderError: none" });
});

/** A step of a member's part. */
function step(op: string, part: string, inputs: Record<string, unknown>, old?: Record<string, unknown>): Step {
  const urn = `urn:pulumi:staging::kafka-cluster::kafka-cluster:index:Member$aws:ec2:X::kafka-2-${part}`;
  return { op, urn, new: { inputs }, ...(old && { old: { inputs: old } }) };
}

const PORT = step("same", "interface", { subnetId: "subnet-0000000a", securityGroups: ["sg-1"] });
const MACHINE = { ami: "ami-b", instanceType: "m7g.large", tags: { Name: "staging-kafka-2" } };

test("only machines that are made are asked about, and only where the subnet is known", () => {
  const replaced = step("create-replacement", "machine", MACHINE, { ...MACHINE, instanceType: "t4g.medium" });
  assert.deepEqual(plannedMachines([PORT, replaced]), [
    {
      member: "kafka-2",
      request: {
        image: "ami-b",
        instanceType: "m7g.large",
        subnetId: "subnet-0000000a",
        securityGroupIds: ["sg-1"],
        tags: { Name: "staging-kafka-2" },
      },
      given: { hasAddress: true, formerType: "t4g.medium" },
    },
  ]);
  assert.deepEqual(plannedMachines([PORT, step("same", "machine", MACHINE), step("update", "machine", MACHINE)]), []);
  assert.deepEqual(plannedMachines([replaced]), []);
});

test("a member has its address where its interface stays, in place or changed", () => {
  const port = (op: string): Step => ({ ...PORT, op });
  const hasAddress = (op: string): boolean | undefined =>
    plannedMachines([port(op), step("create", "machine", MACHINE)])[0]?.given.hasAddress;
  assert.deepEqual(["same", "update"].map(hasAddress), [true, true]);
  assert.deepEqual(["create", "replace", "create-replacement"].map(hasAddress), [false, false, false]);
});

test("EC2 is asked with the root volume and the tags that the provider will ask with", async () => {
  const rootBlockDevice = { volumeType: "gp3", volumeSize: 20, encrypted: true, kmsKeyId: "arn:key", tags: {} };
  const steps = [PORT, step("create", "machine", { ...MACHINE, rootBlockDevice })];
  const defaultTags = { tags: { Name: "none", "cost-center": "7", hidden: { secure: "v1:x" } } };
  for (const given of [defaultTags, JSON.stringify(defaultTags)]) {
    const { form } = await withEc2("DryRunOperation", () =>
      askForRoom(steps, { region: "eu-central-1", defaultTags: given }),
    );
    const sent = (prefix: string): string[] =>
      [...(form ?? [])].flatMap(([key, value]) =>
        key.startsWith(prefix) ? [`${key.slice(prefix.length)} ${value}`] : [],
      );
    assert.deepEqual(sent("BlockDeviceMapping.1.").sort(), [
      "DeviceName /dev/xvda",
      "Ebs.DeleteOnTermination true",
      "Ebs.Encrypted true",
      "Ebs.KmsKeyId arn:key",
      "Ebs.VolumeSize 20",
      "Ebs.VolumeType gp3",
    ]);
    assert.deepEqual(sent("TagSpecification.1.Tag."), [
      "1.Key Name",
      "1.Value staging-kafka-2",
      "2.Key cost-center",
      "2.Value 7",
    ]);
  }
});

test("every machine that can't be made stands in one message; options that only the provider knows are said", async () => {
  const steps = [PORT, step("create", "machine", MACHINE)];
  const refused = withEc2("Unsupported", () => askForRoom(steps, { region: "eu-central-1" }));
  await assert.rejects(
    refused,
    /nothing has been touched\..*\n {2}kafka-2 \(image ami-b, type m7g\.large\): Unsupported: as/,
  );
  const { asked } = await withEc2("Unsupported", () => askForRoom(steps, { assumeRoles: [{}] }));
  assert.deepEqual(asked, []);
});
