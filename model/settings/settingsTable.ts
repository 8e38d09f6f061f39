import { DEFAULT_KAFKA_VERSION, KAFKA_VERSIONS } from "../kafka/versions.ts";
import { TOPIC_NAME } from "../kafka/topicNames.ts";
import { FIRST_SECURED_VERSION, PHASES } from "../security/phase.ts";
import { START_TIMEOUT_S } from "../specs/applySpec.ts";
import { AWS, AWS_MACHINE, DISTRIBUTION } from "./awsTable.ts";
import { CERTIFICATES, USERS } from "./securityTable.ts";
import { NO_DEFAULT, type MapsSetting, type SettingTable } from "./setting.ts";

const HEAP = {
  type: "text",
  pattern: /^[1-9]\d*[mg]$/,
  allowed: "a size as the JVM takes it, for example 512m or 6g",
} as const;

const JVM_OPTIONS = {
  type: "list",
  items: {
    allowed:
      "one option of the JVM, which begins with -, without white space, for example -XX:HeapDumpPath=/var/log/kafka",
  },
  // A heap dump needs a folder that the service may write to: its own, `/`, is none.
  example: "[-XX:+HeapDumpOnOutOfMemoryError, -XX:HeapDumpPath=/var/log/kafka]",
} as const;

/** Largest data volume, in GiB: btrfs and this computer's file system take more than a desk has. */
const LARGEST_VOLUME_GIB = 65_536;

/**
 * Most partitions of a topic. ZooKeeper keeps a topic's assignment in one node of at most 1 MiB (jute.maxbuffer), at
 * some 54 bytes a partition with three replicas that all move.
 */
const MAX_PARTITIONS = 10_000;

/** What the local platform is told of a machine. */
export const LOCAL_MACHINE = {
  cpus: {
    type: "integer",
    min: 1,
    max: 1024,
    default: 2,
    platform: "local",
    description: "CPUs of each machine.",
    change: "**in place**, rolled in time with nothing restarted: the limits of the running container",
  },
  memory: {
    type: "text",
    pattern: /^[1-9]\d*(MiB|GiB)$/,
    allowed: "a size in MiB or GiB, for example 2GiB",
    default: "2GiB",
    platform: "local",
    description: "Memory of each machine: at least the heaps of the services on it, and room for the page cache.",
    change: "**in place**, rolled in time with nothing restarted: the limits of the running container",
  },
  volume: {
    type: "map",
    platform: "local",
    description: "Data volume of each machine.",
    keys: {
      sizeGiB: {
        type: "integer",
        min: 1,
        max: LARGEST_VOLUME_GIB,
        unset: "none: the volumes share this computer's disk",
        description: "Size of each data volume, in GiB; chosen at the first deployment, and may grow.",
        change: [
          {
            of: "up",
            does: "**in place** where the daemon can (`storage_pool_loop_resize`: Incus, newer LXD), with nothing restarted",
          },
          { of: "down, or a size for a cluster whose volumes have none", does: "**refused**" },
        ],
      },
    },
  },
} as const satisfies SettingTable;

const BROKER_PROPERTIES =
  "The program's defaults: `auto.create.topics.enable=false`, `unclean.leader.election.enable=false`, " +
  "`default.replication.factor`, `offsets.topic.replication.factor` and `transaction.state.log.replication.factor` 3, " +
  "`min.insync.replicas` and `transaction.state.log.min.isr` 2 (with fewer than three brokers as many replicas as brokers, " +
  "and 1 in sync), `log.cleaner.dedupe.buffer.size` an eighth of `heap.broker` where that is less than 1 GiB, " +
  "`zookeeper.session.timeout.ms` 7500 (a killed leader is missed for 5 to 10 s; Kafka's own 18000 is for networks that " +
  "fail), and `zookeeper.connection.timeout.ms` 18000. Refused with the reason: what the program sets itself, such as " +
  "`broker.id` and `listeners`; replication factors above the number of brokers; pairs that contradict each other; and a " +
  "password that is no reference to a configuration provider, since it would stand in plain text on the machine.";

