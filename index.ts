/** The program: settings -> site -> platform -> ensemble -> cluster -> assignment -> topics, verification -> outputs. */
import * as pulumi from "@pulumi/pulumi";
import { Assignment } from "./components/assignment.ts";
import { DeployerKey } from "./components/deployerKey.ts";
import { Growth } from "./components/growth.ts";
import { gainedFactors, wantedFactors } from "./model/specs/growthSpec.ts";
import { KafkaCluster } from "./components/kafkaCluster.ts";
import { defaultProtocol } from "./model/kafka/upgrade.ts";
import { type ClusterShape, MADE_KEY } from "./model/livingCluster.ts";
import type { ClientTls } from "./model/reach.ts";
import { planMembers } from "./model/render/members.ts";
import { KAFKA_PORTS } from "./model/render/machinePaths.ts";
import { readRoll, rollOrder } from "./model/rollOrder.ts";
import { memberPort, usesTls } from "./model/security/phase.ts";
import { SINGLE_REPLICAS } from "./model/singleReplicas.ts";
import { Topic } from "./components/topic.ts";
import { VERIFICATION_USER } from "./model/settings/userSettings.ts";
import { Verification } from "./components/verification.ts";
import { ZnodeAccess } from "./components/znodeAccess.ts";
import { ZooKeeperEnsemble } from "./components/zooKeeperEnsemble.ts";
import { assertForwarded } from "./program/bastionPorts.ts";
import { chooseCertificates, securityShape } from "./program/clusterCertificates.ts";
import { lookAtCluster } from "./program/clusterLook.ts";
import { readDeployerKey, readSettings } from "./program/config.ts";
import { downMembers } from "./program/downMembers.ts";
import { assertKafkaTakes } from "./program/kafkaValidation.ts";
import { lastDeployment, livingMembers, upgradedMembers } from "./program/lastDeployment.ts";
import { chooseSite } from "./program/chosenPlatform.ts";
import { createUsers } from "./program/users.ts";

const settings = readSettings();
const ownKey = await readDeployerKey();
const last = await lastDeployment();
const site = await chooseSite(settings, last?.infrastructure, ownKey);
const plans = planMembers(settings, site.subnets);

const shape: ClusterShape = {
  members: plans,
  kafkaVersion: settings.kafkaVersion.version,
  interBrokerProtocolVersion: settings.interBrokerProtocolVersion ?? defaultProtocol(settings.kafkaVersion, last),
  subnet: site.subnets.map(({ cidr }) => cidr).join(","),
  infrastructure: {
    ...site.infrastructure,
    fixed: { ...site.infrastructure.fixed, deployerPrivateKey: ownKey?.publicKey ?? MADE_KEY },
  },
  security: securityShape(settings),
  topics: settings.topics,
};
// First what a cluster that lives can't take: Kafka's own words for it would not say what to do.
const deployed = livingMembers(last, shape);
await assertKafkaTakes(settings, plans, shape.interBrokerProtocolVersion);
const upgrading = upgradedMembers(last, shape);

const phase = settings.security;
await assertForwarded(last, phase);
const certificates = chooseCertificates(settings, plans, last);
const [down, look] = await Promise.all([downMembers(last), lookAtCluster(last)]);
const roll = readRoll();
const order = rollOrder(roll, {
  plans: plans.filter(({ brokerId }) => brokerId !== undefined),
  down,
  ...(look.controller !== undefined && { controller: look.controller }),
  ...(last?.rollOrder && { last: last.rollOrder }),
});
const deployerKey = new DeployerKey("deployer", { own: ownKey, tls: certificates?.deployer });
const platform = site.createPlatform(deployerKey);
const shared = {
  platform,
  deployerKey,
  plans,
  deployed,
  down,
  brokers: plans.flatMap(({ brokerId: id, address }) => (id === undefined ? [] : [{ id, address }])),
  release: shape,
  security: phase,
  certificates,
  rollout: settings.rollout,
  brokerProperties: settings.brokerProperties,
  heap: settings.heap,
  jvmOptions: settings.jvmOptions,
};
const ensemble = new ZooKeeperEnsemble("zookeeper", { ...shared, upgrading });
const brokers = plans.flatMap(({ brokerId: id, address, rack }) =>
  id === undefined
    ? []
    : [{ id, address: `${address}:${memberPort("kafka", phase)}`, ...(rack !== undefined && { rack }) }],
);
const isGrowing =
  deployed.size > 0 && plans.some(({ name, brokerId }) => brokerId !== undefined && !deployed.has(name));
