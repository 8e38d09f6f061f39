import { kafkaReason } from "./lib/kafka.ts";
import { result, UserError } from "./lib/report.ts";
import { readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { accepts } from "./lib/sockets.ts";
import { CONNECT_TIMEOUT_MS, runClusterScript, withCluster, withNetwork } from "./lib/withCluster.ts";
import { deleteAcls, setAcls } from "./users/acls.ts";
import { deleteCredential, setCredential } from "./users/scram.ts";
import { settled, type UserRequests } from "./users/userRequests.ts";
import type { ReachSecrets } from "../model/reach.ts";
import type { UserResult, UserSecrets, UserSpec } from "../model/specs/userSpec.ts";

/** How long one of them may take to accept a connection with TLS, in milliseconds, before it counts as having none. */
const ANSWER_TIMEOUT_MS = 5_000;

/** `user ensure|delete`: gives a user its password and its permissions, or takes both away. */
runClusterScript(async () => {
  const [action = ""] = process.argv.slice(2);
  const spec = readSpecVariable<UserSpec>();
  const { password, ...secrets } = await readSecrets<UserSecrets>();
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
  const answers = await withNetwork({ reach: spec.reach, secrets }, ({ openSocket }) =>
    Promise.all(
      spec.brokers.map(({ address }) => {
        const [host = "", port] = address.split(":");
        return accepts(openSocket, { host, port: Number(port) }, ANSWER_TIMEOUT_MS);
      }),
    ),
  );
  return answers.includes(true) ? spec : { ...spec, brokers: spec.plaintextBrokers };
}

function connected<T>(spec: UserSpec, secrets: ReachSecrets, work: (requests: UserRequests) => Promise<T>): Promise<T> {
  const brokers = spec.brokers.map(({ address }) => address);
  const done = withCluster({ ...spec, secrets, clientId: `user-${spec.name}` }, async (requests) => {
    await settled(
      `one of the brokers ${brokers.join(", ")} to answer (\`npm run status\` tells what is wrong; then run it again)`,
      async () => ({ value: await requests.metadata() }),
      CONNECT_TIMEOUT_MS,
    );
    return work(requests);
  });
  return done.catch((error: unknown) => {
    throw error instanceof UserError ? error : new UserError(`user ${spec.name}: ${kafkaReason(error)}`);
  });
}
