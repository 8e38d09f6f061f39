import { DeployerKey } from "../../../components/deployerKey.ts";
import { Growth } from "../../../components/growth.ts";
import { KafkaCluster, type KafkaClusterArgs } from "../../../components/kafkaCluster.ts";
import type { Infrastructure } from "../../../model/livingCluster.ts";
import { brokerPlans, planMembers } from "../../../model/render/members.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { ZooKeeperEnsemble } from "../../../components/zooKeeperEnsemble.ts";
import { chooseSite } from "../../../program/chosenPlatform.ts";
import { chooseCertificates } from "../../../program/clusterCertificates.ts";
import { deploy, type Printed, type Provider, type Recorded } from "./deploy.ts";

/** Names of any members that a test may have. */
const MEMBERS = ["kafka", "zookeeper"].flatMap((kind) => [1, 2, 3, 4, 5, 6, 7, 8].map((id) => `${kind}-${id}`));

/** What the commands of a program print. */
export const PRINTED: Printed = {
  "deployer-pair": { privateKey: "PRIVATE", publicKey: "ssh-ed25519 PUBLIC" },
  "local-network": { bridge: "kc-test", gateway: "10.0.0.1/24" },
  "local-image": { fingerprint: "f1" },
  "local-distribution": { name: "kafka_2.13-3.9.2", file: "/cache/kafka_2.13-3.9.2-1.tar", sha512: "abc" },
  "aws-distribution": { name: "kafka_2.13-3.9.2", url: "https://archive.example/kafka_2.13-3.9.2.tgz", sha512: "abc" },
  "aws-bastion-host-key-learned": { hostKey: "ssh-ed25519 bastion" },
  ...Object.fromEntries(
    MEMBERS.flatMap((name): [string, unknown][] => [
      [`${name}-volume`, { volumeId: `${name}-volume-id` }],
      [`${name}-machine`, { machineId: `${name}-uuid`, hostKey: `ssh-ed25519 ${name}` }],
      [`${name}-host-key-learned`, { hostKey: `ssh-ed25519 ${name}` }],
    ]),
  ),
};

/** What stands around a deployment. */
export interface Surroundings {
  /** Plays the platform's provider. @default one that refuses everything */
  readonly provider?: Provider;
  /** What the last deployment left of its platform. */
  readonly infrastructure?: Infrastructure;
  /** Names of the members that are down. @default none */
  readonly down?: readonly string[];
  /** See KafkaCluster. */
  readonly order?: readonly string[];
  readonly isFixed?: boolean;
  /** Host keys of the members that are upgraded. */
  readonly upgrading?: Readonly<Record<string, string>>;
  /** Replicas that topics get before the roll. @default none do */
  readonly factors?: Readonly<Record<string, number>>;
}

/**
 * Deploys the part of the program below the verification, from raw settings, with the mocks of {@link deploy}.
 *
 * @param deployed names of the members that the last deployment exported
 */
export async function deployCluster(
  raw: Record<string, unknown>,
  deployed: readonly string[] = [],
  { provider, infrastructure, upgrading, factors, order, isFixed, down = [] }: Surroundings = {},
): Promise<readonly Recorded[]> {
  const settings = checkSettings(raw);
  return deploy(
    async () => {
      const site = await chooseSite(settings, infrastructure, undefined);
      const plans = planMembers(settings, site.subnets);
      const certificates = chooseCertificates(settings, plans);
      const deployerKey = new DeployerKey("deployer", { tls: certificates?.deployer });
      const shared = {
        platform: site.createPlatform(deployerKey),
        deployerKey,
        plans,
        deployed: new Set(deployed),
        down: new Set(down),
        brokers: brokerPlans(plans).map(({ brokerId: id, address }) => ({ id, address })),
        release: {
          kafkaVersion: settings.kafkaVersion.version,
          interBrokerProtocolVersion: settings.interBrokerProtocolVersion ?? settings.kafkaVersion.protocol,
        },
        security: settings.security,
        certificates,
        rollout: settings.rollout,
        brokerProperties: settings.brokerProperties,
        heap: settings.heap,
        jvmOptions: settings.jvmOptions,
      };
      const ensemble = new ZooKeeperEnsemble("zookeeper", { ...shared, upgrading });
      const grow: KafkaClusterArgs["grow"] = (added) => [
        new Growth("growth", {
          ...{ brokers: [], reach: shared.platform.reach, deployerKey, throttleMiBps: 50, factors },
          startAfter: added.map((member) => member.applied),
        }).grown,
      ];
      new KafkaCluster("kafka", {
        ...{ ...shared, ensemble, ...(factors && { grow }) },
        ...{ ...(order && { order }), ...(isFixed !== undefined && { isFixed }) },
      });
    },
    PRINTED,
    provider,
  );
}
