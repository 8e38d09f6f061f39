import kafkajs from "kafkajs";
import type { PartitionMetadata } from "../../model/kafka/partition.ts";
import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { memberPort } from "../../model/security/phase.ts";
import { type AdminRequests, withAdminRequests } from "../lib/adminRequests.ts";
import type { OpenSocket } from "../lib/sockets.ts";
import type { PartitionView } from "./availability.ts";

const MIN_IN_SYNC = "min.insync.replicas";

/** What the cluster says of itself. */
export interface ClusterView {
  readonly clusterId: string | null;
  /** Ids of the registered brokers. */
  readonly brokers: readonly number[];
  readonly partitions: readonly (PartitionView & PartitionMetadata)[];
}

/**
 * Asks the cluster, whichever of its brokers answers.
 *
 * @throws Error when none does
 */
export function viewCluster(spec: ApplySpec, openSocket: OpenSocket): Promise<ClusterView> {
  return withRequests(spec, openSocket, async (requests) => {
    const { clusterId, brokers, partitions } = await requests.metadata();
    const minInSync = await minInSyncOf(requests, [...new Set(partitions.map(({ topic }) => topic))]);
    return {
      clusterId,
      brokers: brokers.map(({ id }) => id),
      partitions: partitions.map((partition) => ({ ...partition, minInSync: minInSync.get(partition.topic) ?? 1 })),
    };
  });
}

/** A property of a broker as it says itself. */
export interface BrokerConfig {
  readonly name: string;
  /** What is in force; null for a secret, or where there is none. */
  readonly value: string | null;
  readonly sensitive: boolean;
  /** The values that there are, under this name or one that stands in for it; the first is in force. */
  readonly synonyms: readonly { readonly name: string; readonly value: string | null; readonly source: number }[];
}

/**
 * Asks the broker for its properties and where their values come from.
 *
 * @throws Error when it does not answer
 */
export function brokerConfigs(spec: ApplySpec, openSocket: OpenSocket): Promise<BrokerConfig[]> {
  return withRequests(spec, openSocket, async (requests) => {
    const broker = { type: kafkajs.ConfigResourceTypes.BROKER, name: String(spec.brokerId) };
    const { resources } = await requests.describeConfigs([broker], spec.brokerId, true);
    return resources.flatMap(({ configEntries }) =>
      configEntries.map(({ configName, configValue, isSensitive, configSynonyms }) => ({
        name: configName,
        value: configValue,
        sensitive: isSensitive,
        synonyms: configSynonyms.map((synonym) => ({
          name: synonym.configName,
          value: synonym.configValue,
          source: Number(synonym.configSource),
        })),
      })),
    );
  });
}

async function minInSyncOf(requests: AdminRequests, topics: readonly string[]): Promise<Map<string, number>> {
  if (topics.length === 0) return new Map();
  const { resources } = await requests.describeConfigs(
    topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: [MIN_IN_SYNC] })),
  );
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      Number(configEntries.find(({ configName }) => configName === MIN_IN_SYNC)?.configValue ?? 1),
    ]),
  );
}

/** Works with requests that bootstrap from any broker. */
export function withRequests<T>(
  { brokers, security }: Pick<ApplySpec, "brokers" | "security">,
  openSocket: OpenSocket,
  work: (requests: AdminRequests) => Promise<T>,
): Promise<T> {
  const addresses = brokers.map(({ address }) => `${address}:${memberPort("kafka", security)}`);
  return withAdminRequests({ brokers: addresses, clientId: "kafka-cluster-apply", openSocket }, work);
}
