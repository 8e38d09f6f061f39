/** The program: settings -> platform -> ensemble -> cluster -> verification -> outputs. */
import { DeployerKey } from "./components/deployerKey.ts";
import { KafkaCluster } from "./components/kafkaCluster.ts";
import { KAFKA_PORT } from "./components/render/paths.ts";
import { planMembers } from "./components/render/members.ts";
import { Verification } from "./components/verification.ts";
import { ZooKeeperEnsemble } from "./components/zooKeeperEnsemble.ts";
import { readSettings } from "./config.ts";
import { deployedMembers } from "./deployed.ts";
import { createPlatform } from "./platform.ts";

const settings = readSettings();
const plans = planMembers(settings);
const deployed = await deployedMembers(plans, {
  kafkaVersion: settings.kafkaVersion.version,
  subnet: settings.subnet,
});

const platform = createPlatform(settings);
const shared = {
  platform,
  deployerKey: new DeployerKey("deployer"),
  plans,
  deployed,
  brokerCount: settings.brokerCount,
  brokerProperties: settings.brokerProperties,
  heap: settings.heap,
};
const ensemble = new ZooKeeperEnsemble("zookeeper", shared);
const cluster = new KafkaCluster("kafka", { ...shared, ensemble });

const verified = new Verification("verification", {
  ...settings.verification,
  brokers: cluster.members.map(({ plan }) => ({ id: plan.brokerId ?? 0, address: `${plan.address}:${KAFKA_PORT}` })),
  kafkaVersion: settings.kafkaVersion.version,
  rerunOn: cluster.members.flatMap((member) => [member.machineId, member.contentHash]),
  startAfter: cluster.members.map((member) => member.applied),
});

export const bootstrapServers = cluster.bootstrapServers;
export const zookeeperConnect = ensemble.connect;
export const kafkaVersion = settings.kafkaVersion.version;
export const subnet = settings.subnet;
// Only when every member is healthy does the next update treat them as a cluster that lives.
export const members = verified.topic.apply(() => plans);
export const verification = {
  topic: verified.topic,
  partitions: verified.partitions,
  producedVia: verified.producedVia,
  consumedVia: verified.consumedVia,
  milliseconds: verified.run.milliseconds,
};
