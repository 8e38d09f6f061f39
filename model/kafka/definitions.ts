import release240 from "./definitions/2.4.0.json" with { type: "json" };
import release392 from "./definitions/3.9.2.json" with { type: "json" };
import topics240 from "./definitions/topics-2.4.0.json" with { type: "json" };
import topics392 from "./definitions/topics-3.9.2.json" with { type: "json" };
import { kafkaVersion } from "./versions.ts";

/** What Kafka says of the value of a property or config; all definitions are read from its jars by scripts/definitions.ts. */
export interface ValueDefinition {
  readonly type: "boolean" | "class" | "double" | "int" | "list" | "long" | "password" | "short" | "string";
  /** Default as text; null means none, absence that Kafka demands a value. */
  readonly default?: string | null;
  /** Smallest number; as text, since a long does not fit a number. */
  readonly min?: string;
  /** Largest number. */
  readonly max?: string;
  /** The only values, or the only elements of a list. */
  readonly allowed?: readonly string[];
  /** Whether upper and lower case are the same in `allowed`. */
  readonly ignoreCase?: boolean;
  /** Releases of Kafka; a patch level or `-IV1` may follow. */
  readonly versions?: readonly string[];
  /** Whether the empty string is refused. */
  readonly nonEmpty?: boolean;
}

/** Kafka's own definition of a broker property. */
export interface Definition extends ValueDefinition {
  /** How a running broker takes a new value: not at all, each broker its own, or all the same. */
  readonly update: "read-only" | "per-broker" | "cluster-wide";
}

/** Kafka's own definition of a topic's config. */
export interface TopicDefinition extends ValueDefinition {
  /** The broker property that stands in for a config that the topic does not have. */
  readonly broker?: string;
}

/** Property name to definition. */
export type Definitions = Readonly<Record<string, Definition>>;

/** Config name to definition. */
export type TopicDefinitions = Readonly<Record<string, TopicDefinition>>;

const BY_VERSION: Readonly<Record<string, unknown>> = { "2.4.0": release240, "3.9.2": release392 };
const TOPICS_BY_VERSION: Readonly<Record<string, unknown>> = { "2.4.0": topics240, "3.9.2": topics392 };

/**
 * The broker properties that a version of Kafka defines.
 *
 * @throws SettingsError for a version that is not supported
 */
export function brokerDefinitions(version: string): Definitions {
  return BY_VERSION[kafkaVersion(version).version] as Definitions;
}

/**
 * The configs of a topic that a version of Kafka defines.
 *
 * @throws SettingsError for a version that is not supported
 */
export function topicDefinitions(version: string): TopicDefinitions {
  return TOPICS_BY_VERSION[kafkaVersion(version).version] as TopicDefinitions;
}
