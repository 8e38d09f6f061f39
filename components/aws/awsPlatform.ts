import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "../scriptCommand.ts";
import type { DeployerKey } from "../deployerKey.ts";
import type { KafkaVersion } from "../../model/kafka/versions.ts";
import type { BlockDevice } from "../../model/render/dataVolume.ts";
import type { DataVolume, Distribution, Machine, MachineArgs, Platform } from "../platform.ts";
import type { Phase } from "../../model/security/phase.ts";
import type { Reach } from "../../model/reach.ts";
import { hostsBroker, type NodePlan } from "../../model/render/node.ts";
import { AwsBastion } from "./awsBastion.ts";
import { BASTION_ROOT_GIB, MEMBER_ROOT_GIB } from "./awsInstance.ts";
import { devicePath } from "../../model/aws/dataDevice.ts";
import { accessOf } from "../../model/aws/awsLimits.ts";
import { AwsMachine } from "./awsMachine.ts";
import { AwsNetwork } from "./awsNetwork.ts";
import { AwsSecurity } from "./awsSecurity.ts";
import type { AwsSettings, MachineSize } from "../../model/aws/awsSettings.ts";
import { type AwsSite, present } from "../../model/aws/awsSite.ts";
import { awsTags } from "../../model/aws/awsTags.ts";
import { AWS_HOST } from "../../model/aws/awsUserData.ts";

/** Arguments of {@link AwsPlatform}. All but the key shape the graph, so they are plain values. */
export interface AwsPlatformArgs extends AwsSettings {
  /** The stack's name, for tags. */
  readonly stack: string;
  /** Where the cluster will be. */
  readonly site: AwsSite;
  /** The version of Kafka whose distribution the machines get. */
  readonly version: KafkaVersion;
  /** How far the cluster is secured. */
  readonly security: Phase;
  readonly deployerKey: DeployerKey;
}

/** Machines on EC2: Debian 12, each with an encrypted data volume and a network interface that outlive it. */
export class AwsPlatform extends pulumi.ComponentResource implements Platform {
  readonly distribution: Distribution;
  readonly host = AWS_HOST;
  readonly reach: pulumi.Output<Reach>;

  readonly #args: AwsPlatformArgs;
  readonly #network: AwsNetwork;
  readonly #security: AwsSecurity;
  readonly #bastion: AwsBastion | undefined;
  readonly #placement: aws.ec2.PlacementGroup | undefined;

