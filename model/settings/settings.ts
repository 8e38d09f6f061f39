import ipaddr from "ipaddr.js";
import type { RolloutSettings } from "../specs/applySpec.ts";
import { awsProblems } from "../aws/awsProblems.ts";
import { type AwsSettings, readAwsSettings } from "../aws/awsSettings.ts";
import { type JvmOptions, readJvmOptions } from "./jvmOptions.ts";
import { type BrokerProperties, checkBrokerProperties } from "../kafka/brokerProperties.ts";
import { type Problem, SettingsError } from "../kafka/problem.ts";
import { verificationTopicProblem } from "../kafka/topicNames.ts";
import { isNewer, type KafkaVersion, kafkaVersion, protocolsOf } from "../kafka/versions.ts";
import { localProblems, type LocalSettings, readLocalSettings } from "./localSettings.ts";
import type { Placement, Topology } from "../render/members.ts";
import { defaultBrokerProperties } from "../render/serverProperties.ts";
import { isNetwork, networkKind, prefixLength } from "../render/subnets.ts";
import { type CertificateSettings, readCertificates } from "./certificateSettings.ts";
import { FIRST_SECURED_VERSION, hasTls, type Phase } from "../security/phase.ts";
import { SettingsReader } from "./settingsReader.ts";
import { SETTINGS } from "./settingsTable.ts";
import { readTopics, type TopicSettings } from "./topicSettings.ts";
import { readUsers, type UserSettings } from "./userSettings.ts";

/** The checked settings of a stack; what only one platform is told is told apart by `platform`, which defaults to local. */
export type Settings = CommonSettings & (LocalSettings | AwsSettings);

/** The settings that every platform has; their defaults are those of settingsTable.ts. */
export interface CommonSettings extends Topology {
  readonly kafkaVersion: KafkaVersion;
  /** The version of the protocol that the brokers speak with each other. @default as deployed, at first the version's own */
  readonly interBrokerProtocolVersion?: string;
  /** Number of brokers. */
  readonly brokerCount: number;
  /** ZooKeeper's servers: 1, 3 or 5, beside the first brokers or on machines of their own. */
  readonly zookeeper: { readonly placement: Placement; readonly count: number };
  /** Broker properties over the program's defaults. */
  readonly brokerProperties: Readonly<Record<string, string>>;
  /** Further options of the services' JVMs, in their order. */
  readonly jvmOptions: JvmOptions;
  /** JVM heaps. */
  readonly heap: { readonly broker: string; readonly zookeeper: string };
  /** IPv4 network of the members; with several zones it is split over them. */
  readonly subnet: string;
  /** Address of the first broker. @default the tenth of its subnet */
  readonly firstAddress?: string;
  /** How careful a rolling change is. */
  readonly rollout: RolloutSettings;
  /** The most that a broker sends and takes when partitions are moved, in MiB/s. */
  readonly rebalance: { readonly throttleMiBps: number };
  /** How far the cluster is secured. */
  readonly security: Phase;
  /** The certificates of a cluster with TLS. */
  readonly certificates: CertificateSettings;
  /** Users of a cluster with TLS; a plaintext one asks nobody and has none. */
  readonly users: readonly UserSettings[];
  /** The topic of the round trip. */
  readonly verification: {
    readonly topic: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly timeoutSeconds: number;
  };
  /** Topics that the stack makes and looks after. */
  readonly topics: readonly TopicSettings[];
}

/** The one setting that is a secret: an own key pair for the deployer. It is not checked with the others. */
export const DEPLOYER_KEY = "deployerPrivateKey";

/**
 * Checks a stack's configuration as a whole.
 *
 * @param raw the configuration's values by key without namespace; absent keys get their default
 * @throws SettingsError with every problem found
 */
