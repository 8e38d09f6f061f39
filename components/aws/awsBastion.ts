import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DeployerKey } from "../deployerKey.ts";
import { LearnedHostKey } from "../learnedHostKey.ts";
import type { BastionReach } from "../../model/reach.ts";
import { renderBastionUserData } from "../../model/render/bastion.ts";
import { DEPLOY_USER } from "../../model/render/machinePaths.ts";
import { METADATA_OPTIONS, rootBlockDevice } from "./awsInstance.ts";
import { awsTags } from "../../model/aws/awsTags.ts";

/** Arguments of {@link AwsBastion}. */
export interface AwsBastionArgs {
  readonly stack: string;
  /** A public subnet. */
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly instanceType: string;
  /** Machine image of the type's architecture. */
  readonly image: string;
  /** GiB of its root volume. */
  readonly rootGiB: number;
  /** ARN of the key that encrypts its volume. @default the account's key for EBS */
  readonly kmsKeyId?: string;
  readonly deployerKey: DeployerKey;
}

/** A small machine with a public address through which the deployer reaches the members; it only forwards connections. */
export class AwsBastion extends pulumi.ComponentResource {
  /** How to get through it. */
  readonly reach: pulumi.Output<BastionReach>;

  /** @param dependsOn what has to be there before the instance is made; a component's own dependencies are not its children's */
  constructor(
    name: string,
    args: AwsBastionArgs,
    dependsOn: readonly pulumi.Resource[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("kafka-cluster:aws:AwsBastion", name, {}, opts);
    const tags = awsTags(args.stack, "bastion", { "kafka-cluster:role": "bastion" });
    const machine = new aws.ec2.Instance(
      `${name}-machine`,
      {
        ami: args.image,
        instanceType: args.instanceType,
        subnetId: args.subnetId,
        vpcSecurityGroupIds: [args.securityGroupId],
        userData: args.deployerKey.publicKey.apply((key) => renderBastionUserData(name, key)),
        metadataOptions: METADATA_OPTIONS,
        rootBlockDevice: rootBlockDevice(args.rootGiB, args.kmsKeyId, tags),
        tags,
      },
      {
        parent: this,
        dependsOn: [...dependsOn],
        // EC2 would stop it and start it again, which another architecture does not survive.
        replaceOnChanges: ["instanceType"],
        // Read at the first boot alone.
        ignoreChanges: ["userData"],
      },
    );
    const address = new aws.ec2.Eip(`${name}-address`, { domain: "vpc", tags }, { parent: this });
    const association = new aws.ec2.EipAssociation(
      `${name}-association`,
      { allocationId: address.id, instanceId: machine.id },
      { parent: this, deleteBeforeReplace: true },
    );
    const { hostKey } = new LearnedHostKey(
      `${name}-host-key`,
      {
        machine: name,
        // The address leads to the machine when it is associated.
        address: association.publicIp,
        machineId: machine.id,
        reach: { via: "direct" },
        deployerKey: args.deployerKey,
      },
      { parent: this },
    );
    this.reach = pulumi
      .all([association.publicIp, hostKey])
      .apply(([host, hostKey]): BastionReach => ({ via: "bastion", host, user: DEPLOY_USER, hostKey }));
    this.registerOutputs({ reach: this.reach });
  }
}
