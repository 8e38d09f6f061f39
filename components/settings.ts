import ipaddr from "ipaddr.js";
import { checkBrokerProperties } from "./kafka/brokerProperties.ts";
import { type Problem, SettingsError } from "./kafka/problem.ts";
import { DEFAULT_KAFKA_VERSION, KAFKA_VERSIONS, type KafkaVersion, kafkaVersion } from "./kafka/versions.ts";
import { machineCount, type Placement, toAddress, toNumber, type Topology } from "./render/members.ts";
import { defaultBrokerProperties } from "./render/serverProperties.ts";
import { SettingsReader } from "./settingsReader.ts";

/** The checked settings of a stack. Every key is optional in the stack's configuration; defaults are given here. */
export interface Settings extends Topology {
  /** What makes the machines. @default local */
  readonly platform: "local";
  /** @default 3.9.2 */
  readonly kafkaVersion: KafkaVersion;
  /** Number of brokers, 1 to 99. @default 3 */
  readonly brokerCount: number;
  /** ZooKeeper's servers: 1, 3 or 5, beside the first brokers or on machines of their own. @default colocated, 3 */
  readonly zookeeper: { readonly placement: Placement; readonly count: number };
  /** Broker properties over the program's defaults. */
  readonly brokerProperties: Readonly<Record<string, string>>;
  /** JVM heaps. @default broker 1g, zookeeper 512m */
  readonly heap: { readonly broker: string; readonly zookeeper: string };
  /** IPv4 subnet of the members. @default 10.0.0.0/24 */
  readonly subnet: string;
  /** Address of the first broker. @default the tenth of the subnet */
  readonly firstAddress: string;
  /** Size of a machine. @default 2 CPUs, 2GiB */
  readonly machine: { readonly cpus: number; readonly memory: string };
  /** The topic of the round trip. @default replica-yu1, 1 partition, replication factor 2, 60 s */
  readonly verification: {
    readonly topic: string;
    readonly partitions: number;
    readonly replicationFactor: number;
    readonly timeoutSeconds: number;
  };
}

/** The keys of a stack's configuration, without their namespace. */
const KEYS = [
  "platform",
  "kafkaVersion",
  "brokerCount",
  "zookeeper",
  "brokerProperties",
  "heap",
  "subnet",
  "firstAddress",
  "machine",
  "verification",
];

const HEAP = { pattern: /^[1-9]\d*[mg]$/, allowed: "a size as the JVM takes it, for example 512m or 6g" };
const MEMORY = { pattern: /^[1-9]\d*(MiB|GiB)$/, allowed: "a size in MiB or GiB, for example 2GiB" };
// Kafka documentation, topic names: letters, digits, dot, underscore, hyphen, at most 249.
const TOPIC = { pattern: /^(?!\.{1,2}$)[\w.-]{1,249}$/, allowed: "1 to 249 letters, digits, '.', '_' or '-'" };

/**
 * Checks a stack's configuration as a whole.
 *
 * @param raw the configuration's values by key without namespace; absent keys get their default
 * @throws SettingsError with every problem found
 */
