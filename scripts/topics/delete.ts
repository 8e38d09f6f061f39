import { kafkaReason } from "../lib/kafka.ts";
import { progress, UserError } from "../lib/report.ts";
import { partitionsOf, poll, type TopicClient } from "./topicClient.ts";

/** How long Kafka may take to delete a topic, in milliseconds. */
const DELETE_TIMEOUT_MS = 60_000;

/**
 * Deletes a topic with its messages, and is content when it is gone.
 *
 * @throws UserError when Kafka refuses, or is not done in time
 */
export async function deleteTopic(client: TopicClient, name: string): Promise<void> {
  const exists = async (): Promise<boolean> => (await partitionsOf(client, name)).length > 0;
  if (!(await exists())) {
    progress(`topic ${name} is gone already`);
    return;
  }
  try {
    await client.delete(name);
  } catch (error) {
    // The answer alone may have been lost.
    if (await exists()) throw new UserError(`topic ${name} can't be deleted: ${kafkaReason(error)}`);
  }
  await poll(
    `topic ${name} to be deleted (a broker that is away delays it: its replicas go when it is back)`,
    async () => ((await exists()) ? { seen: "it is still listed" } : { value: true }),
    DELETE_TIMEOUT_MS,
  );
  progress(`topic ${name} deleted with its messages`);
}
