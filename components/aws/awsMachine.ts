import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeployerKey } from "../deployerKey.ts";
import { LearnedHostKey } from "../learnedHostKey.ts";
import type { Reach } from "../../model/reach.ts";
import type { NodePlan } from "../../model/render/node.ts";
import { METADATA_OPTIONS, rootBlockDevice } from "./awsInstance.ts";
import { DATA_DEVICE } from "../../model/aws/dataDevice.ts";
import { awsTags } from "../../model/aws/awsTags.ts";

/** Arguments of {@link AwsMachine}. */
export interface AwsMachineArgs {
  readonly plan: NodePlan;
  readonly stack: string;
  readonly instanceType: string;
  /** Machine image of the type's architecture. */
  readonly image: string;
  /** GiB of the root volume. */
  readonly rootGiB: number;
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupIds: readonly pulumi.Input<string>[];
  /** Spread placement group; absent where members are spread over zones. */
  readonly placementGroup?: pulumi.Input<string>;
  readonly userData: pulumi.Input<string>;
  readonly volumeId: pulumi.Input<string>;
  readonly kmsKeyId?: string;
  /** Whether the network interface is protected, and kept when the stack forgets it. */
  readonly protect: boolean;
  readonly reach: pulumi.Input<Reach>;
  readonly deployerKey: DeployerKey;
}

/**
 * A member's EC2 instance with its data volume attached. The network interface holds the member's address and outlives
 * the instance, as the volume does.
 */
export class AwsMachine extends pulumi.ComponentResource {
  /** Id of the instance. */
  readonly machineId: pulumi.Output<string>;
  readonly hostKey: pulumi.Output<string>;

  /**
   * @param dependsOn what has to be done before the instance is made, replaced or deleted; the interface does not wait
   */
  constructor(
    name: string,
    args: AwsMachineArgs,
    dependsOn: readonly pulumi.Resource[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("kafka-cluster:aws:AwsMachine", name, {}, opts);
    const { plan, protect } = args;
    const tags = awsTags(args.stack, plan.name, { "kafka-cluster:role": "member" });
    const networkInterface = new aws.ec2.NetworkInterface(
      `${plan.name}-interface`,
      {
        subnetId: args.subnetId,
        privateIps: [plan.address],
        securityGroups: [...args.securityGroupIds],
        description: `${plan.name} of stack ${args.stack}`,
        tags: awsTags(args.stack, plan.name, {
          "kafka-cluster:role": "data",
          "kafka-cluster:protect": String(protect),
        }),
      },
      { parent: this, protect, retainOnDelete: protect },
    );
    const instance = new aws.ec2.Instance(
      `${plan.name}-machine`,
      {
        ami: args.image,
        instanceType: args.instanceType,
        primaryNetworkInterface: { networkInterfaceId: networkInterface.id },
        userData: args.userData,
        metadataOptions: METADATA_OPTIONS,
        rootBlockDevice: rootBlockDevice(args.rootGiB, args.kmsKeyId, tags),
        ...(args.placementGroup !== undefined && { placementGroup: args.placementGroup }),
        tags,
      },
      {
        parent: this,
        dependsOn: [...dependsOn],
        // The address and the volume can't be had twice.
        deleteBeforeReplace: true,
        // EC2 would stop and start the running machine for another type. As a replacement, its services are stopped in
        // good order first, and the next machine is touched only when this one is back in sync.
        replaceOnChanges: ["instanceType"],
        // cloud-init reads it at the first boot alone; ever after, the apply Command carries the same files.
        ignoreChanges: ["userData"],
      },
    );
    new aws.ec2.VolumeAttachment(
      `${plan.name}-attachment`,
      {
        instanceId: instance.id,
        volumeId: args.volumeId,
        deviceName: DATA_DEVICE,
        // A mounted volume does not let go: the machine is shut down first.
        stopInstanceBeforeDetaching: true,
      },
      { parent: this, deleteBeforeReplace: true },
    );
    const { hostKey } = new LearnedHostKey(
      `${plan.name}-host-key`,
      {
        machine: plan.name,
        address: plan.address,
        machineId: instance.id,
        reach: args.reach,
        deployerKey: args.deployerKey,
      },
      { parent: this },
    );
    this.machineId = instance.id;
    this.hostKey = hostKey;
    this.registerOutputs({ machineId: this.machineId, hostKey: this.hostKey });
  }
}
