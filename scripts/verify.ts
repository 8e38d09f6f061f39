import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { AdminRequests } from "./lib/adminRequests.ts";
import { disconnect, kafkaClient } from "./lib/kafka.ts";
import type { Network } from "./lib/reach.ts";
import { progress, result } from "./lib/report.ts";
import { readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { runClusterScript, withNetwork } from "./lib/withCluster.ts";
import goodsListing from "./messages/goodsListing.json" with { type: "json" };
import {
  deleteGroups,
  describeTopic,
  findCoordinators,
  prepareTopic,
  reachBroker,
} from "./verification/brokerSteps.ts";
import { Deadline } from "./verification/deadline.ts";
import { readDocument, sendDocument } from "./verification/message.ts";
import { roles } from "../model/specs/verificationSpec.ts";
import type {
  Login,
  VerificationResult,
  VerificationSecrets,
  VerificationSpec,
  VerificationTimes,
} from "../model/specs/verificationSpec.ts";

/**
 * Proves the cluster as the operations note does by hand: a replicated topic, a JSON message in through the last
 * broker and out through the others.
 */
async function verify(spec: VerificationSpec, network: Network, login: Login | undefined): Promise<VerificationResult> {
  const deadline = new Deadline(spec.timeoutSeconds);
  const milliseconds: Partial<Record<keyof VerificationTimes, number>> = {};
  const done = (step: keyof VerificationTimes, message: string) => {
    milliseconds[step] = Math.round(performance.now());
    progress(`${message} (after ${milliseconds[step]} ms)`);
  };

  const { topic, runId, brokers } = spec;
  const { producer, consumers } = roles(brokers);
  // Not the run's id alone: a run that is tried again must not wait for the members that the first try left behind.
  const groupIds = new Map(consumers.map(({ id }) => [id, `verification-${runId}-${id}-${randomUUID().slice(0, 8)}`]));
  const clients = new Map(
    brokers.map(({ id, address }) => [
      id,
      kafkaClient({
        brokers: [address],
        clientId: `verification-${id}`,
        openSocket: network.openSocket,
        ...(login && { login }),
      }),
    ]),
  );
  const clientOf = (id: number) => clients.get(id)!;
  const requests = new Map(brokers.map(({ id }) => [id, new AdminRequests(clientOf(id))]));
  const admin = clientOf(producer.id).kafka.admin();

  try {
    await Promise.all(brokers.map((broker) => reachBroker(requests.get(broker.id)!, broker, brokers, deadline)));
    done("clusterReady", `Kafka ${spec.kafkaVersion}: brokers ${brokers.map(({ id }) => id).join(", ")} answer`);

    const { created, partitions } = await prepareTopic(requests.get(producer.id)!, spec, deadline);
    done("topicReady", `topic ${topic} ${created ? "created" : "exists"}: ${describeTopic(partitions)}`);

    const position = await sendDocument(clientOf(producer.id).kafka, topic, runId, goodsListing, deadline);
    const at = `partition ${position.partition} offset ${position.offset}`;
    done("firstMessage", `message sent through ${producer.address}, acknowledged at ${at}`);

    await findCoordinators(admin, [...groupIds.values()], deadline);
    done("groupsReady", "consumer groups have their coordinators");

    await Promise.all(
      consumers.map(async (broker) => {
        const groupId = groupIds.get(broker.id)!;
        await readDocument(
          clientOf(broker.id),
          { broker, topic, groupId, key: runId, position, document: goodsListing },
          deadline,
        );
        done("consumed", `message read back through ${broker.address}, equal to the one sent`);
      }),
    );
    await deleteGroups(admin, [...groupIds.values()], deadline);
    done("cleanedUp", "consumer groups deleted");
    return {
      topic,
      partitions,
      producedVia: producer.address,
      consumedVia: consumers.map(({ address }) => address),
      runId,
      offset: position.offset,
      milliseconds: milliseconds as VerificationTimes,
    };
  } finally {
    await Promise.all([disconnect(admin), ...[...requests.values()].map((each) => each.close())]);
    for (const client of clients.values()) client.close();
  }
}

runClusterScript(async () => {
  const spec = readSpecVariable<VerificationSpec>();
  const { login, ...secrets } = await readSecrets<VerificationSecrets>();
  const way = { reach: spec.reach, secrets, timeoutMs: spec.timeoutSeconds * 1000 };
  result(await withNetwork(way, (network) => verify(spec, network, login)));
});
