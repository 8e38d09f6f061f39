/** What one broker is asked, and what it answers. */
import kafkajs, { type ConfigSource, type ResourceConfigQuery } from "kafkajs";
import type { PartitionMetadata } from "../../model/kafka/partition.ts";
import { metadataRequest } from "../lib/adminProtocol.ts";
import type { BrokerConnection } from "../lib/kafkajsCluster.ts";

/** A partition as a broker knows it. */
export interface Partition extends Omit<PartitionMetadata, "leader"> {
  /** broker.id; `null` when it has no leader. */
  readonly leader: number | null;
}

/** The cluster as a broker knows it. */
export interface Metadata {
  readonly clusterId: string | null;
  readonly controllerId: number | null;
  /** broker.id of each broker that is registered. */
  readonly brokerIds: readonly number[];
  readonly partitions: readonly Partition[];
}

/** Asks for the brokers and all partitions. */
export async function metadataOf(broker: BrokerConnection): Promise<Metadata> {
  const { brokers, clusterId, controllerId, partitions } = await broker.connectionPool.send(metadataRequest());
  return {
    clusterId,
    controllerId: idOf(controllerId),
    brokerIds: brokers.map(({ id }) => id),
    partitions: partitions.map((partition) => ({ ...partition, leader: idOf(partition.leader) })),
  };
}

/** Kafka writes -1 for none. */
function idOf(id: number): number | null {
  return id < 0 ? null : id;
}

/** A configuration in effect. */
export interface Config {
  readonly name: string;
  /** `null` when it is a secret. */
  readonly value: string | null;
  /** Where the value comes from. */
  readonly source: ConfigSource;
  /** Names of the values that could take its place, the strongest first. */
  readonly synonyms: readonly string[];
}

/** Asks for a broker's own configurations. */
export async function brokerConfigs(broker: BrokerConnection, id: number): Promise<readonly Config[]> {
  const name = String(id);
  return (await describe(broker, [{ type: kafkajs.ConfigResourceTypes.BROKER, name }])).get(name) ?? [];
}

/** Asks for some configurations of topics, by the topics' names. */
export function topicConfigs(
  broker: BrokerConnection,
  topics: readonly string[],
  configNames: readonly string[],
): Promise<ReadonlyMap<string, readonly Config[]>> {
  const type = kafkajs.ConfigResourceTypes.TOPIC;
  return describe(
    broker,
    topics.map((name) => ({ type, name, configNames: [...configNames] })),
  );
}

async function describe(
  broker: BrokerConnection,
  asked: readonly ResourceConfigQuery[],
): Promise<Map<string, readonly Config[]>> {
  const { resources } = await broker.describeConfigs({ resources: asked, includeSynonyms: true });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      configEntries.map(({ configName, configValue, configSource, configSynonyms }) => ({
        name: configName,
        value: configValue,
        source: configSource,
        synonyms: configSynonyms.map((synonym) => synonym.configName),
      })),
    ]),
  );
}
