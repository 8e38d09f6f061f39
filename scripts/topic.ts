import { text } from "node:stream/consumers";
import { AdminRequests } from "./lib/adminRequests.ts";
import { exitSoon, kafkaClient, kafkaReason } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { progress, result, runScript, UserError } from "./lib/report.ts";
import * as topics from "./lib/topics.ts";
import { waitFor } from "./lib/wait.ts";
import { deleteTopic } from "./topics/delete.ts";
import { ensureTopic } from "./topics/ensureTopic.ts";
import type { TopicClient } from "./topics/topicClient.ts";
import type { ReachSecrets } from "../model/reach.ts";
import type { TopicResult, TopicSpec } from "../model/specs/topicSpec.ts";

/** How long it is tried to reach the brokers, in milliseconds. */
const CONNECT_TIMEOUT_MS = 60_000;

/** `topic ensure|delete`: makes a topic as it is wanted, or takes it away when its spec says so. */
runScript(async () => {
  const [action = ""] = process.argv.slice(2);
  const json = process.env.KAFKA_CLUSTER_SPEC;
  if (json === undefined) throw new Error("KAFKA_CLUSTER_SPEC is not set");
  const spec = JSON.parse(json) as TopicSpec;
  const secrets = JSON.parse(await text(process.stdin)) as ReachSecrets;
  switch (action) {
    case "ensure":
      result(await connected(spec, secrets, (client) => ensureTopic(client, spec, formerResult()?.configs)));
      return;
    case "delete":
      if (spec.deletion === "keep") {
        progress(`topic ${spec.name} stays in the cluster with its messages, and nobody looks after it any more`);
      } else {
        await connected(spec, secrets, (client) => deleteTopic(client, spec.name));
      }
      return;
    default:
      throw new Error(`unknown action "${action}": expected ensure or delete`);
  }
});

/** What the last run gave: Pulumi's Command hands it on. */
function formerResult(): TopicResult | undefined {
  const former = process.env.PULUMI_COMMAND_STDOUT ?? "";
  return former === "" ? undefined : (JSON.parse(former) as TopicResult);
}

async function connected<T>(
  spec: TopicSpec,
  secrets: ReachSecrets,
  work: (client: TopicClient) => Promise<T>,
): Promise<T> {
  const brokers = spec.brokers.map(({ address }) => address);
  const network = new Network({ ...secrets, reach: spec.reach, timeoutMs: CONNECT_TIMEOUT_MS });
  const client = kafkaClient({ brokers, clientId: `topic-${spec.name}`, openSocket: network.openSocket });
  const requests = new AdminRequests(client);
  const done = async (): Promise<T> => {
    await waitFor(
      `one of the brokers ${brokers.join(", ")} to answer`,
      () =>
        requests.metadata().then(
          () => ({ value: true }),
          (error: unknown) => ({ seen: kafkaReason(error) }),
        ),
      CONNECT_TIMEOUT_MS,
    );
    return work({
      create: (topic) => topics.createTopic(requests, topic),
      addPartitions: (topic, count) => topics.createPartitions(requests, topic, count),
      delete: (topic) => topics.deleteTopic(requests, topic),
      requests,
      brokers: spec.brokers,
      bytesPerSecond: spec.throttleBytesPerSecond,
    });
  };
  try {
    await network.ready();
    return await network.guard(done());
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`topic ${spec.name}: ${kafkaReason(error)}`);
  } finally {
    await requests.close();
    client.close();
    network.close();
    exitSoon();
  }
}
