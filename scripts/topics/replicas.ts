import { progress, UserError } from "../lib/report.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { type BrokerLoad, withReplicationFactor } from "../../components/kafka/replicationFactor.ts";
import { movingPartitions, partitionsOf, poll, type TopicClient } from "./topicClient.ts";

/**
 * How long a run waits for replicas that move, in milliseconds: 30 minutes. They go on moving after that, and the next
 * run waits for them again.
 */
const MOVE_TIMEOUT_MS = 1_800_000;

/** Waits until no replica of the topic moves, whoever has started that. */
export async function settleMoves(client: TopicClient, topic: string): Promise<void> {
  const moving = await movingPartitions(client, topic);
  if (moving.length === 0) return;
  progress(`topic ${topic}: replicas of partition(s) ${moving.join(", ")} move already: waiting for them`);
  await poll(
    `the end of the moves of topic ${topic} (they go on; run it again to wait longer)`,
    async () => {
      const left = await movingPartitions(client, topic);
      return left.length === 0 ? { value: true } : { seen: `partition(s) ${left.join(", ")} still move` };
    },
    MOVE_TIMEOUT_MS,
  );
}

/**
 * Gives every partition another number of replicas and waits until they are in sync.
 *
 * @throws UserError when too few brokers are there, and after {@link MOVE_TIMEOUT_MS} with the partitions that lack one
 */
export async function changeReplicas(client: TopicClient, topic: string, factor: number): Promise<void> {
  const loads = await brokerLoads(client);
  const needs = `topic ${topic} with replication factor ${factor}`;
  if (loads.length < factor) {
    const there = loads.map(({ id }) => id).join(", ");
    throw new UserError(`${needs} needs ${factor} brokers; those that answer: ${there}`);
  }
  const assignments = withReplicationFactor(await partitionsOf(client, topic), factor, loads);
  try {
    await client.admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: assignments }] });
  } catch (error) {
    throw new UserError(`${needs} is refused: ${kafkaReason(error)}`);
  }
  await settleMoves(client, topic);
  const wanted = new Map(assignments.map(({ partition, replicas }) => [partition, replicas]));
  await poll(
    `all replicas of topic ${topic} in sync`,
    async () => {
      const lacking = (await partitionsOf(client, topic)).filter(({ partition, replicas, isr }) => {
        const those = wanted.get(partition) ?? replicas;
        return replicas.join() !== those.join() || those.some((id) => !isr.includes(id));
      });
      if (lacking.length === 0) return { value: true };
      const said = lacking.map(({ partition, replicas, isr }) => `${partition}: ${isr.join()} of ${replicas.join()}`);
      return { seen: `partition ${said.join("; ")}` };
    },
    MOVE_TIMEOUT_MS,
  );
}

/** The brokers that are there, each with its rack and with the number of replicas that it holds. */
async function brokerLoads({ admin, brokers }: TopicClient): Promise<BrokerLoad[]> {
  const present = new Set((await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId));
  const { topics } = await admin.fetchTopicMetadata();
  const held = topics.flatMap(({ partitions }) => partitions.flatMap(({ replicas }) => replicas));
  return brokers
    .filter(({ id }) => present.has(id))
    .map(({ id, rack }) => ({
      id,
      ...(rack !== undefined && { rack }),
      replicas: held.filter((holder) => holder === id).length,
    }));
}
