/** EC2's own dry run of making a machine, and what follows from its answer. */
import type { EbsBlockDevice, EC2Client, RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { proxyFor } from "../lib/proxy.ts";

/** A machine that is to be made, as EC2 is asked for it. */
export interface MachineRequest {
  readonly image: string;
  readonly instanceType: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** Name of the placement group; absent without one. */
  readonly placementGroup?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent where the plan does not tell it. */
  readonly root?: RootVolume;
}

/** An instance's root volume. */
export interface RootVolume {
  /** In GiB. */
  readonly size: number;
  readonly type: string;
  readonly encrypted: boolean;
  /** @default the account's key for EBS */
  readonly kmsKeyId?: string;
}

/** What EC2 says: the machine could be made, it is refused, or that can't be known. */
export type Verdict = { readonly accepted: true } | { readonly refused: string } | { readonly unclear: string };

/** What may be ignored of a refusal. */
export interface Given {
  /** The member has its address already: a subnet without a free one does not matter. */
  readonly hasAddress: boolean;
  /** Instance type of the machine that goes before this one comes; absent where none does. */
  readonly formerType?: string;
}

/**
 * Errors of RunInstances that will be there when the machine is made, too:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html. Others may come from the question itself:
 * UnauthorizedOperation, too, since a rule of IAM's may ask for what the provider says otherwise. How much room EC2 has,
 * and volumes' limits, show only when a machine is made.
 */
const REFUSALS =
  /^(InvalidAMIID\..*|Unsupported|UnsupportedOperation|InsufficientFreeAddressesInSubnet|VcpuLimitExceeded|InstanceLimitExceeded|InvalidSubnetID\.NotFound|InvalidGroup\.NotFound|InvalidPlacementGroup\.Unknown|InvalidBlockDeviceMapping|OptInRequired|PendingVerification|Blocked)$/;

/** How long EC2 may take to answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * A client of EC2. It is loaded only here: loading it takes 0.4 s.
 *
 * @param login region and profile. @default what the environment says
 */
export async function ec2Client(login: { region?: string; profile?: string }): Promise<EC2Client> {
  const [{ EC2Client: Client }, { HttpsProxyAgent }] = await Promise.all([
    import("@aws-sdk/client-ec2"),
    import("https-proxy-agent"),
  ]);
  const proxy = proxyFor(`https://ec2.${login.region ?? "us-east-1"}.amazonaws.com`);
  return new Client({
    ...login,
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: ANSWER_TIMEOUT_MS,
      requestTimeout: ANSWER_TIMEOUT_MS,
      ...(proxy && { httpsAgent: new HttpsProxyAgent(proxy) }),
    },
  });
}

/** Asks EC2 whether a machine could be made. */
export async function dryRun(client: EC2Client, request: MachineRequest, given: Given): Promise<Verdict> {
  const { DescribeInstanceTypesCommand, RunInstancesCommand } = await import("@aws-sdk/client-ec2");
  try {
    await client.send(new RunInstancesCommand(inputOf(request, await rootDevice(client, request))));
    return { unclear: "EC2 did not take it for a dry run" };
  } catch (error) {
    const { name, message } = error as Error;
    const { formerType } = given;
    if (name !== "VcpuLimitExceeded" || formerType === undefined) return judge(name, message, given.hasAddress);
    // The former machine goes first, and what it frees may be enough.
    if (formerType === request.instanceType) return { accepted: true };
    const types = [formerType, request.instanceType] as NonNullable<RunInstancesCommandInput["InstanceType"]>[];
    const told = await client.send(new DescribeInstanceTypesCommand({ InstanceTypes: types })).catch(() => undefined);
    const [before, after] = types.map(
      (type) => told?.InstanceTypes?.find(({ InstanceType }) => InstanceType === type)?.VCpuInfo?.DefaultVCpus,
    );
    if (before === undefined || after === undefined) return { unclear: `${name}: ${message}` };
    return before >= after ? { accepted: true } : judge(name, message, given.hasAddress);
  }
}

/** What an error of a dry run says. @param code AWS's name of it */
export function judge(code: string, message: string, hasAddress: boolean): Verdict {
  if (code === "DryRunOperation") return { accepted: true };
  if (hasAddress && code === "InsufficientFreeAddressesInSubnet") return { accepted: true };
  const said = `${code}: ${message.replace(/\s+/g, " ").trim()}`;
  return REFUSALS.test(code) ? { refused: said } : { unclear: said };
}

/** Under which name an image has its root volume; undefined where that can't be known. */
async function rootDevice(client: EC2Client, { image, root }: MachineRequest): Promise<string | undefined> {
  if (!root) return undefined;
  const { DescribeImagesCommand } = await import("@aws-sdk/client-ec2");
  const told = await client.send(new DescribeImagesCommand({ ImageIds: [image] })).catch(() => undefined);
  return told?.Images?.[0]?.RootDeviceName;
}

/** @param device name of the root volume */
function inputOf(request: MachineRequest, device: string | undefined): RunInstancesCommandInput {
  const { root } = request;
  const Tags = Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    DryRun: true,
    MinCount: 1,
    MaxCount: 1,
    ImageId: request.image,
    InstanceType: request.instanceType as NonNullable<RunInstancesCommandInput["InstanceType"]>,
    // Not the member's own interface: the machine that goes has it.
    SubnetId: request.subnetId,
    SecurityGroupIds: [...request.securityGroupIds],
    ...(request.placementGroup !== undefined && { Placement: { GroupName: request.placementGroup } }),
    ...(root && device !== undefined && { BlockDeviceMappings: [{ DeviceName: device, Ebs: ebsOf(root) }] }),
    MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1, HttpEndpoint: "enabled" },
    TagSpecifications: [
      { ResourceType: "instance", Tags },
      { ResourceType: "volume", Tags },
    ],
  };
}

function ebsOf({ size, type, encrypted, kmsKeyId }: RootVolume): EbsBlockDevice {
  return {
    VolumeSize: size,
    VolumeType: type as NonNullable<EbsBlockDevice["VolumeType"]>,
    Encrypted: encrypted,
    DeleteOnTermination: true,
    ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
  };
}
