import { UserError } from "./report.ts";

/** Environment variable that names the cluster's brokers, `host:port,…`. */
export const BOOTSTRAP_VARIABLE = "KAFKA_CLUSTER_BOOTSTRAP";

/**
 * The brokers that a client bootstraps from: those named on the command line, else in {@link BOOTSTRAP_VARIABLE}.
 *
 * @param named each `host:port`, empty when none was named
 * @throws UserError when there are none, or one isn't `host:port`
 */
export function bootstrapBrokers(named: readonly string[]): string[] {
  const brokers = (named.length > 0 ? named : (process.env[BOOTSTRAP_VARIABLE] ?? "").split(","))
    .map((broker) => broker.trim())
    .filter((broker) => broker !== "");
  if (brokers.length === 0) {
    throw new UserError(`no broker is named: give --broker HOST:PORT, or set ${BOOTSTRAP_VARIABLE}=HOST:PORT,…`);
  }
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d{1,5}$/.test(broker));
  if (wrong !== undefined) {
    throw new UserError(`broker "${wrong}" is not of the form HOST:PORT, for example 10.0.0.18:9092`);
  }
  return brokers;
}
