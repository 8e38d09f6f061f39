import type { Admin } from "kafkajs";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { UserError } from "../lib/report.ts";
import { createTopicIfMissing, topicPartitions, type TopicRequests, type TopicShape } from "../lib/topics.ts";
import type { Deadline } from "./deadline.ts";
import { describePartition, replicaProblem, shapeProblem } from "./replicaProblems.ts";
import type { PartitionState } from "../../model/kafka/partition.ts";
import type { SpecBroker } from "../../model/specs/verificationSpec.ts";

/**
 * Waits until one broker answers and knows every broker of the cluster.
 *
 * @param requests to this broker alone
 * @throws UserError at the time limit, with the reason of the failed connection or the brokers that it knows
 */
export async function reachBroker(
  requests: Pick<AdminRequests, "metadata">,
  broker: SpecBroker,
  brokers: readonly SpecBroker[],
  deadline: Deadline,
): Promise<void> {
  const ids = brokers.map(({ id }) => id).join(", ");
  await deadline.poll(`broker ${broker.id} at ${broker.address} to answer and know brokers ${ids}`, () =>
    attempt(async () => {
      const known = (await requests.metadata()).brokers.map(({ id }) => id);
      return brokers.every(({ id }) => known.includes(id))
        ? { value: true }
        : { seen: `it knows only ${known.sort((a, b) => a - b).join(", ") || "none"}` };
    }),
  );
}

/**
 * Creates the topic when it is missing and waits until each of its replicas is in sync.
 *
 * @throws UserError when the topic can't be created or has another shape; at the time limit with the state seen last
 */
export async function prepareTopic(
  requests: TopicRequests,
  shape: TopicShape,
  deadline: Deadline,
): Promise<{ created: boolean; partitions: readonly PartitionState[] }> {
  const asked = `topic ${shape.topic} with ${shape.partitions} partition(s) and replication factor ${shape.replicationFactor}`;
  const creation = createTopicIfMissing(requests, shape).catch((error: unknown) => {
    throw new UserError(`${asked} can't be created: ${kafkaReason(error)}`);
  });
  const created = await deadline.race(`${asked} to be created`, creation, () => "no answer");
  const partitions = await deadline.poll(`all replicas of topic ${shape.topic} in sync`, () =>
    attempt(async () => {
      const known = await topicPartitions(requests, shape.topic);
      if (known === undefined || known.length === 0) return { seen: "its broker does not know it yet" };
      const states = known.map(({ partition, leader, replicas, isr }) => ({ partition, leader, replicas, isr }));
      const wrong = shapeProblem(shape, states);
      if (wrong !== undefined) {
        throw new UserError(`${wrong}; delete the topic, or name another one in verification.topic`);
      }
      const lacking = replicaProblem(shape, states);
      return lacking === undefined ? { value: states } : { seen: lacking };
    }),
  );
  return { created, partitions };
}

/**
 * Waits until each group has a coordinator.
 *
 * The first group ever makes a new cluster create `__consumer_offsets`, 50 partitions by default. To ask for it beside
 * the topic and the message saves little and holds both up for a second or two: the controller and the replica
 * fetchers take one thing at a time.
 *
 * @throws UserError at the time limit
 */
export async function findCoordinators(admin: Admin, groupIds: readonly string[], deadline: Deadline): Promise<void> {
  await deadline.poll(`a coordinator for consumer groups ${groupIds.join(", ")}`, () =>
    attempt(async () => {
      await admin.connect();
      await admin.describeGroups([...groupIds]);
      return { value: true };
    }),
  );
}

/**
 * Deletes consumer groups that nobody is a member of any more.
 *
 * @throws UserError when they can't be deleted
 */
export async function deleteGroups(admin: Admin, groupIds: readonly string[], deadline: Deadline): Promise<void> {
  const what = `consumer groups ${groupIds.join(", ")}`;
  const deletion = admin.deleteGroups([...groupIds]).catch((error: unknown) => {
    throw new UserError(`${what} of this run can't be deleted: ${kafkaReason(error)}`);
  });
  await deadline.race(`${what} to be deleted`, deletion, () => "no answer");
}

/** One line for a whole topic, in the words of `kafka-topics.sh --describe`. */
export function describeTopic(partitions: readonly PartitionState[]): string {
  return partitions.map(describePartition).join("; ");
}

/** Lets kafkajs's errors count as seen, with what they say at their root. */
async function attempt<T>(
  check: () => Promise<{ value: T } | { seen: string }>,
): Promise<{ value: T } | { seen: string }> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof UserError) throw error;
    return { seen: kafkaReason(error) };
  }
}
