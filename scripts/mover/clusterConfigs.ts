import type { ResourceConfigQuery } from "kafkajs";
import type { PartitionReplicas } from "../../model/kafka/partition.ts";
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

/**
 * Which of some configs are set on topics themselves, or on brokers, by their ids, as they see it: names and values.
 * Those without any are left out.
 *
 * @throws Error when a topic is gone, or a broker does not answer
 */
export async function ownConfigs(
  requests: Pick<AdminRequests, "describeConfigs">,
  type: keyof typeof RESOURCE_TYPES,
  names: readonly string[],
  configNames: readonly string[],
): Promise<Map<string, Readonly<Record<string, string>>>> {
  if (names.length === 0) return new Map();
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
  const found = answers
    .flatMap(({ resources }) => resources)
    .map(({ resourceName, configEntries }): [string, Record<string, string>] => [
      resourceName,
      Object.fromEntries(
        configEntries
          .filter(({ configSource }) => OWN_SOURCES.includes(Number(configSource)))
          .map(({ configName, configValue }) => [configName, configValue]),
      ),
    ]);
  return new Map(found.filter(([, configs]) => Object.keys(configs).length > 0));
}
