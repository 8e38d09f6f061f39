import { exitSoon } from "./lib/kafka.ts";
import { Network } from "./lib/reach.ts";
import { runScript, UserError } from "./lib/report.ts";
import { stackOutputs } from "./stack/entrance.ts";
import { within } from "./lib/wait.ts";
import { exportedDeployment } from "./stack/exportedState.ts";
import { stackName } from "./stack/engine.ts";
import { assemble } from "./status/assembleStatus.ts";
import { type DeployedCluster, deployedCluster } from "./status/recordedCluster.ts";
import { CONNECT_TIMEOUT_MS, gather } from "./status/gather.ts";
import { judge } from "./status/judge.ts";
import { STATUS_HELP, statusOptions } from "./status/statusOptions.ts";
import { FORMAT, type StatusReport } from "./status/statusReport.ts";
import { table } from "./status/table.ts";

/** How long the stack may take to be read, in milliseconds: its backend can be far away. */
const STACK_TIMEOUT_MS = 60_000;
const NOT_HEALTHY = 2;

/** Shows what the stack's cluster says of itself; the exit code says whether it is healthy. */
async function status(args: readonly string[]): Promise<void> {
  const options = statusOptions(args);
  if (options === "help") {
    process.stdout.write(STATUS_HELP);
    return;
  }
  const deployed = await readStack();
  const network = new Network({ ...deployed, timeoutMs: CONNECT_TIMEOUT_MS });
  try {
    // Without the bastion nothing can be said of any member.
    await network.ready();
    const seen = assemble(await gather(stackName(), deployed, network));
    const problems = judge(seen, options);
    const report: StatusReport = { format: FORMAT, healthy: problems.length === 0, problems, ...seen };
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : table(report));
    if (!report.healthy) process.exitCode = NOT_HEALTHY;
  } finally {
    network.close();
  }
}

/** @throws UserError when the stack can't be read or has no cluster */
async function readStack(): Promise<DeployedCluster> {
  const late = new Error(`no answer in ${STACK_TIMEOUT_MS / 1000} s`);
  const asked = stackOutputs(true);
  // Where there is no stack, the outputs say so best.
  const exported = exportedDeployment().catch((error: unknown) => asked.then(() => Promise.reject(error as Error)));
  const read = Promise.all([asked, exported]);
  const [outputs, deployment] = await within(STACK_TIMEOUT_MS, read, late).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    throw new UserError(`stack ${stackName()} can't be read; npm run up deploys it (${(error as Error).message})`);
  });
  return deployedCluster(stackName(), outputs, deployment);
}

// What did not answer in time would keep the process alive.
runScript(() => status(process.argv.slice(2)).finally(exitSoon));
