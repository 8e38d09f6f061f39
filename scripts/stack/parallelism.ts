import { UserError } from "../lib/report.ts";

/** The option of Pulumi's that says how many operations run at once. */
const OPTION = "--parallel";

/**
 * How many operations at once a run of Pulumi is asked to do; undefined where nothing is said.
 *
 * @param variable `PULUMI_OPTION_PARALLEL`, which the CLI reads where the option is not given
 */
export function askedParallelism(args: readonly string[], variable?: string): number | undefined {
  const values = args.flatMap((arg, place) => {
    if (arg === OPTION || arg === "-p") return [args[place + 1]];
    const [, joined] = /^(?:--parallel=|-p=?)(\d+)$/.exec(arg) ?? [];
    return joined === undefined ? [] : [joined];
  });
  const said = values.at(-1) ?? variable;
  return said !== undefined && /^\d+$/.test(said) ? Number(said) : undefined;
}

/**
 * Refuses a first deployment with fewer operations at once than ZooKeeper's servers need for their quorum: each of them
 * is waited for until it serves, and so the others would never begin.
 *
 * @param servers number of ZooKeeper's servers
 * @throws UserError with the smallest number that works
 */
export function assertQuorumFits(parallel: number | undefined, servers: number): void {
  const quorum = Math.floor(servers / 2) + 1;
  if (parallel === undefined || parallel >= quorum) return;
  throw new UserError(
    `${OPTION} ${parallel} on a first deployment: ${quorum} of the ${servers} ZooKeeper servers have to start at the same ` +
      `time to serve at all, so give at least ${OPTION} ${quorum}, or nothing. Later updates take any number`,
  );
}
