/**
 * Where things are on a machine. The paths below /opt are those of the operations note that the program automates;
 * the others are Debian's customary places.
 */

/** Where the data volume is mounted. */
export const DATA_MOUNT = "/srv/kafka-data";
/** Kafka's log directory: a link onto the data volume, dangling (and so refused by the broker) when that is absent. */
export const KAFKA_LOG_DIR = "/opt/kafka-logs";
/** ZooKeeper's snapshots, transaction logs and myid. */
export const ZOOKEEPER_DATA_DIR = `${DATA_MOUNT}/zookeeper`;
/** The broker's configuration folder. */
export const KAFKA_ETC = "/etc/kafka";
/** The broker's configuration: the one file whose changes a running service may take. */
export const SERVER_PROPERTIES = `${KAFKA_ETC}/server.properties`;
/** The ZooKeeper server's configuration folder. */
export const ZOOKEEPER_ETC = "/etc/zookeeper";
/** Settings of the install script. */
export const INSTALL_SETTINGS = "/etc/kafka-cluster/install.env";
/** The data volume's block device, for the install script; only on machines that see one. */
export const DATA_SETTINGS = "/etc/kafka-cluster/data.env";
/** Kernel parameters; only on machines with a kernel of their own. */
export const SYSCTL_SETTINGS = "/etc/sysctl.d/60-kafka-cluster.conf";
/** Time source of the platform's own, for chrony. */
export const TIME_SOURCES = "/etc/chrony/sources.d/kafka-cluster.sources";
/** The install script. */
export const INSTALL_SCRIPT = "/usr/local/lib/kafka-cluster/install";

/** Where a machine has the archives of its services' classes that it has made itself, by distribution. */
export const CLASS_DATA = "/var/lib/kafka-cluster/class-data";
/** What makes them. */
export const CLASS_DATA_SCRIPT = "/usr/local/lib/kafka-cluster/class-data";

/** What keeps room for ZooKeeper on a data volume that a broker shares. */
export const ROOM_SCRIPT = "/usr/local/lib/kafka-cluster/room";

/** Ports of the brokers' listeners: without TLS; brokers and deployer, by certificate; clients with TLS, by password. */
export const KAFKA_PORTS = { plaintext: 9092, broker: 9093, client: 9094 } as const;
/** ZooKeeper's ports: clients without and with TLS, followers to the leader, leader election. */
export const ZOOKEEPER_PORTS = { client: 2181, secureClient: 2182, quorum: 2888, election: 3888 } as const;

/** The ports at which a connection begins with TLS. The ensemble's own are no business of a client's. */
export const TLS_PORTS: readonly number[] = [KAFKA_PORTS.broker, KAFKA_PORTS.client, ZOOKEEPER_PORTS.secureClient];

/** How Kafka's own tools connect as the broker itself, on a cluster with TLS. Only who may read its key can use it. */
export const ADMIN_PROPERTIES = `${KAFKA_ETC}/admin.properties`;
/** Where a broker's key and certificate are, one PEM file, and whom it trusts. */
export const KAFKA_TLS = { identity: `${KAFKA_ETC}/tls/broker.pem`, authorities: `${KAFKA_ETC}/tls/authorities.pem` };
/** The same of a ZooKeeper server. */
export const ZOOKEEPER_TLS = {
  identity: `${ZOOKEEPER_ETC}/tls/server.pem`,
  authorities: `${ZOOKEEPER_ETC}/tls/authorities.pem`,
};

/** The user that deploys: logs in by key over SSH and may use sudo. */
export const DEPLOY_USER = "kafka-deploy";
/** The user that the services run as. */
export const SERVICE_USER = "kafka";
