import { hasPlaintext, hasTls, type Phase, usesTls } from "../security/phase.ts";
import { KAFKA_PORTS, KAFKA_TLS } from "./machinePaths.ts";
import { renderProperties } from "./properties.ts";

/** The name in the certificates of all brokers and of the deployer, and so the name of the one super user. */
export const BROKER_NAME = "kafka-broker";

const STORES = [
  ["ssl.keystore.type", "PEM"],
  ["ssl.keystore.location", KAFKA_TLS.identity],
  ["ssl.truststore.type", "PEM"],
  ["ssl.truststore.location", KAFKA_TLS.authorities],
] as const;

/** Renders the client's properties with which Kafka's tools connect to the listener BROKER, as `--command-config` takes them. */
export function renderAdminProperties(): string {
  return renderProperties([["security.protocol", "SSL"], ...STORES]);
}

/** Listeners as `NAME://address:port,…`: PLAINTEXT, BROKER by certificate, CLIENT by password over TLS. */
export function brokerListeners(address: string, security: Phase): string {
  return [
    ...(hasPlaintext(security) ? [`PLAINTEXT://${address}:${KAFKA_PORTS.plaintext}`] : []),
    ...(hasTls(security)
      ? [`BROKER://${address}:${KAFKA_PORTS.broker}`, `CLIENT://${address}:${KAFKA_PORTS.client}`]
      : []),
  ].join(",");
}

/**
 * What secures a broker, in the order in which it is written; nothing for a plaintext cluster.
 *
 * Whoever comes without TLS is User:ANONYMOUS, who may do everything as long as there is such a listener: clients and brokers
 * that have not switched over must not notice that others could.
 *
 * Source: Kafka documentation, "Security"; that PEM files need no password, KIP-651.
 */
export function brokerSecurity(security: Phase): (readonly [key: string, value: string])[] {
  if (!hasTls(security)) return [];
  const superUsers = [BROKER_NAME, ...(hasPlaintext(security) ? ["ANONYMOUS"] : [])];
  return [
    ["listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,BROKER:SSL,CLIENT:SASL_SSL"],
    ["inter.broker.listener.name", usesTls(security) ? "BROKER" : "PLAINTEXT"],
    ...STORES,
    ["listener.name.broker.ssl.client.auth", "required"],
    // Nobody else comes in by a certificate: without a rule for its name it is refused.
    ["listener.name.broker.ssl.principal.mapping.rules", "RULE:^CN=kafka-broker$/kafka-broker/"],
    ["listener.name.client.sasl.enabled.mechanisms", "SCRAM-SHA-512"],
    [
      "listener.name.client.scram-sha-512.sasl.jaas.config",
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    ],
    ["authorizer.class.name", "kafka.security.authorizer.AclAuthorizer"],
    ["allow.everyone.if.no.acl.found", "false"],
    ["super.users", superUsers.map((name) => `User:${name}`).join(";")],
    ...(usesTls(security) ? zookeeperClient(security) : []),
  ];
}

/** The phase that a broker runs in, from its properties. */
export function phaseOf(properties: Readonly<Record<string, string>>): Phase {
  const { listeners = "" } = properties;
  if (!listeners.includes("BROKER://")) return "plaintext";
  if (properties["inter.broker.listener.name"] !== "BROKER") return "opened";
  return listeners.includes("PLAINTEXT://") ? "switched" : "secured";
}

/** How a broker connects to ZooKeeper with its certificate, by which it also owns what it writes there. */
function zookeeperClient(security: Phase): (readonly [key: string, value: string])[] {
  return [
    ["zookeeper.clientCnxnSocket", "org.apache.zookeeper.ClientCnxnSocketNetty"],
    ["zookeeper.ssl.client.enable", "true"],
    ["zookeeper.ssl.keystore.type", "PEM"],
    ["zookeeper.ssl.keystore.location", KAFKA_TLS.identity],
    ["zookeeper.ssl.truststore.type", "PEM"],
    ["zookeeper.ssl.truststore.location", KAFKA_TLS.authorities],
    ["zookeeper.set.acl", String(security === "secured")],
  ];
}
