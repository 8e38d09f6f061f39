import type { Reach } from "../../components/reach.ts";
import { pulumi, stackName } from "../stack/engine.ts";
import { exportedDeployment, type ExportedResource } from "../stack/deployment.ts";
import { UserError } from "./report.ts";

/** Environment variable that names the cluster's brokers, `host:port,…`. */
export const BOOTSTRAP_VARIABLE = "KAFKA_CLUSTER_BOOTSTRAP";

/**
 * The stack's outputs as of its last deployment; empty before the first.
 *
 * @param secrets whether secret outputs are shown, too
 * @throws Error with what the Pulumi CLI said when it fails
 */
export async function stackOutputs(secrets = false): Promise<Record<string, unknown>> {
  const options = secrets ? ["--show-secrets"] : [];
  return JSON.parse(await pulumi(["stack", "output", "--json", ...options])) as Record<string, unknown>;
}

/**
 * The stack's resources as they are on record, secrets encrypted.
 *
 * @throws Error with what the Pulumi CLI said when it fails
 */
export async function stackResources(): Promise<readonly ExportedResource[]> {
  return (await exportedDeployment()).resources ?? [];
}

/** Where a client bootstraps from, and how it gets there. */
export interface Entrance {
  /** Each `host:port`. */
  readonly brokers: readonly string[];
  readonly reach: Reach;
  /** The deployer's private key; empty when there is no bastion to log in to. */
  readonly privateKey: string;
}

/**
 * The brokers that a client bootstraps from: those named on the command line, else in {@link BOOTSTRAP_VARIABLE}, else
 * the stack's output `bootstrapServers`. Named ones are reached directly, the stack's as its members are.
 *
 * @param named each `host:port`, empty when none was named
 * @param outputs gives the stack's outputs
 * @throws UserError when there are none, or one isn't `host:port`
 */
export async function entrance(named: readonly string[], outputs = stackOutputs): Promise<Entrance> {
  const variable = process.env[BOOTSTRAP_VARIABLE];
  if (named.length > 0) return direct(named);
  if (variable !== undefined) return direct(variable.split(","));
  return await deployed(outputs).catch((error: unknown) => {
    throw error instanceof UserError ? error : new UserError(noBroker((error as Error).message));
  });
}

function direct(listed: readonly string[]): Entrance {
  return { brokers: checked(listed), reach: { via: "direct" }, privateKey: "" };
}

async function deployed(outputs: typeof stackOutputs): Promise<Entrance> {
  // Absent from a stack that an older version of this program has deployed.
  const { bootstrapServers, reach = { via: "direct" } } = await outputs();
  if (typeof bootstrapServers !== "string") throw new UserError(noBroker("it has no output bootstrapServers"));
  const brokers = checked(bootstrapServers.split(","));
  const way = reach as Reach;
  if (way.via !== "bastion") return { brokers, reach: way, privateKey: "" };
  const { deployerPrivateKey } = await outputs(true);
  if (typeof deployerPrivateKey !== "string") throw new UserError(noBroker("it has no output deployerPrivateKey"));
  return { brokers, reach: way, privateKey: deployerPrivateKey };
}

function checked(listed: readonly string[]): string[] {
  const brokers = listed.map((broker) => broker.trim()).filter((broker) => broker !== "");
  if (brokers.length === 0) throw new UserError(noBroker("the list of brokers is empty"));
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d{1,5}$/.test(broker));
  if (wrong !== undefined) {
    throw new UserError(`broker "${wrong}" is not of the form HOST:PORT, for example 10.0.0.18:9092`);
  }
  return brokers;
}

function noBroker(reason: string): string {
  return (
    `no broker is named and stack ${stackName()} gives none: \`npm run up\` deploys it; or give --broker HOST:PORT, ` +
    `or set ${BOOTSTRAP_VARIABLE}=HOST:PORT,… (${reason})`
  );
}