export function checkSettings(raw: Readonly<Record<string, unknown>>): Settings {
  const problems: Problem[] = [];
  const top = new SettingsReader("", raw, KEYS, problems);
  const zookeeper = top.object("zookeeper", ["placement", "count"]);
  const heap = top.object("heap", ["broker", "zookeeper"]);
  const machine = top.object("machine", ["cpus", "memory"]);
  const verification = top.object("verification", ["topic", "partitions", "replicationFactor", "timeoutSeconds"]);

  const version = top.oneOf(
    "kafkaVersion",
    KAFKA_VERSIONS.map((known) => known.version),
    DEFAULT_KAFKA_VERSION,
  );
  const brokerCount = top.integer("brokerCount", 1, 99, 3);
  const subnet = top.checked("subnet", "10.0.0.0/24", subnetProblem);
  const settings: Settings = {
    platform: top.oneOf("platform", ["local"], "local"),
    kafkaVersion: kafkaVersion(version),
    brokerCount,
    zookeeper: {
      placement: zookeeper.oneOf("placement", ["colocated", "dedicated"], "colocated"),
      count: Number(zookeeper.oneOf("count", ["1", "3", "5"], "3")),
    },
    brokerProperties: checkedProperties(top.map("brokerProperties"), version, brokerCount, problems),
    heap: {
      broker: heap.matching("broker", HEAP, "1g"),
      zookeeper: heap.matching("zookeeper", HEAP, "512m"),
    },
    subnet,
    firstAddress: top.checked("firstAddress", toAddress(networkOf(subnet) + 10), addressProblem),
    machine: {
      cpus: machine.integer("cpus", 1, 1024, 2),
      memory: machine.matching("memory", MEMORY, "2GiB"),
    },
    verification: {
      topic: verification.matching("topic", TOPIC, "replica-yu1"),
      partitions: verification.integer("partitions", 1, 1000, 1),
      replicationFactor: verification.integer("replicationFactor", 1, 99, Math.min(2, brokerCount)),
      timeoutSeconds: verification.integer("timeoutSeconds", 5, 3600, 60),
    },
  };
  problems.push(...relationProblems(settings));
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function checkedProperties(
  properties: Record<string, string | number | boolean>,
  version: string,
  brokerCount: number,
  problems: Problem[],
): Record<string, string> {
  const all = { ...defaultBrokerProperties(brokerCount), ...properties };
  for (const problem of checkBrokerProperties(version, all, { brokerCount })) {
    problems.push({ ...problem, key: `brokerProperties.${problem.key}` });
  }
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, String(value)]));
}

/** Problems between settings that are each right by itself. */
function relationProblems(settings: Settings): Problem[] {
  const problems: Problem[] = [];
  const { brokerCount, zookeeper, verification, heap, machine } = settings;
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
  const heaps = megabytes(heap.broker) + (zookeeper.placement === "colocated" ? megabytes(heap.zookeeper) : 0);
  if (heaps > megabytes(machine.memory)) {
    problems.push({
      key: "machine.memory",
      value: machine.memory,
      allowed: `at least the heaps of the services on a machine, ${heaps}MiB, and room for the page cache above that`,
    });
  }
  return [...problems, ...addressProblems(settings)];
}

function addressProblems(settings: Settings): Problem[] {
  if (subnetProblem(settings.subnet) || addressProblem(settings.firstAddress)) return [];
  const { subnet, firstAddress } = settings;
  // The network's own address and the gateway before, the broadcast address after.
  const lowest = networkOf(subnet) + 2;
  const highest = toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(subnet).toString()) - 1;
  const first = toNumber(firstAddress);
  if (first < lowest || first > highest) {
    const allowed = `an address of ${subnet} from ${toAddress(lowest)} to ${toAddress(highest)}`;
    return [{ key: "firstAddress", value: firstAddress, allowed }];
  }
  const machines = machineCount(settings);
  if (first + machines - 1 > highest) {
    const allowed = `a subnet with ${machines} addresses from firstAddress (${firstAddress}) on; it has ${highest - first + 1}`;
    return [{ key: "subnet", value: subnet, allowed }];
  }
  return [];
}

function subnetProblem(text: string): string | undefined {
  const allowed = "a private IPv4 subnet in CIDR notation with its host bits zero, /16 to /28, for example 10.0.0.0/24";
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return allowed;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(text);
  const isNetwork = ipaddr.IPv4.networkAddressFromCIDR(text).toString() === address.toString();
  return isNetwork && prefix >= 16 && prefix <= 28 && address.range() === "private" ? undefined : allowed;
}

function addressProblem(text: string): string | undefined {
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? undefined : "an IPv4 address, for example 10.0.0.18";
}

/** The subnet's network address as a number; 0 when the subnet isn't one. */
function networkOf(subnet: string): number {
  return subnetProblem(subnet) ? 0 : toNumber(ipaddr.IPv4.networkAddressFromCIDR(subnet).toString());
}

function megabytes(size: string): number {
  const factor = /g/i.test(size) ? 1024 : 1;
  return Number.parseInt(size, 10) * factor || 0;
}
