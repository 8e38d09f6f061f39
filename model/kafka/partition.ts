/** Which partition of which topic. */
export interface TopicPartition {
  readonly topic: string;
  /** Its number, from 0. */
  readonly partition: number;
}

/** A partition as its cluster has it, also one without a leader. */
export interface PartitionMetadata extends TopicPartition {
  /** Broker id, -1 when there is none. */
  readonly leader: number;
  /** Broker ids, the preferred leader first. */
  readonly replicas: readonly number[];
  /** Ids of the brokers in sync; without a leader, of those that were so last. */
  readonly isr: readonly number[];
}

/** The same of a topic that is known. */
export type PartitionState = Omit<PartitionMetadata, "topic">;

/** Where a partition's replicas are, or shall be. */
export type PartitionReplicas = Omit<PartitionMetadata, "leader" | "isr">;

/** The same of a topic that is known. */
export type PartitionAssignment = Omit<PartitionReplicas, "topic">;
