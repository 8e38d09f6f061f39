import type { AssignmentResult, AssignmentSpec } from "../model/specs/assignmentSpec.ts";
import { planAssignment, tooManyReplicas } from "../model/kafka/replicaAssignment.ts";
import { counted } from "../model/kafka/counted.ts";
import type { ReachSecrets } from "../model/reach.ts";
import { movable, namedPartitions } from "./assignment/movable.ts";
import type { PartitionMetadata } from "../model/kafka/partition.ts";
import type { AdminRequests } from "./lib/adminRequests.ts";
import { byTopic, keyOf } from "./lib/partitions.ts";
import { progress, result, UserError } from "./lib/report.ts";
import { lastResult, readSecrets, readSpecVariable } from "./lib/scriptInput.ts";
import { waitFor } from "./lib/wait.ts";
import { CONNECT_TIMEOUT_MS, runClusterScript, withCluster } from "./lib/withCluster.ts";
import { without } from "./mover/clusterConfigs.ts";
import { removeLeftovers } from "./mover/leftovers.ts";
import { moveReplicas } from "./mover/mover.ts";

/** How long the cluster may take to tell what it has taken, in milliseconds. */
const SETTLE_TIMEOUT_MS = 60_000;

/**
 * Lets the partitions be on the wanted brokers: away from those that are going, and onto those that have come.
 *
 * @param known the brokers that partitions are on since the last run; absent on the first one, which only moves away
 */
async function assign(
  spec: AssignmentSpec,
  known: readonly number[] | undefined,
  requests: AdminRequests,
): Promise<AssignmentResult> {
  const wanted = spec.brokers.map(({ id }) => id).sort((a, b) => a - b);
  const live = await ready(requests, wanted);
  await removeLeftovers(requests);
  const moves = await requests.movesUnderWay();
  const present = without("removing", live, moves);
  const tooMany = tooManyReplicas(present, wanted.length);
  if (tooMany.length > 0) {
    const topics = tooMany.map(({ topic, replicationFactor }) => `${topic} (${replicationFactor})`).join(", ");
    throw new UserError(
      `brokerCount = ${wanted.length}: topics have more replicas than that: ${topics}; nothing was moved. ` +
        "Lower the replicationFactor of those that the stack looks after in an update of its own, give others fewer " +
        "replicas with kafka-reassign-partitions.sh or delete them; or keep the brokers",
    );
  }

  const spread = known !== undefined && known.join() !== wanted.join();
  const { moves: plan, left } = movable(planAssignment(present, spec.brokers, { spread }), live, wanted);
  if (left.length > 0) progress(`partitions without a leader stay where they are: ${namedPartitions(left)}`);
  const done: AssignmentResult = { brokers: wanted, moved: plan.length };
  if (!spread && plan.length === 0) {
    progress(`nothing to move: ${counted(live.length, "partition")} on brokers ${wanted.join(", ")}`);
    return done;
  }
  const get = plan.length === 1 ? "gets" : "get";
  progress(
    `${plan.length} of ${counted(live.length, "partition")} ${get} other replicas, for brokers ${wanted.join(", ")}`,
  );

  const planned = new Set(plan.map(keyOf));
  const moving = new Set(moves.map(keyOf));
  const goals = [...plan, ...present.filter((row) => moving.has(keyOf(row)) && !planned.has(keyOf(row)))];
  await moveReplicas(requests, goals, spec.throttleBytesPerSecond);
  // Those of a run that was cut off, whose own moves had ended before this one began.
  await removeLeftovers(requests);
  await leadAsPreferred(requests);
  await proveEmpty(requests, wanted);
  return done;
}

/** Waits until all wanted brokers are known, and gives the partitions. */
function ready(requests: AdminRequests, wanted: readonly number[]): Promise<readonly PartitionMetadata[]> {
  return waitFor(
    `brokers ${wanted.join(", ")} to be in the cluster`,
    async () => {
      const { brokers: registered, partitions: value } = await requests.metadata();
      const brokers = registered.map(({ id }) => id).sort((a, b) => a - b);
      return wanted.every((id) => brokers.includes(id))
        ? { value }
        : { seen: `brokers ${brokers.join(", ") || "none"}` };
    },
    CONNECT_TIMEOUT_MS,
  );
}

/** Lets each partition be led by its first replica. Where that can't be now, another one leads as well. */
async function leadAsPreferred(requests: AdminRequests): Promise<void> {
  const others = (await requests.metadata()).partitions.filter(({ leader, replicas }) => leader !== replicas[0]);
  if (others.length === 0) return;
  const missed = await requests.electPreferredLeaders(
    [...byTopic(others)].map(([topic, partitions]) => ({ topic, partitions: partitions.map((row) => row.partition) })),
  );
  const led = others.length - missed.length;
  progress(`${counted(led, "partition")} ${led === 1 ? "gets its" : "get their"} preferred leader`);
  for (const { reason, ...partition } of missed) progress(`${keyOf(partition)} keeps another leader: ${reason}`);
}

/** Proves that nothing is on brokers that are not wanted. */
async function proveEmpty(requests: AdminRequests, wanted: readonly number[]): Promise<void> {
  await waitFor(
    "all replicas to be on the wanted brokers",
    async () => {
      const elsewhere = (await requests.metadata()).partitions.flatMap((row) =>
        row.replicas.filter((broker) => !wanted.includes(broker)).map((broker) => `${keyOf(row)} on broker ${broker}`),
      );
      return elsewhere.length === 0 ? { value: true } : { seen: elsewhere.slice(0, 5).join(", ") };
    },
    SETTLE_TIMEOUT_MS,
  );
}

runClusterScript(async () => {
  const spec = readSpecVariable<AssignmentSpec>();
  const secrets = await readSecrets<ReachSecrets>();
  // Pulumi gives the last run's output to an update, also to one that is done again after it was interrupted.
  const isUpdate = process.argv[2] === "update";
  const known = isUpdate ? lastResult<AssignmentResult>()?.brokers : undefined;
  // Without it no broker would count as new, and none would get partitions.
  if (isUpdate && known === undefined) throw new Error("the last run's result is not in PULUMI_COMMAND_STDOUT");
  const cluster = { ...spec, secrets, clientId: "assignment" };
  result(await withCluster(cluster, (requests) => assign(spec, known, requests)));
});
