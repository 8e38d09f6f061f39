import * as pulumi from "@pulumi/pulumi";
import type { ApplySpec, Peer, RolloutSettings } from "../model/specs/applySpec.ts";
import type { JvmOptions } from "../model/settings/jvmOptions.ts";
import type { Release } from "../model/kafka/upgrade.ts";
import type { Platform } from "./platform.ts";
import type { BlockDevice } from "../model/render/dataVolume.ts";
import { type NodePlan, renderNode, servicesOf } from "../model/render/node.ts";
import type { NodeFile, Service } from "../model/render/nodeFile.ts";
import type { EnsembleServer } from "../model/render/serverProperties.ts";
import { type ServiceTls, tlsContents } from "../model/render/tlsFiles.ts";
import { hasTls, type Phase } from "../model/security/phase.ts";

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
  /** How far the cluster is secured. */
  readonly security: Phase;
  /** What the members show of themselves and whom they trust; only a plaintext cluster has none. */
  readonly certificates?: MemberCertificates | undefined;
  /** How careful a rolling change is. */
  readonly rollout: RolloutSettings;
  /** Broker properties over the program's defaults. */
  readonly brokerProperties: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** JVM heaps, for example `1g`. */
  readonly heap: pulumi.Input<{ broker: pulumi.Input<string>; zookeeper: pulumi.Input<string> }>;
  /** Further options of the services' JVMs, checked by `jvmOptionProblem`. @default none */
  readonly jvmOptions?: pulumi.Input<JvmOptions>;
}

/** The certificates of the members' services, and the keys to them. */
export interface MemberCertificates {
  /** A service's of a member; a secret. */
  tlsOf(plan: NodePlan, service: Service): pulumi.Output<ServiceTls>;
}

/**
 * The contents of a member's secret files by their paths; a secret.
 *
 * @throws Error when a cluster with TLS has no certificates
 */
export function secretContents(
  plan: NodePlan,
  { security, certificates }: ServiceSettings,
): pulumi.Output<Record<string, string>> {
  if (!hasTls(security)) return pulumi.output<Record<string, string>>({});
  if (!certificates) throw new Error(`${plan.name}: a cluster that is ${security} needs certificates`);
  const contents = servicesOf(plan).map((service) =>
    certificates.tlsOf(plan, service).apply((tls) => tlsContents(service, tls)),
  );
  return pulumi.all(contents).apply((contents) => Object.assign({}, ...contents) as Record<string, string>);
}

/**
 * All files of a member, those that are secret without their content.
 *
 * @param device its data volume, on a platform whose machines see a block device
 */
export function memberFiles(
  plan: NodePlan,
  { platform, ensemble, brokers, release, security, brokerProperties, heap, jvmOptions }: ServiceSettings,
  device?: pulumi.Input<BlockDevice | undefined>,
): pulumi.Output<NodeFile[]> {
  const { name, url, sha512, classData } = platform.distribution;
  return pulumi
    .all([brokerProperties, heap, jvmOptions, url, sha512, classData, device])
    .apply(([brokerProperties, heap, jvmOptions, url, sha512, classData, device]) =>
      renderNode(plan, {
        ensemble,
        brokerCount: brokers.length,
        interBrokerProtocolVersion: release.interBrokerProtocolVersion,
        security,
        brokerProperties,
        heap,
        ...(jvmOptions && { jvmOptions }),
        distribution: { name, url, sha512, ...(classData && { classData }) },
        host: platform.host,
        ...(device && { device }),
      }),
    );
}

/** What the apply script is told about a member. */
export function memberSpec(
  plan: NodePlan,
  { platform, brokers, ensemble, release, security, rollout }: ServiceSettings,
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
    security,
    rollout,
    files,
  }));
}