const TOPICS = {
  type: "maps",
  description: "Topics that the stack makes and looks after; it leaves all others alone.",
  change: [
    {
      of: "a new entry, more `partitions`, `replicationFactor`, `configs`",
      does: "**nothing on the members**: the topic is made, taken over or [changed in place](operations/topics.md), when all members are healthy; more replicas come before their roll",
    },
    { of: "fewer `partitions`", does: "**refused**: Kafka takes no partition away" },
    {
      of: "an entry taken out",
      does: "**nothing on the members**: the topic stays with its messages, or is deleted with `deletion: delete`",
    },
  ],
  keys: {
    name: {
      type: "text",
      allowed: TOPIC_NAME.allowed,
      required: NO_DEFAULT,
      description: "The topic's name: not verification.topic, none of Kafka's own, which begin with __.",
      more: "Two names that differ in `.` and `_` alone are refused: Kafka's metrics write both the same.",
      change:
        "**nothing on the members**: the new topic is made, then the old one goes by its `deletion`. No message is copied",
    },
    partitions: {
      type: "integer",
      min: 1,
      max: MAX_PARTITIONS,
      required: NO_DEFAULT,
      description: "Number of partitions, which only grows.",
    },
    replicationFactor: {
      type: "integer",
      min: 1,
      max: 99,
      required: NO_DEFAULT,
      description: "Replicas of each partition, at most brokerCount.",
    },
    configs: {
      type: "properties",
      entries: "configs of a topic in that version of Kafka, checked against Kafka's own definition",
      description: "Configs that the topic has of its own; the brokers' properties stand in for all others.",
      more: "`min.insync.replicas` must not be above `replicationFactor`; nor must the brokers' with Kafka 2.4.0, which refuses writes then.",
    },
    deletion: {
      type: "word",
      words: ["keep", "delete"],
      default: "keep",
      description: "What becomes of the topic and its messages when it is taken out of the settings.",
      more: "`delete` has to stand there in an `npm run up` before the one that takes the topic out.",
    },
  },
} as const satisfies MapsSetting;

/**
 * The settings of a stack: the one table that reader, Pulumi.yaml, docs/settings.md and the library's arguments
 * come from (`npm run settings`).
 * Relations between settings are code.
 */
