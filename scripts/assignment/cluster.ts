import type { ResourceConfigQuery } from "kafkajs";
import type { PartitionReplicas } from "../../components/kafka/replicaTable.ts";
import { RESOURCE_TYPES } from "../lib/adminProtocol.ts";
import type { AdminRequests } from "../lib/adminRequests.ts";
import type { Move } from "../lib/kafkajsCluster.ts";
import { keyOf } from "../lib/partitions.ts";

/** Partitions without the replicas that moves under way add, or without those that they remove. */
export function without(
  side: "adding" | "removing",
  live: readonly PartitionReplicas[],
  moves: readonly Move[],
): PartitionReplicas[] {
  const left = new Map(moves.map((move) => [keyOf(move), move[side]]));
  return live.map((row) => ({
    topic: row.topic,
    partition: row.partition,
    replicas: row.replicas.filter((broker) => !left.get(keyOf(row))?.includes(broker)),
  }));
}

/** Where a config's value comes from when it was set for one topic or for one broker (`ConfigSource`). */
const OWN_SOURCES = [1, 2];

/** Topics, or brokers by their ids, for which one of some configs is set on themselves, as they see it. */
export async function haveConfig(
  requests: AdminRequests,
  type: keyof typeof RESOURCE_TYPES,
  names: readonly string[],
  configNames: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const queries = names.map((name): ResourceConfigQuery => ({
    type: RESOURCE_TYPES[type],
    name,
    configNames: [...configNames],
  }));
  // A broker tells of its own configs alone.
  const answers =
    type === "topic"
      ? [await requests.describeConfigs(queries)]
      : await Promise.all(queries.map((query) => requests.describeConfigs([query], Number(query.name))));
  return answers
    .flatMap(({ resources }) => resources)
    .filter(({ configEntries }) => configEntries.some(({ configSource }) => OWN_SOURCES.includes(Number(configSource))))
    .map(({ resourceName }) => resourceName);
}
