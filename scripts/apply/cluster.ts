import kafkajs from "kafkajs";
import type { ApplySpec } from "../../components/applySpec.ts";
import { memberPort } from "../../components/security/phase.ts";
import { type AdminRequests, withAdminRequests } from "../lib/adminRequests.ts";
import type { OpenSocket } from "../lib/sockets.ts";
import type { PartitionView } from "./availability.ts";

const MIN_IN_SYNC = "min.insync.replicas";

/** What the cluster says of itself. */
export interface ClusterView {
  readonly clusterId: string | null;
  /** Ids of the registered brokers. */
  readonly brokers: readonly number[];
  readonly partitions: readonly (PartitionView & { readonly leader: number })[];
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

/** Where Kafka says a broker's own dynamic config comes from (DescribeConfigs, ConfigSource DYNAMIC_BROKER_CONFIG). */
const DYNAMIC_BROKER_CONFIG = 2;

/** Names of the properties that a broker runs with instead of what its file says. */
export function overriddenProperties(spec: ApplySpec, openSocket: OpenSocket): Promise<string[]> {
  return withRequests(spec, openSocket, async (requests) => {
    const broker = { type: kafkajs.ConfigResourceTypes.BROKER, name: String(spec.brokerId) };
    const { resources } = await requests.describeConfigs([broker], spec.brokerId);
    return resources.flatMap(({ configEntries }) =>
      configEntries
        .filter(({ configSource }) => Number(configSource) === DYNAMIC_BROKER_CONFIG)
        .map(({ configName }) => configName),
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