  constructor(name: string, args: AwsPlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:aws:AwsPlatform", name, {}, opts);
    this.#args = args;
    const { site, aws: settings } = args;

    this.#network = new AwsNetwork(
      `${name}-network`,
      { stack: args.stack, vpc: settings.vpc, zones: site.zones, cidrs: site.subnets.map(({ cidr }) => cidr) },
      { parent: this },
    );
    this.#security = new AwsSecurity(
      `${name}-security`,
      {
        stack: args.stack,
        vpcId: this.#network.vpcId,
        ...accessOf(args),
      },
      { parent: this },
    );
    this.#bastion = this.#createBastion(name);
    this.reach = this.#bastion ? this.#bastion.reach : pulumi.output<Reach>({ via: "direct" });
    // In several zones, the zones keep members apart.
    this.#placement =
      site.zones.length === 1
        ? new aws.ec2.PlacementGroup(
            `${name}-spread`,
            { strategy: "spread", tags: awsTags(args.stack, "spread") },
            { parent: this },
          )
        : undefined;
    this.distribution = this.#createDistribution(name);
    this.registerOutputs({ distribution: this.distribution, host: this.host, reach: this.reach });
  }

  createVolume(plan: NodePlan, parent: pulumi.ComponentResource): DataVolume {
    const { aws: settings, stack, site } = this.#args;
    const { volume } = this.#sizeOf(plan);
    const resource = new aws.ebs.Volume(
      `${plan.name}-volume`,
      {
        availabilityZone: present(site.zones, this.#zoneIndex(plan)).name,
        type: "gp3",
        size: volume.sizeGiB,
        iops: volume.iops,
        throughput: volume.throughput,
        encrypted: true,
        ...(settings.kmsKeyId !== undefined && { kmsKeyId: settings.kmsKeyId }),
        tags: awsTags(stack, plan.name, {
          "kafka-cluster:role": "data",
          "kafka-cluster:protect": String(settings.protect),
        }),
      },
      { parent, protect: settings.protect, retainOnDelete: settings.protect },
    );
    const device = resource.id.apply((id): BlockDevice => ({ path: devicePath(id), sizeGiB: volume.sizeGiB }));
    return { resource, volumeId: resource.id, device };
  }

  createMachine(
    plan: NodePlan,
    args: MachineArgs,
    parent: pulumi.ComponentResource,
    dependsOn: readonly pulumi.Resource[],
  ): Machine {
    const { aws: settings, stack, deployerKey } = this.#args;
    const { instanceType } = this.#sizeOf(plan);
    const image = this.#imageOf(instanceType);
    const machine = new AwsMachine(
      `${plan.name}-ec2`,
      {
        plan,
        stack,
        instanceType,
        image,
        rootGiB: this.#rootGiB(image, MEMBER_ROOT_GIB),
        subnetId: present(this.#network.memberSubnetIds, this.#zoneIndex(plan)),
        securityGroupIds: [
          ...(hostsBroker(plan) ? [this.#security.brokers.id] : []),
          ...(plan.zookeeperId === undefined ? [] : [this.#security.ensemble.id]),
        ],
        ...(this.#placement && { placementGroup: this.#placement.name }),
        userData: args.userData,
        volumeId: args.volume.volumeId,
        ...(settings.kmsKeyId !== undefined && { kmsKeyId: settings.kmsKeyId }),
        protect: settings.protect,
        reach: this.reach,
        deployerKey,
      },
      // Without its route out a machine's first boot can't fetch anything, without its rules nobody gets to it. It is
      // stopped and replaced through the bastion, so that is in order first.
      [...this.#network.memberRoutes, this.#security, ...(this.#bastion ? [this.#bastion] : []), ...dependsOn],
      { parent },
    );
    return { resource: machine, machineId: machine.machineId, hostKey: machine.hostKey };
  }

  #createBastion(name: string): AwsBastion | undefined {
    const { access, kmsKeyId } = this.#args.aws;
    const securityGroup = this.#security.bastion;
    if (access.via === "direct" || !securityGroup) return undefined;
    const image = this.#bastionImage();
    return new AwsBastion(
      `${name}-bastion`,
      {
        stack: this.#args.stack,
        subnetId: present(this.#network.bastionSubnetIds, access.bastionZone - 1),
        securityGroupId: securityGroup.id,
        instanceType: access.bastionInstanceType,
        image,
        rootGiB: this.#rootGiB(image, BASTION_ROOT_GIB),
        ...(kmsKeyId !== undefined && { kmsKeyId }),
        deployerKey: this.#args.deployerKey,
      },
      [this.#security, ...this.#network.bastionRoutes],
      { parent: this },
    );
  }

  #createDistribution(name: string): Distribution {
    const { version, distribution } = this.#args;
    if (distribution) {
      const { url, sha512 } = distribution;
      return { name: version.name, url: pulumi.output(url), sha512: pulumi.output(sha512) };
    }
    const published = scriptCommand(
      `${name}-distribution`,
      {
        create: "distribution published",
        environment: { KAFKA_VERSION: version.version },
      },
      { parent: this },
    ).stdout.apply((json) => JSON.parse(json) as { url: string; sha512: string });
    return {
      name: version.name,
      url: published.apply(({ url }) => url),
      sha512: published.apply(({ sha512 }) => sha512),
    };
  }

  #sizeOf(plan: NodePlan): MachineSize {
    return hostsBroker(plan) ? this.#args.machine.broker : this.#args.machine.zookeeper;
  }

  #imageOf(instanceType: string): string {
    const image = this.#args.site.images[instanceType];
    if (image === undefined) throw new Error(`no image was chosen for ${instanceType}`);
    return image;
  }

  /** A root volume is at least as large as its image's. */
  #rootGiB(image: string, usual: number): number {
    return Math.max(usual, this.#args.site.rootGiB[image] ?? 0);
  }

  #bastionImage(): string {
    const { bastionImage } = this.#args.site;
    if (bastionImage === undefined) throw new Error("no image was chosen for the bastion");
    return bastionImage;
  }

  /** Which of the site's zones a member is in. */
  #zoneIndex(plan: NodePlan): number {
    return this.#args.site.zones.findIndex(({ id }) => id === plan.rack);
  }
}