const gained = gainedFactors(settings.topics, last?.topics ?? [], look.replicas);
const factors = isGrowing ? wantedFactors(settings) : Object.keys(gained).length > 0 ? gained : undefined;
if (Object.keys(look.replicas).length > 0) {
  const single = Object.entries(look.replicas).filter(([topic, has]) => has === 1 && (factors?.[topic] ?? 1) === 1);
  void pulumi.log.debug(`${SINGLE_REPLICAS}${JSON.stringify(single.map(([topic]) => topic))}`);
}
const cluster = new KafkaCluster("kafka", {
  ...shared,
  order,
  isFixed: roll.fixed ?? false,
  ensemble,
  grow: (added) => {
    const { grown } = new Growth("growth", {
      brokers,
      reach: platform.reach,
      deployerKey,
      throttleMiBps: settings.rebalance.throttleMiBps,
      factors,
      startAfter: factors
        ? [...[...ensemble.members, ...added].map((member) => member.applied), ...ensemble.upgraded]
        : [],
    });
    return factors ? [grown] : [];
  },
});

const [firstBroker] = cluster.members;
if (!firstBroker) throw new Error("a cluster has a broker");
const assignment = new Assignment("assignment", {
  brokers,
  reach: platform.reach,
  deployerKey,
  throttleMiBps: settings.rebalance.throttleMiBps,
  limitsLeft: look.limitsLeft,
  startAfter: cluster.members.map((member) => member.applied),
});
const lookedAfter = settings.topics.map(
  (topic) =>
    new Topic(`topic-${topic.name}`, {
      ...topic,
      brokers,
      reach: platform.reach,
      deployerKey,
      throttleMiBps: settings.rebalance.throttleMiBps,
      cluster,
      startAfter: [assignment.assigned],
    }),
);

const accounts = createUsers(settings, { cluster, certificates, reach: platform.reach, deployerKey });
const { login } = accounts;
const accessSet = usesTls(phase)
  ? [
      new ZnodeAccess("znode-access", {
        access: phase === "secured" ? "secure" : "unsecure",
        member: firstBroker,
        reach: platform.reach,
        ensemble: ensemble.servers,
        users: [VERIFICATION_USER, ...settings.users.map(({ name }) => name)],
        deployerKey,
        startAfter: cluster.members.map((member) => member.applied),
      }).set,
    ]
  : [];
const verified = new Verification("verification", {
  ...settings.verification,
  // As users come, where there are any.
  brokers: cluster.members.map(({ plan }) => ({
    id: plan.brokerId ?? 0,
    address: `${plan.address}:${login ? KAFKA_PORTS.client : KAFKA_PORTS.plaintext}`,
  })),
  reach: platform.reach,
  deployerKey,
  login,
  kafkaVersion: shape.kafkaVersion,
  rerunOn: cluster.members.flatMap((member) => [member.machineId, member.contentHash]),
  startAfter: [assignment.assigned, ...accounts.ready, ...accessSet],
});

export const bootstrapServers = cluster.bootstrapServers;
export const zookeeperConnect = ensemble.connect;
export const { kafkaVersion, interBrokerProtocolVersion, subnet, infrastructure, security } = shape;
export const hostKeys = pulumi.all(
  Object.fromEntries([...ensemble.members, ...cluster.members].map(({ plan, hostKey }) => [plan.name, hostKey])),
);
export const reach = platform.reach;
// Read by the clients when they go through a bastion.
export const deployerPrivateKey = deployerKey.privateKey;
// Only when every member is healthy does the next update treat them as a cluster that lives.
export const members = verified.topic.apply(() => plans);
// Where nothing else says it, the next update keeps to it.
export { order as rollOrder };
export const topics = pulumi.all(lookedAfter.map(({ shape }) => shape));
export const verification = {
  topic: verified.topic,
  partitions: verified.partitions,
  producedVia: verified.producedVia,
  consumedVia: verified.consumedVia,
  milliseconds: verified.run.milliseconds,
};
// What clients, the status and the next update need; empty on a plaintext cluster, since Pulumi warns of no value.
export const authorities = certificates?.authorities ?? "";
export const users = pulumi.secret(
  pulumi.all(
    Object.fromEntries(
      [...accounts.users].map(([name, { clientProperties, kafkajs }]) => [name, { clientProperties, kafkajs }]),
    ),
  ),
);
export const deployerTls = pulumi.secret<ClientTls | object>(certificates?.deployer ?? {});
