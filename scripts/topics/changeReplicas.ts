import { type BrokerLoad, withReplicationFactor } from "../../model/kafka/replicationFactor.ts";
import type { PartitionMetadata, PartitionReplicas } from "../../model/kafka/partition.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { keyOf } from "../lib/partitions.ts";
import { progress, UserError } from "../lib/report.ts";
import { without } from "../mover/clusterConfigs.ts";
import { moveReplicas, type MoverRequests } from "../mover/mover.ts";
import type { TopicBroker } from "../../model/specs/topicSpec.ts";
import type { TopicClient } from "./topicClient.ts";

/**
 * Waits until no replica of the topic moves, whoever has started that; what is left of the moves is limited.
 *
 * @throws UserError when nothing has got further for ten minutes
 */
export async function settleMoves({ requests, bytesPerSecond }: TopicClient, topic: string): Promise<void> {
  const moves = (await requests.movesUnderWay()).filter((move) => move.topic === topic);
  if (moves.length === 0) return;
  const numbers = moves.map(({ partition }) => partition).sort((a, b) => a - b);
  progress(`topic ${topic}: replicas of partition(s) ${numbers.join(", ")} move already: waiting for them`);
  const moving = new Set(moves.map(keyOf));
  const live = (await requests.metadata()).partitions.filter((row) => moving.has(keyOf(row)));
  await moveReplicas(requests, without("removing", live, moves), bytesPerSecond);
}

/**
 * Gives every partition another number of replicas and waits until they are in sync.
 *
 * @throws UserError when too few brokers are there, and when nothing has got further for ten minutes
 */
export async function changeReplicas(client: TopicClient, topic: string, factor: number): Promise<void> {
  const { requests, brokers, bytesPerSecond } = client;
  const metadata = await requests.metadata();
  const loads = brokerLoads(metadata, brokers);
  const needs = `topic ${topic} with replication factor ${factor}`;
  if (loads.length < factor) {
    const there = loads.map(({ id }) => id).join(", ");
    throw new UserError(`${needs} needs ${factor} brokers; those that answer: ${there}`);
  }
  const goals = withFactor(metadata.partitions, topic, factor, loads);
  await moveReplicas(requests, goals, bytesPerSecond).catch((error: unknown) => {
    throw error instanceof UserError ? error : new UserError(`${needs} is refused: ${kafkaReason(error)}`);
  });
}

/** The partitions of a topic that get another number of replicas, with those that they get. */
export function withFactor(
  partitions: readonly PartitionMetadata[],
  topic: string,
  factor: number,
  loads: readonly BrokerLoad[],
): PartitionReplicas[] {
  const own = partitions.filter((row) => row.topic === topic);
  return withReplicationFactor(own, factor, loads).map((goal) => ({ topic, ...goal }));
}

/** The brokers that are there, each with its rack and with the number of replicas that it holds. */
export function brokerLoads(
  { brokers: registered, partitions }: Awaited<ReturnType<MoverRequests["metadata"]>>,
  brokers: readonly TopicBroker[],
): BrokerLoad[] {
  const held = partitions.flatMap(({ replicas }) => replicas);
  return brokers
    .filter(({ id }) => registered.some((broker) => broker.id === id))
    .map(({ id, rack }) => ({
      id,
      ...(rack !== undefined && { rack }),
      replicas: held.filter((holder) => holder === id).length,
    }));
}
