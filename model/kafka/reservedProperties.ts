const ADDRESS = "the program gives each broker its listeners from the member's address";
const STORAGE = "logs live on the member's data volume, which the program mounts";
const ENSEMBLE = "the program connects the brokers with the ensemble that it deploys";
const ZOOKEEPER_MODE = "the cluster runs with ZooKeeper; this belongs to KRaft mode";

/**
 * Broker properties that are not for the user to set: each with who sets it instead. A name that ends in `.*` stands
 * for all that begin so.
 */
export const RESERVED_PROPERTIES: Readonly<Record<string, string>> = {
  "advertised.host.name": `gone since Kafka 3.0: ${ADDRESS}`,
  "advertised.listeners": ADDRESS,
  "advertised.port": `gone since Kafka 3.0: ${ADDRESS}`,
  "broker.id": "the member's position sets it, and it stays with the member",
  "broker.id.generation.enable": "every broker has a fixed broker.id",
  "broker.rack": "the zone of the member's machine sets it, on a platform that has zones",
  "control.plane.listener.name": ADDRESS,
  "controller.listener.names": ZOOKEEPER_MODE,
  "controller.quorum.*": ZOOKEEPER_MODE,
  "early.start.listeners": ZOOKEEPER_MODE,
  "host.name": `gone since Kafka 3.0: ${ADDRESS}`,
  "inter.broker.listener.name": ADDRESS,
  "inter.broker.protocol.version":
    "set interBrokerProtocolVersion, which the program checks against what the brokers have spoken before",
  "listener.security.protocol.map": ADDRESS,
  listeners: ADDRESS,
  "log.dir": STORAGE,
  "log.dirs": STORAGE,
  "metadata.log.dir": ZOOKEEPER_MODE,
  "node.id": `${ZOOKEEPER_MODE} (broker.id, which the member's position sets, is the same)`,
  port: `gone since Kafka 3.0: ${ADDRESS}`,
  "process.roles": ZOOKEEPER_MODE,
  "quota.consumer.default": "gone since Kafka 3.0: kafka-configs.sh sets default quotas",
  "quota.producer.default": "gone since Kafka 3.0: kafka-configs.sh sets default quotas",
  "security.inter.broker.protocol": ADDRESS,
  "zookeeper.connect": ENSEMBLE,
  "zookeeper.metadata.migration.enable": ZOOKEEPER_MODE,
  "zookeeper.sync.time.ms": "gone since Kafka 3.0, and without effect before",
};

/** Broker properties that the program sets, or that would undo them, when it secures the brokers. */
const SECURITY_PROPERTIES = [
  "allow.everyone.if.no.acl.found",
  "authorizer.*",
  "listener.name.*",
  "principal.builder.class",
  "sasl.*",
  "security.providers",
  "ssl.*",
  "super.users",
  "zookeeper.clientCnxnSocket",
  "zookeeper.set.acl",
  "zookeeper.ssl.*",
];

/** Who sets a property instead of the user, or undefined when it is the user's to set. */
export function reservedReason(key: string): string | undefined {
  const name = matching(key, Object.keys(RESERVED_PROPERTIES));
  return name === undefined ? undefined : RESERVED_PROPERTIES[name];
}

/** The same for what only the brokers of a secured cluster get from the program. */
export function securityReason(key: string): string | undefined {
  if (matching(key, SECURITY_PROPERTIES) === undefined) return undefined;
  return "not for brokerProperties: the settings security, certificates and users say how the brokers are secured";
}

function matching(key: string, names: readonly string[]): string | undefined {
  return names.find((name) => key === name || (name.endsWith(".*") && key.startsWith(name.slice(0, -1))));
}
