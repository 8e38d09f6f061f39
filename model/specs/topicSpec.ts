import type { TopicShape } from "../livingCluster.ts";
import type { Reach } from "../reach.ts";
import type { TopicSettings } from "../settings/topicSettings.ts";
import type { SpecBroker } from "./verificationSpec.ts";

/** A broker that may hold replicas. */
export interface TopicBroker extends SpecBroker {
  /** `broker.rack`; absent on a platform without zones. */
  readonly rack?: string;
}

/** What the topic script is told, as JSON in `KAFKA_CLUSTER_SPEC`, with ReachSecrets on standard input. */
export interface TopicSpec extends TopicSettings {
  readonly brokers: readonly TopicBroker[];
  /** How to get to the brokers. */
  readonly reach: Reach;
  /** The most that a broker sends and, apart from that, takes for moves, in bytes per second. */
  readonly throttleBytesPerSecond: number;
}

/** What the topic script leaves for the record and for its next run. */
export interface TopicResult extends TopicShape {
  /** The configs that the program has set: what it may take away again. */
  readonly configs: Readonly<Record<string, string>>;
}
