import type { Reach, ReachSecrets } from "../../model/reach.ts";
import { type AdminRequests, withAdminRequests } from "./adminRequests.ts";
import { exitSoon } from "./kafka.ts";
import { Network } from "./reach.ts";
import { runScript } from "./report.ts";

/** How long it is tried to reach the brokers, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 60_000;

/** Runs a script's main function like {@link runScript}, and ends with it: see {@link exitSoon}. */
export function runClusterScript(main: () => Promise<void>): void {
  runScript(() => main().finally(exitSoon));
}

/** What {@link withNetwork} opens. */
export interface NetworkOptions {
  /** How to get to the machines. */
  readonly reach: Reach;
  readonly secrets: ReachSecrets;
  /** How long it is tried to get there, in milliseconds. @default 60 s */
  readonly timeoutMs?: number;
}

/**
 * Works over the way to the machines; with its end all connections are closed.
 *
 * @throws what the work throws; UserError when the way is lost in between
 */
export async function withNetwork<T>(options: NetworkOptions, work: (network: Network) => Promise<T>): Promise<T> {
  const { reach, secrets, timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const network = new Network({ ...secrets, reach, timeoutMs });
  try {
    await network.ready();
    return await network.guard(work(network));
  } finally {
    network.close();
  }
}

/** What {@link withCluster} opens. */
export interface ClusterOptions extends NetworkOptions {
  /** The brokers to begin with; `address` with the port. */
  readonly brokers: readonly { readonly address: string }[];
  /** Name that the brokers show in their logs. */
  readonly clientId: string;
}

/** The same with requests to the cluster, which bootstrap from any of the brokers. */
export function withCluster<T>(options: ClusterOptions, work: (requests: AdminRequests) => Promise<T>): Promise<T> {
  const brokers = options.brokers.map(({ address }) => address);
  return withNetwork(options, ({ openSocket }) =>
    withAdminRequests({ brokers, clientId: options.clientId, openSocket }, work),
  );
}
