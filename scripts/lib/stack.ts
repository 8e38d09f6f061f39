import { pulumi, stackName } from "../stack/engine.ts";
import { UserError } from "./report.ts";

/** Environment variable that names the cluster's brokers, `host:port,…`. */
export const BOOTSTRAP_VARIABLE = "KAFKA_CLUSTER_BOOTSTRAP";

/**
 * The stack's outputs as of its last deployment; empty before the first.
 *
 * @throws Error with what the Pulumi CLI said when it fails
 */
export async function stackOutputs(): Promise<Record<string, unknown>> {
  return JSON.parse(await pulumi(["stack", "output", "--json"])) as Record<string, unknown>;
}

/**
 * The brokers that a client bootstraps from: those named on the command line, else in {@link BOOTSTRAP_VARIABLE}, else
 * the stack's output `bootstrapServers`.
 *
 * @param named each `host:port`, empty when none was named
 * @param outputs gives the stack's outputs
 * @throws UserError when there are none, or one isn't `host:port`
 */
export async function bootstrapBrokers(named: readonly string[], outputs = stackOutputs): Promise<string[]> {
  const listed = named.length > 0 ? named : (process.env[BOOTSTRAP_VARIABLE] ?? (await deployed(outputs))).split(",");
  const brokers = listed.map((broker) => broker.trim()).filter((broker) => broker !== "");
  if (brokers.length === 0) throw new UserError(noBroker("the list of brokers is empty"));
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d{1,5}$/.test(broker));
  if (wrong !== undefined) {
    throw new UserError(`broker "${wrong}" is not of the form HOST:PORT, for example 10.0.0.18:9092`);
  }
  return brokers;
}

async function deployed(outputs: typeof stackOutputs): Promise<string> {
  const { bootstrapServers } = await outputs().catch((error: unknown) => {
    throw new UserError(noBroker((error as Error).message));
  });
  if (typeof bootstrapServers !== "string") throw new UserError(noBroker("it has no output bootstrapServers"));
  return bootstrapServers;
}

function noBroker(reason: string): string {
  return (
    `no broker is named and stack ${stackName()} gives none: \`npm run up\` deploys it; or give --broker HOST:PORT, ` +
    `or set ${BOOTSTRAP_VARIABLE}=HOST:PORT,… (${reason})`
  );
}
