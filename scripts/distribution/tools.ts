import type { KafkaVersion } from "../../model/kafka/versions.ts";

/** Command-line tools whose class is the same in every supported version. */
const COMMON = {
  "kafka-acls.sh": "kafka.admin.AclCommand",
  "kafka-broker-api-versions.sh": "kafka.admin.BrokerApiVersionsCommand",
  "kafka-configs.sh": "kafka.admin.ConfigCommand",
  "kafka-console-producer.sh": "kafka.tools.ConsoleProducer",
  "kafka-dump-log.sh": "kafka.tools.DumpLogSegments",
  "kafka-producer-perf-test.sh": "org.apache.kafka.tools.ProducerPerformance",
};

/** From Kafka 3.x on most tools live in the module kafka-tools. */
const SINCE_3 = {
  "kafka-console-consumer.sh": "org.apache.kafka.tools.consumer.ConsoleConsumer",
  "kafka-consumer-groups.sh": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
  "kafka-consumer-perf-test.sh": "org.apache.kafka.tools.ConsumerPerformance",
  "kafka-delete-records.sh": "org.apache.kafka.tools.DeleteRecordsCommand",
  "kafka-get-offsets.sh": "org.apache.kafka.tools.GetOffsetShell",
  "kafka-leader-election.sh": "org.apache.kafka.tools.LeaderElectionCommand",
  "kafka-log-dirs.sh": "org.apache.kafka.tools.LogDirsCommand",
  "kafka-reassign-partitions.sh": "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
  "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
  "zookeeper-shell.sh": "org.apache.zookeeper.ZooKeeperMainWithTlsSupportForKafka -server",
};

const BEFORE_3 = {
  "kafka-console-consumer.sh": "kafka.tools.ConsoleConsumer",
  "kafka-consumer-groups.sh": "kafka.admin.ConsumerGroupCommand",
  "kafka-consumer-perf-test.sh": "kafka.tools.ConsumerPerformance",
  "kafka-delete-records.sh": "kafka.admin.DeleteRecordsCommand",
  "kafka-get-offsets.sh": "kafka.tools.GetOffsetShell",
  "kafka-leader-election.sh": "kafka.admin.LeaderElectionCommand",
  "kafka-log-dirs.sh": "kafka.admin.LogDirsCommand",
  "kafka-reassign-partitions.sh": "kafka.admin.ReassignPartitionsCommand",
  "kafka-topics.sh": "kafka.admin.TopicCommand",
  "zookeeper-shell.sh": "org.apache.zookeeper.ZooKeeperMain -server",
};

/** The scripts that start a tool's class: file name below bin/ to content. */
export function toolScripts({ version }: KafkaVersion): Record<string, string> {
  const tools = { ...COMMON, ...(version.startsWith("2.") ? BEFORE_3 : SINCE_3) };
  return Object.fromEntries(
    Object.entries(tools).map(([file, command]) => [
      file,
      `#!/usr/bin/env bash\nexec "$(dirname "$(readlink -f "$0")")/kafka-run-class.sh" ${command} "$@"\n`,
    ]),
  );
}
