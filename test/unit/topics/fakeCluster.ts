import kafkajs, { type DescribeConfigResponse } from "kafkajs";
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
  /** Dynamic configs of the brokers, of all as of one. */
  readonly ofBrokers: Record<string, string> = {};
  /** Whether moves were ever limited. */
  limited = false;

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
  client(answers: Partial<TopicClient> = {}): TopicClient {
    return {
      create: ({ topic, partitions, replicationFactor, configs }) => {
        this.asked.push(`create ${topic}`);
        this.add(topic, partitions, replicationFactor, configs);
        return Promise.resolve(true);
      },
      delete: (topic) => {
        this.asked.push(`delete ${topic}`);
        return Promise.resolve(this.topics.delete(topic));
      },
      addPartitions: (topic, count) => {
        this.asked.push(`partitions ${count}`);
        const partitions = this.topics.get(topic)?.partitions ?? [];
        while (partitions[0] && partitions.length < count) partitions.push(partitions[0]);
        return Promise.resolve();
      },
      brokers: [1, 2, 3].map((id) => ({ id, address: `10.0.0.${17 + id}:9092` })),
      bytesPerSecond: 1000,
      requests: {
        metadata: () =>
          Promise.resolve({
            clusterId: "",
            controllerId: 1,
            brokers: this.present.map((id) => ({ id, address: "" })),
            partitions: [...this.topics].flatMap(([topic, { partitions }]) =>
              partitions.map(({ replicas, isr }, partition) => ({
                topic,
                partition,
                leader: isr[0] ?? -1,
                replicas: [...replicas],
                isr: [...isr],
              })),
            ),
          }),
        movesUnderWay: () => {
          const moving = this.moves > 0 ? [...this.topics.keys()] : [];
          this.moves -= 1;
          return Promise.resolve(
            moving.map((topic) => ({ topic, partition: 0, replicas: [1], adding: [], removing: [] })),
          );
        },
        startMoves: (goals) => {
          if (goals.length > 0) this.asked.push(`reassign ${goals.map(({ replicas }) => replicas.join()).join(" ")}`);
          for (const { topic, partition, replicas } of goals) {
            const found = this.topics.get(topic)?.partitions;
            if (found) found[partition] = { replicas: [...replicas], isr: [...replicas] };
          }
          return Promise.resolve();
        },
        replicaSizes: () => Promise.resolve([]),
        describeConfigs: async (resources) => {
          await Promise.resolve();
          const answer = resources.map(({ type, name, configNames }) => ({
            resourceName: name,
            configEntries: this.#configsOf(type, name).filter(
              ({ configName }) => configNames?.includes(configName) !== false,
            ),
          }));
          return { resources: answer } as unknown as DescribeConfigResponse;
        },
        incrementalAlterConfigs: async (changes) => {
          await Promise.resolve();
          for (const { set = {}, remove = [], resource } of changes) {
            const configs = resource.type === "topic" ? this.topics.get(resource.name)?.configs : this.ofBrokers;
            if (!configs) throw new Error("no such topic");
            // Limits of moves stand in the configs, and are told by their tests.
            const isLimit = [...Object.keys(set), ...remove].some((name) => name.includes("throttled"));
            if (!isLimit) this.asked.push(`configs ${JSON.stringify(set)} without ${remove.join()}`);
            for (const name of remove) Reflect.deleteProperty(configs, name);
            for (const name of Object.keys(set)) this.limited ||= name.includes("throttled");
            Object.assign(configs, set);
          }
        },
      },
      ...answers,
    };
  }

  #configsOf(type: number, name: string) {
    const isTopic = type === Number(kafkajs.ConfigResourceTypes.TOPIC);
    const own = isTopic ? this.topics.get(name)?.configs : this.ofBrokers;
    if (!own) throw new Error("This server does not host this topic-partition");
    const ownSource = isTopic ? kafkajs.ConfigSource.TOPIC_CONFIG : kafkajs.ConfigSource.DYNAMIC_BROKER_CONFIG;
    return Object.entries({ "retention.ms": "604800000", ...own }).map(([configName, configValue]) => ({
      configName,
      configValue,
      configSource: Object.hasOwn(own, configName) ? ownSource : kafkajs.ConfigSource.DEFAULT_CONFIG,
    }));
  }
}
