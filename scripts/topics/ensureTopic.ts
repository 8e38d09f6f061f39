import { progress, UserError } from "../lib/report.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { type Configs, topicChanges, type TopicStep } from "../../model/kafka/topicChanges.ts";
import type { TopicResult } from "../../model/specs/topicSpec.ts";
import type { TopicSettings } from "../../model/settings/topicSettings.ts";
import { changeReplicas, settleMoves } from "./changeReplicas.ts";
import { configsOf, partitionsOf, poll, type TopicClient } from "./topicClient.ts";

/** How long a topic may take until all its new partitions have their replicas in sync, in milliseconds. */
const SYNC_TIMEOUT_MS = 60_000;

/**
 * Makes a topic as it is wanted: makes it, or takes over what exists and changes what differs. An interrupted run is
 * gone on with by the next one.
 *
 * @param before configs that the program has set; undefined when it has not looked after the topic until now
 * @throws UserError when what exists can't become what is wanted, with both
 */
export async function ensureTopic(
  client: TopicClient,
  wanted: TopicSettings,
  before: Configs | undefined,
): Promise<TopicResult> {
  const { name, partitions, replicationFactor, configs } = wanted;
  if (await create(client, wanted)) {
    await inSync(client, wanted);
    progress(`topic ${name} ${before ? "was gone: made anew" : "created"}: ${shape(wanted)}`);
  } else {
    if (!before) progress(`topic ${name} exists already: it is taken over`);
    await change(client, wanted, before);
  }
  return { name, partitions, replicationFactor, configs };
}

/** @returns false when it exists, in whatever shape */
async function create(client: TopicClient, wanted: TopicSettings): Promise<boolean> {
  const { name: topic, partitions, replicationFactor, configs } = wanted;
  if ((await partitionsOf(client, topic)).length > 0) return false;
  try {
    return await client.create({ topic, partitions, replicationFactor, configs });
  } catch (error) {
    throw new UserError(`topic ${topic} with ${shape(wanted)} can't be created: ${kafkaReason(error)}`);
  }
}

async function change(client: TopicClient, wanted: TopicSettings, before: Configs | undefined): Promise<void> {
  const { name } = wanted;
  await settleMoves(client, name);
  const partitions = await poll(
    `leaders of all partitions of topic ${name}`,
    async () => {
      const states = await partitionsOf(client, name);
      const leaderless = states.filter(({ leader }) => leader < 0).map(({ partition }) => partition);
      if (states.length > 0 && leaderless.length === 0) return { value: states };
      return { seen: states.length === 0 ? "no partition" : `none for ${leaderless.join(", ")}` };
    },
    SYNC_TIMEOUT_MS,
  );
  const actual = { factors: partitions.map(({ replicas }) => replicas.length), configs: await configsOf(client, name) };
  const { refusals, steps, left } = topicChanges(actual, wanted, before);
  if (refusals.length > 0) throw new UserError(refusals.join("; "));
  for (const step of steps) await perform(client, wanted, step);
  if (steps.length === 0) progress(`topic ${name} is as it is wanted: ${shape(wanted)}`);
  if (Object.keys(left).length > 0) progress(`topic ${name}: left alone, not set by this program: ${listed(left)}`);
}

async function perform(client: TopicClient, wanted: TopicSettings, step: TopicStep): Promise<void> {
  const { name } = wanted;
  switch (step.kind) {
    case "configs": {
      const { set, remove } = step;
      await client.requests.incrementalAlterConfigs([{ resource: { type: "topic", name }, set, remove }]);
      const said = [
        ...(Object.keys(set).length > 0 ? [`set ${listed(set)}`] : []),
        ...(remove.length > 0 ? [`back to the brokers' value: ${remove.join(", ")}`] : []),
      ];
      progress(`topic ${name}: ${said.join("; ")}`);
      return;
    }
    case "replicas":
      await changeReplicas(client, name, step.to);
      progress(`topic ${name}: replication factor ${step.from.join(" and ")} -> ${step.to}, all in sync`);
      return;
    case "partitions":
      await addPartitions(client, wanted);
      progress(`topic ${name}: partitions ${step.from} -> ${step.to}; keys are spread anew over them`);
      return;
    default:
      step satisfies never;
  }
}

async function addPartitions(client: TopicClient, wanted: TopicSettings): Promise<void> {
  const { name: topic, partitions: count } = wanted;
  try {
    await client.addPartitions(topic, count);
  } catch (error) {
    throw new UserError(`topic ${topic} can't get ${count} partitions: ${kafkaReason(error)}`);
  }
  await inSync(client, wanted);
}

async function inSync(client: TopicClient, { name, partitions, replicationFactor }: TopicSettings): Promise<void> {
  await poll(
    `${partitions} partitions of topic ${name} with ${replicationFactor} replicas in sync`,
    async () => {
      const states = await partitionsOf(client, name);
      const synced = states.filter(({ leader, isr }) => leader >= 0 && isr.length >= replicationFactor).length;
      return synced === partitions ? { value: true } : { seen: `${synced} of ${states.length} partitions are` };
    },
    SYNC_TIMEOUT_MS,
  );
}

function shape({ partitions, replicationFactor, configs }: TopicSettings): string {
  const own = Object.keys(configs).length > 0 ? `, ${listed(configs)}` : "";
  return `${partitions} partition(s), replication factor ${replicationFactor}${own}`;
}

function listed(configs: Configs): string {
  return Object.entries(configs)
    .map(([config, value]) => `${config} = ${value}`)
    .join(", ");
}
