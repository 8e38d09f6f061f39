import { kafkaReason } from "./lib/kafka.ts";
import { progress, result, UserError } from "./lib/report.ts";
import { lastResult, readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import * as topics from "./lib/topics.ts";
import { waitFor } from "./lib/wait.ts";
import { CONNECT_TIMEOUT_MS, runClusterScript, withCluster } from "./lib/withCluster.ts";
import { deleteTopic } from "./topics/delete.ts";
import { ensureTopic } from "./topics/ensureTopic.ts";
import type { TopicClient } from "./topics/topicClient.ts";
import type { ReachSecrets } from "../model/reach.ts";
import type { TopicResult, TopicSpec } from "../model/specs/topicSpec.ts";

/** `topic ensure|delete`: makes a topic as it is wanted, or takes it away when its spec says so. */
runClusterScript(async () => {
  const [action = ""] = process.argv.slice(2);
  const spec = readSpecVariable<TopicSpec>();
  const secrets = await readSecrets<ReachSecrets>();
  switch (action) {
    case "ensure":
      result(await connected(spec, secrets, (client) => ensureTopic(client, spec, lastResult<TopicResult>()?.configs)));
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

function connected<T>(spec: TopicSpec, secrets: ReachSecrets, work: (client: TopicClient) => Promise<T>): Promise<T> {
  const { name, brokers, throttleBytesPerSecond: bytesPerSecond } = spec;
  const done = withCluster({ ...spec, secrets, clientId: `topic-${name}` }, async (requests) => {
    await waitFor(
      `one of the brokers ${brokers.map(({ address }) => address).join(", ")} to answer`,
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
      brokers,
      bytesPerSecond,
    });
  });
  return done.catch((error: unknown) => {
    throw error instanceof UserError ? error : new UserError(`topic ${name}: ${kafkaReason(error)}`);
  });
}
