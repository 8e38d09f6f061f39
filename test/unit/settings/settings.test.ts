import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { SettingsError } from "../../../model/kafka/problem.ts";
import { checkSettings } from "../../../model/settings/settings.ts";
import { SETTING_KEYS } from "../../../model/settings/settingsTable.ts";

/** The problems of some settings as `key: what is allowed`. */
function problems(raw: Record<string, unknown>): string[] {
  try {
    checkSettings(raw);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.problems.map(({ key, allowed }) => `${key}: ${allowed}`);
  }
}

test("no settings at all give the defaults that Pulumi.yaml promises", () => {
  const { kafkaVersion, ...rest } = checkSettings({});
  assert.equal(kafkaVersion.name, "kafka_2.13-3.9.2");
  assert.deepEqual(rest, {
    platform: "local",
    brokerCount: 3,
    zookeeper: { placement: "colocated", count: 3 },
    brokerProperties: {},
    heap: { broker: "1g", zookeeper: "512m" },
    jvmOptions: { broker: [], zookeeper: [] },
    subnet: "10.0.0.0/24",
    machine: { cpus: 2, memory: "2GiB" },
    rollout: { gateTimeoutSeconds: 120, startTimeoutSeconds: 21_600, acceptUnavailable: false, acceptDataLoss: false },
    rebalance: { throttleMiBps: 50 },
    security: "plaintext",
    certificates: {
      kind: "made",
      authorities: ["authority-1"],
      validityDays: 365,
      renewBeforeDays: 30,
      generation: 1,
    },
    users: [],
    verification: { topic: "replica-yu1", partitions: 1, replicationFactor: 2, timeoutSeconds: 60 },
    topics: [],
  });
});

test("Pulumi.yaml declares exactly the keys that are read, each with type, default and description", () => {
  const { config } = parse(readFileSync("Pulumi.yaml", "utf8")) as { config: Record<string, Record<string, unknown>> };
  assert.deepEqual(Object.keys(config).sort(), [...SETTING_KEYS].sort());
  for (const [key, declared] of Object.entries(config)) {
    const items = declared.type === "array" ? ["items"] : [];
    assert.deepEqual(Object.keys(declared), ["type", ...items, "default", "description"], key);
  }
  delete config.deployerPrivateKey;
  const defaults: Record<string, unknown> = Object.fromEntries(
    Object.entries(config).map(([key, declared]) => [key, declared.default]),
  );
  assert.deepEqual(checkSettings(defaults), checkSettings({}));
});

test("the dev stack's settings are right, with either version of Kafka", () => {
  const { config } = parse(readFileSync("Pulumi.dev.yaml", "utf8")) as { config: Record<string, unknown> };
  const raw = Object.fromEntries(
    Object.entries(config).map(([key, value]): [string, unknown] => [key.split(":")[1] ?? "", value]),
  );
  for (const kafkaVersion of ["3.9.2", "2.4.0"]) {
    const settings = checkSettings({ ...raw, kafkaVersion });
    assert.equal(settings.firstAddress, "10.0.0.18");
    assert.equal(settings.brokerProperties["message.max.bytes"], "5242880");
  }
});

