import { MIB, mebibytes } from "../settings/memorySize.ts";
import { memberPort, type Phase } from "../security/phase.ts";
import { brokerListeners, brokerSecurity } from "./brokerSecurity.ts";
import { KAFKA_LOG_DIR } from "./machinePaths.ts";
import { renderProperties } from "./properties.ts";

/** A server of the ZooKeeper ensemble. */
export interface EnsembleServer {
  /** The id in `myid`, 1 to 255. */
  readonly id: number;
  /** IPv4 address. */
  readonly address: string;
}

/** What a broker's server.properties is made of. */
export interface BrokerSettings {
  /** broker.id */
  readonly id: number;
  /** IPv4 address that the broker listens on and advertises. */
  readonly address: string;
  /** broker.rack: Kafka spreads a partition's replicas over racks; absent: none. */
  readonly rack?: string;
  readonly ensemble: readonly EnsembleServer[];
  /** inter.broker.protocol.version */
  readonly protocol: string;
  /** Number of brokers in the cluster: the defaults never ask for more replicas than there can be. */
  readonly brokerCount: number;
  /** JVM heap, for example `1g`. */
  readonly heap: string;
  /** How far the cluster is secured. */
  readonly security: Phase;
  /** The user's broker properties: they win over the defaults. */
  readonly properties: Readonly<Record<string, string>>;
}

/** `host:port,host:port,…` for zookeeper.connect. */
export function zookeeperConnect(ensemble: readonly EnsembleServer[], security: Phase): string {
  return ensemble.map((server) => `${server.address}:${memberPort("zookeeper", security)}`).join(",");
}

/** How long a broker may take to connect to ZooKeeper, in milliseconds: Kafka's own time-out of a session, 3.9. */
const CONNECTION_TIMEOUT_MS = 18_000;

/**
 * Broker properties that production wants and Kafka's own defaults lack: three replicas, two of them in sync before a
 * write counts, no unclean leader, no topic made by a typing error.
 * Source: Kafka documentation, "Important server configurations" (default.replication.factor 1,
 * auto.create.topics.enable true, min.insync.replicas 1 are Kafka's own defaults).
 *
 * A broker's session with ZooKeeper is 7.5 s: one that is killed is missed for so long, and up to a tick of 2 s more until the
 * servers end the session. It is kept alive every third of it, so that a broker may stand still for 5 s. Kafka's own are 18 s
 * (KIP-537, for networks that fail) and 6 s up to 2.4. To connect it has 18 s, which would else be as long as the session;
 * a longer session of the user's keeps Kafka's rule.
 *
 * A heap under 1 GiB gets a smaller buffer for the log cleaner, an eighth of the heap: a broker takes a second one
 * before it gives up the first when a property of the cleaner changes while it runs (message.max.bytes is one), and
 * Kafka's own 128 MiB twice leave a small heap no room.
 *
 * @param own the user's properties
 */
export function defaultBrokerProperties(
  brokerCount: number,
  heap: string,
  own: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const heapMebibytes = mebibytes(heap);
  const replicas = String(Math.min(3, brokerCount));
  // Of two brokers one has to do while the other one is restarted.
  const inSync = brokerCount > 2 ? "2" : "1";
  return {
    "auto.create.topics.enable": "false",
    "default.replication.factor": replicas,
    ...(heapMebibytes < 1024 && {
      "log.cleaner.dedupe.buffer.size": String(Math.floor(heapMebibytes / 8) * MIB),
    }),
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "transaction.state.log.replication.factor": replicas,
    "unclean.leader.election.enable": "false",
    ...(!(Number(own["zookeeper.session.timeout.ms"]) > CONNECTION_TIMEOUT_MS) && {
      "zookeeper.connection.timeout.ms": String(CONNECTION_TIMEOUT_MS),
    }),
    "zookeeper.session.timeout.ms": "7500",
  };
}

/** Renders server.properties: what the program owns first, then the defaults under the user's properties, sorted. */
export function renderServerProperties(broker: BrokerSettings): string {
  const listeners = brokerListeners(broker.address, broker.security);
  const owned: (readonly [string, string])[] = [
    ["broker.id", String(broker.id)],
    ...(broker.rack === undefined ? [] : [["broker.rack", broker.rack] as [string, string]]),
    ["inter.broker.protocol.version", broker.protocol],
    ["listeners", listeners],
    ["advertised.listeners", listeners],
    ["log.dirs", KAFKA_LOG_DIR],
    ["zookeeper.connect", zookeeperConnect(broker.ensemble, broker.security)],
    ...brokerSecurity(broker.security),
  ];
  const chosen = Object.entries({
    ...defaultBrokerProperties(broker.brokerCount, broker.heap, broker.properties),
    ...broker.properties,
  });
  chosen.sort(([a], [b]) => (a < b ? -1 : 1));
  return renderProperties([...owned, ...chosen]);
}