export const SETTINGS = {
  platform: {
    type: "word",
    words: ["local", "aws"],
    default: "local",
    description:
      "What makes the machines: local (LXD or Incus system containers on this computer) or aws (EC2 instances).",
    change: "**refused**",
  },
  kafkaVersion: {
    type: "word",
    words: KAFKA_VERSIONS.map(({ version }) => version),
    default: DEFAULT_KAFKA_VERSION,
    description: "Kafka's version.",
    change: [
      {
        of: "up",
        does: "**restart, rolled**: the ensemble first, then the brokers, which keep their protocol ([upgrade](operations/upgrade.md)); refused for a pair of versions that is not stated",
      },
      { of: "down", does: "**restart, rolled**, until the protocol was raised; **refused** after" },
    ],
  },
  interBrokerProtocolVersion: {
    type: "word",
    words: KAFKA_VERSIONS.map(({ protocol }) => protocol),
    unset: "as deployed, at first the version's own",
    description:
      "The protocol that the brokers speak with each other, not above the version's own. " +
      "Raised in an update of its own after an upgrade; there is no way back then.",
    more: "The second step of an [upgrade](operations/upgrade.md).",
    change: "**restart, rolled**: `kafka`; only up, and not together with `kafkaVersion`",
  },
  brokerCount: {
    type: "integer",
    min: 1,
    max: 99,
    default: 3,
    description: "Number of brokers.",
    change: [
      {
        of: "up",
        does: "**new members**, at once; topics [get replicas](operations/brokers.md); where the defaults depend on the number (from 1 or 2 brokers up), `kafka` on the others is **restarted, rolled**; then partitions are spread",
      },
      {
        of: "down",
        does: "**partitions are moved away** while all brokers live, then the last members are **deleted with their data volumes**. Refused for a member with a ZooKeeper server. Below 3, `kafka` on the others is **restarted, rolled**",
      },
    ],
  },
  zookeeper: {
    type: "map",
    description: "ZooKeeper's servers.",
    keys: {
      placement: {
        type: "word",
        words: ["colocated", "dedicated"],
        default: "colocated",
        description: "Where they are: colocated on the first brokers' machines, or dedicated machines of their own.",
        change: "**refused**",
      },
      count: {
        type: "word",
        words: [1, 3, 5],
        default: 3,
        description: "How many there are; colocated at most brokerCount.",
        change: "**refused**: the servers of a living ensemble stay as they are",
      },
    },
  },
  brokerProperties: {
    type: "properties",
    entries:
      "properties of that version of Kafka that the program does not set itself, checked against Kafka's own definition",
    description: "Kafka broker properties over the program's defaults, checked against the version's own definitions.",
    more: BROKER_PROPERTIES,
    change:
      "**in place, rolled** when the running broker takes each of the changed properties (Kafka's own definition of the version says so; threads at most double or halve): nothing restarts. Else **restart, rolled**: `kafka` on each member. No machine is touched",
  },
  heap: {
    type: "map",
    description: "Heaps of the services' JVMs, on all members alike.",
    keys: {
      broker: { ...HEAP, default: "1g", description: "Heap of a broker.", change: "**restart, rolled**: `kafka`" },
      zookeeper: {
        ...HEAP,
        default: "512m",
        description: "Heap of a ZooKeeper server.",
        change: "**restart, rolled**: `zookeeper`",
      },
    },
  },
  jvmOptions: {
    type: "map",
    description: "Further options of the JVMs, after the program's.",
    more: "Not for heap, class path, class data or log configuration. Heap dumps need `-XX:HeapDumpPath=/var/log/kafka`.",
    keys: {
      broker: {
        ...JVM_OPTIONS,
        description: "Options of the brokers' JVMs.",
        change:
          "**restart, rolled**: `kafka`. What the JVM refuses ends the first broker's start, which gets its former files back; the others are untouched",
      },
      zookeeper: {
        ...JVM_OPTIONS,
        description: "Options of the JVMs of ZooKeeper's servers.",
        change: "**restart, rolled**: `zookeeper`, likewise",
      },
    },
  },
  subnet: {
    type: "text",
    allowed: "a private IPv4 subnet in CIDR notation with its host bits zero, /16 to /28, for example 10.0.0.0/24",
    default: "10.0.0.0/24",
    description: "Private IPv4 subnet of the members, /16 to /28; with several zones it is split over them.",
    more: "On the local platform one that is not in use on this computer. Each zone gets an equal part: the next power of two of their number. With an existing VPC it is ignored.",
    change: "**refused**",
  },
  firstAddress: {
    type: "text",
    allowed: "an IPv4 address, for example 10.0.0.18",
    unset: "the tenth of the subnet",
    description: "Address of the first broker; the others follow, and all members must fit in the subnet after it.",
    more: "Not with several zones: each one's subnet counts from its tenth address.",
    change: "**refused**: a member keeps its address",
  },
  machine: {
    type: "map",
    description: "Size of a machine; on the platform local that of all alike.",
    keys: { ...LOCAL_MACHINE, ...AWS_MACHINE },
  },
  rebalance: {
    type: "map",
    description: "Moves of partitions.",
    keys: {
      throttleMiBps: {
        type: "integer",
        min: 1,
        max: 10_000,
        default: 50,
        description: "The most that a broker sends, and takes, while partitions are moved, in MiB/s.",
        change:
          "**nothing on the members**, and no partition is moved: it holds for the next moves; each topic is looked at",
      },
    },
  },
  verification: {
    type: "map",
    description: "The round trip that proves the cluster, and its topic.",
    keys: {
      topic: {
        type: "text",
        allowed: TOPIC_NAME.allowed,
        default: "replica-yu1",
        description: "Its topic, none of Kafka's own.",
        change: "**nothing on the members**. The verification runs again and makes the new topic; the old one stays",
      },
      partitions: {
        type: "integer",
        min: 1,
        max: 1000,
        default: 1,
        description: "Partitions of its topic.",
        change:
          "**nothing on the members**. The verification runs again and fails when the topic exists in another shape: name another topic, or delete it",
      },
      replicationFactor: {
        type: "integer",
        min: 1,
        max: 99,
        default: 2,
        unset: "2, or 1 with one broker",
        description: "Replicas of each of its partitions, at most brokerCount.",
        change:
          "**nothing on the members**. The verification runs again and fails when the topic exists in another shape: name another topic, or delete it",
      },
      timeoutSeconds: {
        type: "integer",
        min: 5,
        max: 3600,
        default: 60,
        description: "How long it may take, in seconds.",
        change: "**nothing on the members**. The verification runs again",
      },
    },
  },
  topics: TOPICS,
  rollout: {
    type: "map",
    description: "How careful a rolling change is.",
    change: "**nothing on the members** but a look at each",
    keys: {
      gateTimeoutSeconds: {
        type: "integer",
        min: 1,
        max: 86_400,
        default: 120,
        description: "How long a service that is to be stopped waits until the cluster can do without it, in seconds.",
      },
      startTimeoutSeconds: {
        type: "integer",
        min: 300,
        max: 604_800,
        default: START_TIMEOUT_S,
        description:
          "How long a start may take that gets further, such as the recovery of logs, in seconds; " +
          "one that does not is given up after 300 s.",
      },
      acceptUnavailable: {
        type: "flag",
        default: false,
        description: "Whether a service is stopped all the same when the cluster can't do without it in time.",
      },
      acceptDataLoss: {
        type: "flag",
        default: false,
        description: "Whether a broker starts on an empty volume although nobody else has all that it had.",
      },
    },
  },
  security: {
    type: "word",
    words: PHASES,
    default: "plaintext",
    description:
      `How far the cluster is secured; all but plaintext take Kafka ${FIRST_SECURED_VERSION} or newer. ` +
      "A cluster that lives goes step by step.",
    more: "[What each step means](security.md#the-four-values).",
    change: [
      {
        of: "one step on or back",
        does: "**restart, rolled**: `zookeeper` and `kafka` on each member ([what each step does](operations/security.md#from-plaintext-to-secured)). Users, and who may change the brokers' nodes in ZooKeeper, when all members are healthy",
      },
      { of: "more than one step", does: "**refused**" },
      {
        of: "from or to `plaintext`, together with `kafkaVersion` or in the middle of an upgrade",
        does: "**refused**",
      },
    ],
  },
  certificates: CERTIFICATES,
  users: USERS,
  aws: AWS,
  distribution: DISTRIBUTION,
  deployerPrivateKey: {
    type: "text",
    secret: true,
    allowed: "an OpenSSH private key without a passphrase, whole with its lines",
    unset: "one that is made",
    description: "OpenSSH private key to deploy with, a secret; chosen before the first deployment.",
    more: "`npm run pulumi -- config set --secret kafka-cluster:deployerPrivateKey < KEYFILE`. It is the one setting that is a secret.",
    change: "**refused**: the machines know the former key",
  },
} as const satisfies SettingTable;

/** The settings of a stack. */
export type SettingsTable = typeof SETTINGS;

/** The keys of a stack's configuration, without their namespace. */
export const SETTING_KEYS: readonly string[] = Object.keys(SETTINGS);