const CLASSES: Record<string, [raw: Record<string, unknown>, expected: string[]]> = {
  "an unknown key": [{ brokerCont: 3 }, ["brokerCont: no such setting; did you mean brokerCount?"]],
  "an unknown nested key": [
    { zookeeper: { cuont: 3 } },
    ["zookeeper.cuont: no such setting; did you mean zookeeper.count?"],
  ],
  "an unknown platform": [{ platform: "azure" }, ["platform: one of local, aws"]],
  "an unknown version": [{ kafkaVersion: "3.8.0" }, ["kafkaVersion: one of 3.9.2, 2.4.0"]],
  "a protocol that the version does not speak": [
    { kafkaVersion: "2.4.0", interBrokerProtocolVersion: "3.9" },
    ["interBrokerProtocolVersion: one of 2.4"],
  ],
  "an unknown security": [{ security: "tls" }, ["security: one of plaintext, opened, switched, secured"]],
  "security with a version that lacks it": [
    { security: "secured", kafkaVersion: "2.4.0" },
    [
      "security: plaintext with Kafka 2.4.0: PEM files, users made over Kafka's own protocol and TLS to ZooKeeper take " +
        "Kafka 2.7.0 or newer; upgrade first (kafkaVersion)",
    ],
  ],
  "broker properties that secure, on a secured cluster": [
    { security: "opened", brokerProperties: { "ssl.client.auth": "none", "super.users": "User:me" } },
    ["ssl.client.auth", "super.users"].map(
      (key) =>
        `brokerProperties.${key}: not for brokerProperties: the settings security, certificates and users say how the brokers are secured`,
    ),
  ],
  "names of authorities": [
    { certificates: { authorities: ["A", "a", "a"] } },
    [
      "certificates.authorities[0]: a name of lower-case letters, digits and -, at most 31, a letter first",
      "certificates.authorities[2]: each entry once",
    ],
  ],
  "more authorities than take turns": [
    { certificates: { authorities: ["a", "b", "c", "d"] } },
    ["certificates.authorities: at most 3: the one that signs and those that come or go"],
  ],
  "certificates that are renewed before they begin": [
    { certificates: { validityDays: 10, renewBeforeDays: 10 } },
    ["certificates.renewBeforeDays: a whole number from 1 to 9"],
  ],
  "own certificates that the program is to make": [
    { certificates: { folder: "pem", validityDays: 10 } },
    ["certificates.validityDays: nothing: the certificates in certificates.folder are the user's own"],
  ],
  "a count that is no number": [{ brokerCount: "three" }, ["brokerCount: a whole number from 1 to 99"]],
  "no brokers": [{ brokerCount: 0 }, ["brokerCount: a whole number from 1 to 99"]],
  "an even ensemble": [{ zookeeper: { count: 2 } }, ["zookeeper.count: one of 1, 3, 5"]],
  "more servers than machines beside the brokers": [
    { brokerCount: 2, zookeeper: { count: 3 } },
    [
      "zookeeper.count: at most brokerCount (2) servers fit beside the brokers; or set zookeeper.placement to dedicated",
    ],
  ],
  "an unknown placement": [{ zookeeper: { placement: "cloud" } }, ["zookeeper.placement: one of colocated, dedicated"]],
  "options of a JVM that are the program's, none, or end it": [
    {
      jvmOptions: {
        broker: [
          "-Xmx2g",
          "-XX:MaxRAMPercentage=50",
          "-cp",
          "-Dlog4j.configuration=file:/x",
          "-version",
          "-XX:+UseZGC",
        ],
        zookeeper: ["XX", "-Da=b c", "@file", "-XX:Flags=f"].concat(
          ["-Xshare:off", "-XX:SharedArchiveFile=/a", "-XX:ArchiveClassesAtExit=/a", "-XX:+AutoCreateSharedArchive"],
          ["-XX:-VerifySharedSpaces", "-XX:SharedArchiveConfigFile=/a"],
        ),
      },
    },
    [
      "jvmOptions.broker[0]: no heap: set heap.broker or heap.zookeeper",
      "jvmOptions.broker[1]: no heap: set heap.broker or heap.zookeeper",
      "jvmOptions.broker[2]: no class path: the program starts the classes of Kafka's distribution",
      "jvmOptions.broker[3]: no log configuration: the program writes it, and npm run status and the health check read the log",
      "jvmOptions.broker[4]: no option that makes Java print something and end",
      "jvmOptions.zookeeper[0]: one option of the JVM, which begins with -, without white space, for example -XX:HeapDumpPath=/var/log/kafka",
      "jvmOptions.zookeeper[1]: one option of the JVM, which begins with -, without white space, for example -XX:HeapDumpPath=/var/log/kafka",
      "jvmOptions.zookeeper[2]: one option of the JVM, which begins with -, without white space, for example -XX:HeapDumpPath=/var/log/kafka",
      "jvmOptions.zookeeper[3]: each option itself: a change of a file restarts nothing",
      ...[4, 5, 6, 7, 8].map(
        (index) =>
          `jvmOptions.zookeeper[${index}]: no class data: the program gives the services theirs, and a JVM that writes or demands some may not start`,
      ),
    ],
  ],
  "options of a JVM that are no list": [
    { jvmOptions: { broker: "-Da=b" } },
    ["jvmOptions.broker: a list, for example [-XX:+HeapDumpOnOutOfMemoryError, -XX:HeapDumpPath=/var/log/kafka]"],
  ],
  "two garbage collectors for one JVM": [
    { jvmOptions: { broker: ["-XX:+UseZGC", "-Da=b", "-XX:+UseG1GC"], zookeeper: ["-XX:+UseSerialGC"] } },
    ["jvmOptions.broker: one garbage collector, not -XX:+UseZGC and -XX:+UseG1GC"],
  ],
  "a map that is none": [{ heap: "1g" }, ["heap: a map of keys and values"]],
  "a heap without its unit": [
    { heap: { broker: "1" } },
    ["heap.broker: a size as the JVM takes it, for example 512m or 6g"],
  ],
  "heaps above the memory": [
    { heap: { broker: "2g" } },
    [
      "machine.memory: at least the heaps of the services on a machine, 2560MiB, and room for the page cache above that",
    ],
  ],
  "a memory size without its unit": [
    { machine: { memory: 2048 } },
    ["machine.memory: a size in MiB or GiB, for example 2GiB"],
  ],
  "a data volume without a size": [
    { machine: { volume: { sizeGiB: 0 } } },
    ["machine.volume.sizeGiB: a whole number from 1 to 65536"],
  ],
  "a subnet with host bits": [
    { subnet: "10.0.0.18/24" },
    ["subnet: a private IPv4 subnet in CIDR notation with its host bits zero, /16 to /28, for example 10.0.0.0/24"],
  ],
  "a public subnet": [
    { subnet: "8.8.8.0/24" },
    ["subnet: a private IPv4 subnet in CIDR notation with its host bits zero, /16 to /28, for example 10.0.0.0/24"],
  ],
  "an address outside the subnet": [
    { firstAddress: "10.0.1.18" },
    ["firstAddress: an address of 10.0.0.0/24 from 10.0.0.2 to 10.0.0.254"],
  ],
  "the gateway's address": [
    { firstAddress: "10.0.0.1" },
    ["firstAddress: an address of 10.0.0.0/24 from 10.0.0.2 to 10.0.0.254"],
  ],
  "no address": [{ firstAddress: "first" }, ["firstAddress: an IPv4 address, for example 10.0.0.18"]],
  "too few addresses": [
    { subnet: "10.0.0.0/28", firstAddress: "10.0.0.13" },
    ["subnet: a subnet with 3 addresses from firstAddress (10.0.0.13) on; it has 2"],
  ],
  "too few addresses for an ensemble of its own": [
    { subnet: "10.0.0.0/28", zookeeper: { placement: "dedicated" } },
    ["subnet: a subnet with 6 addresses from firstAddress (10.0.0.10) on; it has 5"],
  ],
  "a topic name with a space": [
    { verification: { topic: "replica yu1" } },
    ["verification.topic: 1 to 249 letters, digits, '.', '_' or '-'"],
  ],
  "a topic of Kafka's own": [
    { verification: { topic: "__consumer_offsets" } },
    ["verification.topic: another name: those that begin with '__' are Kafka's own internal topics"],
  ],
  "a topic that is called as what every object has": [
    { verification: { topic: "constructor" } },
    [
      "verification.topic: another name: the program's consumers can't read a topic with a name that all objects of " +
        "JavaScript have",
    ],
  ],
  "properties that are called as what every object has": [
    {
      brokerProperties: Object.fromEntries([
        ["__proto__", "1"],
        ["constructor", "1"],
      ]),
    },
    [
      "brokerProperties.__proto__: no such property in this version of Kafka",
      "brokerProperties.constructor: no such property in this version of Kafka",
    ],
  ],
  "more replicas than brokers": [
    { brokerCount: 1, zookeeper: { count: 1 }, verification: { replicationFactor: 2 } },
    ["verification.replicationFactor: at most brokerCount (1)"],
  ],
  "a misspelt broker property": [
    { brokerProperties: { "message.max.byte": 5242880 } },
    ["brokerProperties.message.max.byte: no such property in this version of Kafka; did you mean message.max.bytes?"],
  ],
  "a broker property that is a map": [
    { brokerProperties: { "num.io.threads": { a: 1 } } },
    ["brokerProperties.num.io.threads: a text, a number, true or false"],
  ],
  "a replication factor above the brokers": [
    { brokerProperties: { "default.replication.factor": 4 } },
    ["brokerProperties.default.replication.factor: at most the number of brokers, 3"],
  ],
  "a default that the user's property contradicts": [
    { brokerProperties: { "default.replication.factor": 1 } },
    [
      "brokerProperties.min.insync.replicas: at most default.replication.factor, which is 1: Kafka 3.9.2 asks for no more in-sync replicas than there are replicas, so the minimum would not be kept",
    ],
  ],
};

for (const [name, [raw, expected]] of Object.entries(CLASSES)) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(problems(raw), expected);
  });
}

test("a property that the program owns is refused with who sets it", () => {
  const [problem] = problems({ brokerProperties: { "broker.id": 7 } });
  assert.match(problem ?? "", /^brokerProperties\.broker\.id: not for brokerProperties: the member's position sets it/);
});

test("all problems come in one message, each with key, value and what is allowed", () => {
  assert.throws(() => checkSettings({ brokerCount: 0, zookeeper: { count: 4 }, subnet: "x" }), {
    name: "SettingsError",
    message: [
      "3 settings can't be used:",
      "  brokerCount = 0: a whole number from 1 to 99",
      '  subnet = "x": a private IPv4 subnet in CIDR notation with its host bits zero, /16 to /28, for example 10.0.0.0/24',
      "  zookeeper.count = 4: one of 1, 3, 5",
    ].join("\n"),
  });
});
