import * as pulumi from "@pulumi/pulumi";
import type { ApplySpec, Peer, RolloutSettings } from "./applySpec.ts";
import type { Release } from "./kafka/upgrade.ts";
import type { Platform } from "./platform.ts";
import type { BlockDevice } from "./render/dataVolume.ts";
import { type NodePlan, renderNode, servicesOf } from "./render/node.ts";
import type { NodeFile } from "./render/nodeFile.ts";
import type { EnsembleServer } from "./render/serverProperties.ts";

/** What the files and services of all members follow from, apart from their plans. */
export interface ServiceSettings {
  /** Gives the distribution and what machines are like. */
  readonly platform: Platform;
  /** The ZooKeeper ensemble that the brokers connect to. */
  readonly ensemble: readonly EnsembleServer[];
  /** All brokers of the cluster. */
  readonly brokers: readonly Peer[];
  /** Kafka's version, and the protocol that the brokers speak with each other. */
  readonly release: Release;
  /** How careful a rolling change is. */
  readonly rollout: RolloutSettings;
  /** Broker properties over the program's defaults. */
  readonly brokerProperties: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** JVM heaps, for example `1g`. */
  readonly heap: pulumi.Input<{ broker: pulumi.Input<string>; zookeeper: pulumi.Input<string> }>;
}

/**
 * All files of a member.
 *
 * @param device its data volume, on a platform whose machines see a block device
 */
export function memberFiles(
  plan: NodePlan,
  { platform, ensemble, brokers, release, brokerProperties, heap }: ServiceSettings,
  device?: pulumi.Input<BlockDevice | undefined>,
): pulumi.Output<NodeFile[]> {
  const { name, url, sha512 } = platform.distribution;
  return pulumi
    .all([brokerProperties, heap, url, sha512, device])
    .apply(([brokerProperties, heap, url, sha512, device]) =>
      renderNode(plan, {
        ensemble,
        brokerCount: brokers.length,
        interBrokerProtocolVersion: release.interBrokerProtocolVersion,
        brokerProperties,
        heap,
        distribution: { name, url, sha512 },
        host: platform.host,
        ...(device && { device }),
      }),
    );
}

/** What the apply script is told about a member. */
export function memberSpec(
  plan: NodePlan,
  { platform, brokers, ensemble, release, rollout }: ServiceSettings,
  machine: { readonly files: pulumi.Input<NodeFile[]>; readonly hostKey: pulumi.Input<string> },
): pulumi.Output<ApplySpec> {
  return pulumi.all([machine.files, machine.hostKey, platform.reach]).apply(([files, hostKey, reach]) => ({
    name: plan.name,
    address: plan.address,
    hostKey,
    reach,
    services: servicesOf(plan),
    ...(plan.brokerId !== undefined && { brokerId: plan.brokerId }),
    ...(plan.zookeeperId !== undefined && { zookeeperId: plan.zookeeperId }),
    brokers,
    ensemble,
    kafkaVersion: release.kafkaVersion,
    rollout,
    files,
  }));
}