export function checkSettings(raw: Readonly<Record<string, unknown>>): Settings {
  const problems: Problem[] = [];
  const top = new SettingsReader("", raw, SETTINGS, problems);
  const zookeeper = top.object("zookeeper");
  const heap = top.object("heap");
  const rollout = top.object("rollout");
  const rebalance = top.object("rebalance");
  const verification = top.object("verification");

  const version = top.oneOf("kafkaVersion");
  const protocol = top.oneOf("interBrokerProtocolVersion", protocolsOf(kafkaVersion(version)));
  const brokerCount = top.integer("brokerCount");
  const subnet = top.text("subnet", subnetProblem);
  const firstAddress = top.text("firstAddress", ipv4Problem);
  const brokerHeap = heap.text("broker");
  const placement = zookeeper.oneOf("placement");
  const properties = top.map("brokerProperties");
  const allProperties = { ...defaultBrokerProperties(brokerCount, brokerHeap, properties), ...properties };
  const verificationTopic = verification.text("topic", verificationTopicProblem);
  const platform = top.oneOf("platform");
  const security = top.oneOf("security");
  const brokers = { brokerCount, secured: hasTls(security), heap: brokerHeap };
  for (const problem of checkBrokerProperties(version, allProperties, brokers)) {
    problems.push({ ...problem, key: `brokerProperties.${problem.key}` });
  }
  const settings: Settings = {
    kafkaVersion: kafkaVersion(version),
    ...(protocol !== undefined && { interBrokerProtocolVersion: protocol }),
    brokerCount,
    zookeeper: { placement, count: zookeeper.oneOf("count") },
    brokerProperties: asText(properties),
    heap: {
      broker: brokerHeap,
      zookeeper: heap.text("zookeeper"),
    },
    jvmOptions: readJvmOptions(top),
    subnet,
    ...(firstAddress !== "" && { firstAddress }),
    rollout: {
      gateTimeoutSeconds: rollout.integer("gateTimeoutSeconds"),
      startTimeoutSeconds: rollout.integer("startTimeoutSeconds"),
      acceptUnavailable: rollout.flag("acceptUnavailable"),
      acceptDataLoss: rollout.flag("acceptDataLoss"),
    },
    security,
    certificates: readCertificates(top),
    users: readUsers(top),
    rebalance: { throttleMiBps: rebalance.integer("throttleMiBps") },
    verification: {
      topic: verificationTopic,
      partitions: verification.integer("partitions"),
      replicationFactor: verification.integer("replicationFactor", {
        fallback: Math.min(SETTINGS.verification.keys.replicationFactor.default, brokerCount),
      }),
      timeoutSeconds: verification.integer("timeoutSeconds"),
    },
    topics: readTopics(top, { version, brokerCount, brokerProperties: allProperties, verificationTopic }, problems),
    ...(platform === "local" ? readLocalSettings(top) : readAwsSettings(top, subnet, placement === "dedicated")),
  };
  problems.push(...relationProblems(settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function asText(properties: BrokerProperties): Record<string, string> {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, String(value)]));
}

/** Problems between settings that are each right by itself. */
function relationProblems(settings: Settings): Problem[] {
  const problems: Problem[] = [];
  const { brokerCount, zookeeper, verification, security, kafkaVersion } = settings;
  if (hasTls(security) && isNewer(FIRST_SECURED_VERSION, kafkaVersion.version)) {
    problems.push({
      key: "security",
      value: security,
      allowed:
        `plaintext with Kafka ${kafkaVersion.version}: PEM files, users made over Kafka's own protocol and TLS to ` +
        `ZooKeeper take Kafka ${FIRST_SECURED_VERSION} or newer; upgrade first (kafkaVersion)`,
    });
  }
  if (zookeeper.placement === "colocated" && zookeeper.count > brokerCount) {
    problems.push({
      key: "zookeeper.count",
      value: zookeeper.count,
      allowed: `at most brokerCount (${brokerCount}) servers fit beside the brokers; or set zookeeper.placement to dedicated`,
    });
  }
  if (verification.replicationFactor > brokerCount) {
    problems.push({
      key: "verification.replicationFactor",
      value: verification.replicationFactor,
      allowed: `at most brokerCount (${brokerCount})`,
    });
  }
  problems.push(...(settings.platform === "local" ? localProblems(settings) : awsProblems(settings)));
  return problems;
}

function subnetProblem(text: string, allowed: string): string | undefined {
  const right =
    isNetwork(text) && prefixLength(text) >= 16 && prefixLength(text) <= 28 && networkKind(text) === "private";
  return right ? undefined : allowed;
}

function ipv4Problem(text: string, allowed: string): string | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? undefined : allowed;
}
