import kafkajs from "kafkajs";
import { TOPIC_CONFIGS } from "./askKafka.ts";
import type { Config } from "./brokerAnswers.ts";
import type { BrokerStatus, DynamicConfig, KafkaStatus } from "./kafkaReport.ts";

/** Throttles of a broker; the topics' say which replicas they hold for. */
const BROKER_THROTTLES = [
  "leader.replication.throttled.rate",
  "follower.replication.throttled.rate",
  "replica.alter.log.dirs.io.max.bytes.per.second",
];

/** Whether a throttle is one of moves between brokers. */
export function isOfMoves(throttle: string): boolean {
  return throttle.includes(".replication.throttled.");
}

/** What a config that was set while the broker ran holds for, by where its value comes from. */
const SCOPES: ReadonlyMap<number, DynamicConfig["scope"]> = new Map([
  [kafkajs.ConfigSource.DYNAMIC_BROKER_CONFIG, "broker"],
  [kafkajs.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, "cluster"],
]);

/**
 * A config that was set while the broker ran. A change of the program's own stands in server.properties as well, and so
 * overrides nothing; what the broker read at its start may be older.
 */
export function dynamicConfig(
  { name, value, source, synonyms }: Config,
  deployed: Readonly<Record<string, string>>,
): DynamicConfig[] {
  const scope = SCOPES.get(source);
  if (!scope) return [];
  // log.retention.ms goes before log.retention.hours, its synonym.
  const line = [name, ...synonyms].find((key) => Object.hasOwn(deployed, key));
  const text = line === undefined ? undefined : deployed[line];
  if (line === undefined || text === undefined || (line === name && isSame(value, text))) {
    return [{ name, value, scope, overrides: null }];
  }
  return [{ name, value, scope, overrides: { name: line, value: text } }];
}

/** Kafka writes `0.5` for `0.50`. */
function isSame(value: string | null, text: string): boolean {
  return value === text || (text.trim() !== "" && Number(value) === Number(text));
}

/** Throttles that are set on brokers and topics. */
export function throttles(
  brokers: readonly BrokerStatus[],
  topics: ReadonlyMap<string, readonly Config[]>,
): NonNullable<KafkaStatus["throttles"]> {
  return [
    ...brokers.flatMap(({ id, dynamicConfigs }) =>
      dynamicConfigs
        .filter(({ name }) => BROKER_THROTTLES.includes(name))
        .map(({ name, value }) => ({ entity: `broker ${id}`, name, value: value ?? "" })),
    ),
    ...[...topics].flatMap(([topic, configs]) =>
      configs
        .filter(({ name, value }) => name !== TOPIC_CONFIGS.minIsr && value !== null && value !== "")
        .map(({ name, value }) => ({ entity: `topic ${topic}`, name, value: value ?? "" })),
    ),
  ];
}
