import type { BrokerProperties } from "./brokerProperties.ts";
import { brokerDefinitions, type TopicDefinitions, topicDefinitions } from "./definitions.ts";
import { aboveReplicas, countsReplicas } from "./inSyncNeeded.ts";
import type { Problem } from "./problem.ts";
import { refusal } from "./propertyValue.ts";
import { nearest } from "./suggestion.ts";

/** A topic's configs as they stand in stack configuration; each is written as `String(value)`. */
export type TopicConfigs = Readonly<Record<string, string | number | boolean>>;

/** What a topic's configs have to go with. */
export interface TopicContext {
  /** Replicas of each partition. */
  readonly replicationFactor: number;
  /** What the brokers get, defaults of the program included: it is in force where the topic says nothing. */
  readonly brokerProperties: BrokerProperties;
}

/** Set for as long as replicas move, by whoever moves them. */
const THROTTLES = ["leader.replication.throttled.replicas", "follower.replication.throttled.replicas"];

const MIN_IN_SYNC = "min.insync.replicas";

/** Pairs of which the first must not be above the second, and what happens otherwise. */
const LIMITS: readonly (readonly [lower: string, upper: string, consequence: string])[] = [
  ["max.message.bytes", "segment.bytes", "such a message fits no segment"],
  ["min.compaction.lag.ms", "max.compaction.lag.ms", "Kafka refuses that"],
];

/**
 * Checks a topic's configs against Kafka's own definition of that version, and against the topic.
 *
 * @returns the problems in the order of the configs, those between configs after them
 * @throws SettingsError for a version that is not supported
 */
export function checkTopicConfigs(version: string, configs: TopicConfigs, context: TopicContext): Problem[] {
  const definitions = topicDefinitions(version);
  const problems = Object.entries(configs).flatMap(([key, value]): Problem[] => {
    const allowed = checkConfig(definitions, key, value);
    return allowed === undefined ? [] : [{ key, value, allowed }];
  });
  const refused = new Set(problems.map(({ key }) => key));
  const inForce = (key: string): number | undefined => {
    if (refused.has(key)) return undefined;
    const { broker = "", default: fallback } = definitions[key] ?? {};
    const value = configs[key] ?? context.brokerProperties[broker] ?? brokerDefinitions(version)[broker]?.default;
    return value === undefined && fallback === undefined ? undefined : Number(value ?? fallback);
  };
  return [
    ...problems,
    ...minInSyncProblems(version, configs, inForce(MIN_IN_SYNC), context),
    ...relationProblems(inForce),
  ];
}

function checkConfig(definitions: TopicDefinitions, key: string, value: string | number | boolean): string | undefined {
  if (THROTTLES.includes(key)) return "not for configs: it is set by hand while replicas move, and left alone";
  const definition = Object.hasOwn(definitions, key) ? definitions[key] : undefined;
  if (definition) return refusal(definition, value);
  const [ofBroker] = Object.entries(definitions).find(([, { broker }]) => broker === key) ?? [];
  if (ofBroker !== undefined) return `no such config of a topic: for a topic it is ${ofBroker}`;
  const meant = nearest(key, Object.keys(definitions));
  return `no such config of a topic in this version of Kafka${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

/** What the brokers have is no problem of a topic that takes writes all the same. */
function minInSyncProblems(
  version: string,
  configs: TopicConfigs,
  minimum: number | undefined,
  { replicationFactor }: TopicContext,
): Problem[] {
  if (minimum === undefined || minimum <= replicationFactor) return [];
  if (configs[MIN_IN_SYNC] === undefined && countsReplicas(version)) return [];
  const consequence =
    "the topic would refuse every write with acks=all; what the brokers have holds where configs say nothing";
  const allowed = `at most replicationFactor, which is ${replicationFactor}: ${aboveReplicas(version, consequence)}`;
  return [{ key: MIN_IN_SYNC, value: minimum, allowed }];
}

/** @param inForce gives a config's number, whoever sets it; undefined where there is none or it is refused already */
function relationProblems(inForce: (key: string) => number | undefined): Problem[] {
  const problems: Problem[] = [];
  for (const [lower, upper, consequence] of LIMITS) {
    const [value, limit] = [inForce(lower), inForce(upper)];
    if (value !== undefined && limit !== undefined && value > limit) {
      problems.push({ key: lower, value, allowed: `at most ${upper}, which is ${limit}: ${consequence}` });
    }
  }
  return problems;
}
