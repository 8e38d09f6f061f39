/**
 * The project's commands: `npm run up`, `down`, `preview`, `replace`, `setup`, and `npm run pulumi -- …` for everything
 * else that Pulumi can do. Each sets up what is missing first. Further arguments are passed on to Pulumi.
 */
import { DEFAULT_KAFKA_VERSION, KAFKA_VERSIONS } from "../model/kafka/versions.ts";
import { runScript, progress, UserError } from "./lib/report.ts";
import { distributionSteps } from "./setup/distributionSteps.ts";
import { hypervisorSteps, stopHypervisorIfStarted } from "./setup/hypervisor.ts";
import { pulumiSteps } from "./setup/pulumi.ts";
import { runSteps, type Step } from "./setup/runSteps.ts";
import { commandLine } from "./stack/commandLine.ts";
import { destroyable } from "./stack/destroyable.ts";
import { pulumiAttached, stackName } from "./stack/engine.ts";
import { forgetUpdate, onlyReads } from "./stack/lastUpdate.ts";
import { finishDetaching } from "./stack/halfReplaced.ts";
import { configured, ownConfigFile, prepareStack, readCheckpoint, stackConfigFile } from "./stack/prepare.ts";
import { recover } from "./stack/recovery.ts";
import { finish, preview, refreshOption, runOptions, runUpdate, update } from "./stack/update.ts";

async function platform(): Promise<string> {
  return (await configured("platform")) ?? "local";
}

/** The steps before all that Pulumi does. */
async function engineSteps(): Promise<Step[]> {
  return pulumiSteps(await platform());
}

async function allSteps(): Promise<Step[]> {
  return [...(await engineSteps()), ...((await platform()) === "local" ? hypervisorSteps() : [])];
}

/** The steps before a deployment: on this computer it needs Kafka's distribution, too. */
async function deploymentSteps(): Promise<Step[]> {
  const version = (await configured("kafkaVersion")) ?? DEFAULT_KAFKA_VERSION;
  // Another version is the program's to refuse, in one message with all that is wrong.
  const isKnown = KAFKA_VERSIONS.some((known) => known.version === version);
  const needsIt = isKnown && (await platform()) === "local";
  return [...(await allSteps()), ...(needsIt ? distributionSteps(version) : [])];
}

async function setUp(steps: readonly Step[], mends = true): Promise<void> {
  await runSteps(steps);
  await prepareStack();
  if (!mends) return;
  await recover();
  await finishDetaching();
}

async function down(args: readonly string[]): Promise<void> {
  const found = destroyable(stackName(), await readCheckpoint());
  if (found === "no stack") {
    // A mistyped name: the daemon may serve the one that was meant.
    progress(`nothing to destroy: there is no stack "${stackName()}"`);
    return;
  }
  if (found === "empty") {
    progress(`nothing to destroy: stack "${stackName()}" has no resources`);
  } else {
    await setUp(await allSteps());
    // What is gone from AWS is found first: EC2 refuses, for one, to stop the instance of an attachment that is gone.
    const options = [...runOptions(), ...(await refreshOption(args))];
    const code = await pulumiAttached(["destroy", "--yes", "--skip-preview", ...options, ...args]);
    finish("destroy", code);
    if (code !== 0) return;
    // Pulumi's own last line names a program that need not be on the search path, nor know this state.
    progress(`to forget the stack as well: npm run pulumi -- stack rm ${stackName()}`);
  }
  const stopped = await stopHypervisorIfStarted();
  if (stopped) progress(stopped);
}

async function anyPulumi(args: readonly string[]): Promise<void> {
  // `cancel` is the remedy for a lock that the recovery must not take away.
  await setUp(await engineSteps(), args[0] !== "cancel");
  // What a command of the user's own writes into the state is not this program's.
  if (!onlyReads(args)) await forgetUpdate();
  const line = commandLine(args, { copy: stackConfigFile(), own: ownConfigFile() });
  process.exitCode = await (["up", "update"].includes(args[0] ?? "") ? runUpdate(line) : pulumiAttached(line));
}

runScript(async () => {
  const [command = "", ...args] = process.argv.slice(2);
  switch (command) {
    case "up":
      await setUp(await deploymentSteps());
      return update(args);
    case "replace":
      await setUp(await deploymentSteps());
      return update([], args);
    case "down":
      return down(args);
    case "preview":
      await setUp(await engineSteps());
      return preview(args);
    case "setup":
      return setUp(await deploymentSteps());
    case "pulumi":
      return anyPulumi(args);
    default:
      throw new UserError(`unknown command "${command}": expected up, down, preview, replace, setup or pulumi`);
  }
});
