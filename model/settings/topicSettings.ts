import type { BrokerProperties } from "../kafka/brokerProperties.ts";
import type { Problem } from "../kafka/problem.ts";
import { checkTopicConfigs } from "../kafka/topicConfigs.ts";
import { collide, reservedTopic, TOPIC_NAME } from "../kafka/topicNames.ts";
import type { SettingsReader } from "./settingsReader.ts";
import type { SettingsTable } from "./settingsTable.ts";

/** What becomes of a topic that the settings do not name any more. */
export type Deletion = "keep" | "delete";

/** A topic that the stack looks after. */
export interface TopicSettings {
  readonly name: string;
  /** Number of partitions, which only grows. */
  readonly partitions: number;
  /** Replicas of each partition. */
  readonly replicationFactor: number;
  /** Configs that the topic has of its own; the brokers' properties stand in for all others. */
  readonly configs: Readonly<Record<string, string>>;
  readonly deletion: Deletion;
}

/** What the topics have to go with. */
export interface TopicsContext {
  /** Kafka's. */
  readonly version: string;
  readonly brokerCount: number;
  /** What the brokers get, defaults of the program included. */
  readonly brokerProperties: BrokerProperties;
  readonly verificationTopic: string;
}

/** Reads the setting `topics`. What is wrong is added to the problems, as the reader does it. */
export function readTopics(
  top: SettingsReader<SettingsTable>,
  context: TopicsContext,
  problems: Problem[],
): TopicSettings[] {
  const names: string[] = [];
  return top.objects("topics").map(([key, reader]) => {
    reader.demand();
    const name = reader.text("name", (text, form) => nameProblem(text, form, names, context.verificationTopic));
    names.push(name);
    // A factor that can't be used is one problem, and not one of min.insync.replicas, too.
    const replicationFactor = reader.integer("replicationFactor", {
      max: context.brokerCount,
      fallback: context.brokerCount,
    });
    const configs = reader.map("configs");
    const { version, brokerProperties } = context;
    for (const problem of checkTopicConfigs(version, configs, { replicationFactor, brokerProperties })) {
      problems.push({ ...problem, key: `${key}.configs.${problem.key}` });
    }
    return {
      name,
      partitions: reader.integer("partitions"),
      replicationFactor,
      configs: Object.fromEntries(Object.entries(configs).map(([config, value]) => [config, String(value).trim()])),
      deletion: reader.oneOf("deletion"),
    };
  });
}

function nameProblem(
  name: string,
  form: string,
  earlier: readonly string[],
  verificationTopic: string,
): string | undefined {
  if (!TOPIC_NAME.pattern.test(name)) return form;
  const reserved = reservedTopic(name, verificationTopic);
  if (reserved !== undefined) return reserved;
  if (earlier.includes(name)) return "each topic once";
  const like = [verificationTopic, ...earlier].find((other) => collide(name, other));
  return like === undefined
    ? undefined
    : `a name that differs from ${like} in more than '.' and '_': Kafka's metrics write both the same and it refuses one`;
}
