import kafkajs, { type Admin } from "kafkajs";
import type { TopicClient } from "../../../scripts/topics/topicClient.ts";

interface FakePartition {
  replicas: number[];
  isr: number[];
}

/** A topic of a {@link FakeCluster}. */
export interface FakeTopic {
  partitions: FakePartition[];
  configs: Record<string, string>;
}

/** A cluster of three brokers in memory, as far as work on topics asks it. */
export class FakeCluster {
  readonly topics = new Map<string, FakeTopic>();
  /** What was asked for, in order. */
  readonly asked: string[] = [];
  /** Ids of the brokers that answer. */
  present = [1, 2, 3];
  /** How often it still says that replicas move. */
  moves = 0;

  /** Puts a topic in that has its replicas on the first brokers. */
  add(name: string, partitions: number, factor: number, configs: Record<string, string> = {}): FakeTopic {
    const replicas = [1, 2, 3].slice(0, factor);
    const topic = {
      partitions: Array.from({ length: partitions }, () => ({ replicas, isr: replicas })),
      configs: { ...configs },
    };
    this.topics.set(name, topic);
    return topic;
  }

  /** The client, with some answers of the test's own. */
  client(answers: Partial<Admin> = {}): TopicClient {
    const admin: Partial<Admin> = {
      listTopics: () => Promise.resolve([...this.topics.keys()]),
      describeCluster: () =>
        Promise.resolve({
          brokers: this.present.map((nodeId) => ({ nodeId, host: "", port: 0 })),
          controller: 1,
          clusterId: "",
        }),
      createTopics: ({ topics }) => {
        for (const { topic, numPartitions = 1, replicationFactor = 1, configEntries = [] } of topics) {
          this.asked.push(`create ${topic}`);
          this.add(
            topic,
            numPartitions,
            replicationFactor,
            Object.fromEntries(configEntries.map(({ name, value }) => [name, value])),
          );
        }
        return Promise.resolve(true);
      },
      deleteTopics: ({ topics }) => {
        this.asked.push(`delete ${topics.join()}`);
        for (const topic of topics) this.topics.delete(topic);
        return Promise.resolve();
      },
      createPartitions: ({ topicPartitions }) => {
        for (const { topic, count } of topicPartitions) {
          this.asked.push(`partitions ${count}`);
          const partitions = this.topics.get(topic)?.partitions ?? [];
          while (partitions[0] && partitions.length < count) partitions.push(partitions[0]);
        }
        return Promise.resolve(true);
      },
      alterPartitionReassignments: ({ topics }) => {
        for (const { topic, partitionAssignment } of topics) {
          this.asked.push(`reassign ${partitionAssignment.map(({ replicas }) => replicas.join()).join(" ")}`);
          for (const { partition, replicas } of partitionAssignment) {
            const found = this.topics.get(topic)?.partitions;
            if (found) found[partition] = { replicas, isr: replicas };
          }
        }
        return Promise.resolve();
      },
      listPartitionReassignments: () => {
        const moving = this.moves > 0 ? [...this.topics.keys()] : [];
        this.moves -= 1;
        // As kafkajs gives it, not as it declares it.
        return Promise.resolve({ topics: moving.map((name) => ({ name, partitions: [{ partition: 0 }] })) } as never);
      },
      fetchTopicMetadata: (asked?: { topics: string[] }) =>
        Promise.resolve({
          topics: (asked?.topics ?? [...this.topics.keys()]).map((name) => ({
            name,
            partitions: (this.topics.get(name)?.partitions ?? []).map(({ replicas, isr }, partitionId) => ({
              partitionErrorCode: 0,
              partitionId,
              leader: isr[0] ?? -1,
              replicas,
              isr,
            })),
          })),
        }),
      describeConfigs: (({ resources }: Parameters<Admin["describeConfigs"]>[0]) => {
        const own = this.topics.get(resources[0]?.name ?? "")?.configs ?? {};
        const entries = Object.entries({ "retention.ms": "604800000", ...own });
        const configEntries = entries.map(([configName, configValue]) => ({
          configName,
          configValue,
          configSource: Object.hasOwn(own, configName)
            ? kafkajs.ConfigSource.TOPIC_CONFIG
            : kafkajs.ConfigSource.DEFAULT_CONFIG,
        }));
        return Promise.resolve({ resources: [{ configEntries }] });
      }) as unknown as Admin["describeConfigs"],
      ...answers,
    };
    return {
      admin: admin as Admin,
      brokers: [1, 2, 3].map((id) => ({ id, address: `10.0.0.${17 + id}:9092` })),
      requests: {
        incrementalAlterConfigs: ([change]) => {
          const { set = {}, remove = [], resource } = change ?? { resource: { type: "topic", name: "" } };
          this.asked.push(`configs ${JSON.stringify(set)} without ${remove.join()}`);
          const topic = this.topics.get(resource.type === "topic" ? resource.name : "");
          for (const name of remove) Reflect.deleteProperty(topic?.configs ?? {}, name);
          Object.assign(topic?.configs ?? {}, set);
          return Promise.resolve();
        },
      },
    };
  }
}
