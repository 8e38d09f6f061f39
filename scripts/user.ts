import { text } from "node:stream/consumers";
import { AdminRequests } from "./lib/adminRequests.ts";
import { exitSoon, kafkaClient, kafkaReason } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { result, runScript, UserError } from "./lib/report.ts";
import { accepts } from "./lib/sockets.ts";
import { deleteAcls, setAcls } from "./users/acls.ts";
import { deleteCredential, setCredential } from "./users/scram.ts";
import { settled, type UserRequests } from "./users/userRequests.ts";
import type { ReachSecrets } from "../model/reach.ts";
import type { UserResult, UserSecrets, UserSpec } from "../model/specs/userSpec.ts";

/** How long it is tried to reach the brokers, in milliseconds. */
const CONNECT_TIMEOUT_MS = 60_000;

/** How long one of them may take to accept a connection with TLS, in milliseconds, before it counts as having none. */
const ANSWER_TIMEOUT_MS = 5_000;

/** `user ensure|delete`: gives a user its password and its permissions, or takes both away. */
runScript(async () => {
  const [action = ""] = process.argv.slice(2);
  const json = process.env.KAFKA_CLUSTER_SPEC;
  if (json === undefined) throw new Error("KAFKA_CLUSTER_SPEC is not set");
  const spec = JSON.parse(json) as UserSpec;
  const { password, ...secrets } = await readSecrets();
  const { name, permissions } = spec;
  switch (action) {
    case "ensure":
      result(
        await connected(spec, secrets, async (requests): Promise<UserResult> => {
          // Permissions first: nobody logs in with those that a user of that name has had before.
          const acls = await setAcls(requests, name, permissions);
          await setCredential(requests, name, password);
          return { name, acls };
        }),
      );
      return;
    case "delete":
      await connected(await reachable(spec, secrets), secrets, async (requests) => {
        await deleteAcls(requests, name);
        await deleteCredential(requests, name);
      });
      return;
    default:
      throw new Error(`unknown action "${action}": expected ensure or delete`);
  }
});

/** The spec with the brokers that can be reached: without TLS, when none of them has it any more. */
async function reachable(spec: UserSpec, secrets: ReachSecrets): Promise<UserSpec> {
  if (!spec.plaintextBrokers) return spec;
  const network = new Network({ ...secrets, reach: spec.reach, timeoutMs: CONNECT_TIMEOUT_MS });
  try {
    await network.ready();
    const answers = await Promise.all(
      spec.brokers.map(({ address }) => {
        const [host = "", port] = address.split(":");
        return accepts(network.openSocket, { host, port: Number(port) }, ANSWER_TIMEOUT_MS);
      }),
    );
    return answers.includes(true) ? spec : { ...spec, brokers: spec.plaintextBrokers };
  } finally {
    network.close();
  }
}

async function readSecrets(): Promise<UserSecrets> {
  const input = await text(process.stdin);
  try {
    return JSON.parse(input) as UserSecrets;
  } catch {
    // What the parser says can hold a part of what it has read.
    throw new Error("standard input is not JSON");
  }
}

async function connected<T>(
  spec: UserSpec,
  secrets: ReachSecrets,
  work: (requests: UserRequests) => Promise<T>,
): Promise<T> {
  const brokers = spec.brokers.map(({ address }) => address);
  const network = new Network({ reach: spec.reach, ...secrets, timeoutMs: CONNECT_TIMEOUT_MS });
  const client = kafkaClient({ brokers, clientId: `user-${spec.name}`, openSocket: network.openSocket });
  const requests = new AdminRequests(client);
  const done = async (): Promise<T> => {
    await settled(
      `one of the brokers ${brokers.join(", ")} to answer (\`npm run status\` tells what is wrong; then run it again)`,
      async () => ({ value: await requests.metadata() }),
      CONNECT_TIMEOUT_MS,
    );
    return work(requests);
  };
  try {
    await network.ready();
    return await network.guard(done());
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`user ${spec.name}: ${kafkaReason(error)}`);
  } finally {
    await requests.close();
    client.close();
    network.close();
    exitSoon();
  }
}
