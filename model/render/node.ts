import { type BlockDevice, renderDataSettings } from "./dataVolume.ts";
import { classDataFiles, classDataPaths } from "./classData.ts";
import { renderSysctl, renderTimeSource } from "./hostTuning.ts";
import { type InstallSettings, INSTALL_SCRIPT_TEXT, renderInstallSettings } from "./installScript.ts";
import type { JvmOptions } from "../settings/jvmOptions.ts";
import { canTakeClassData, javaCommand, MAIN_CLASS } from "./javaCommand.ts";
import { renderLog4j } from "./log4j.ts";
import type { NodeFile, Service } from "./nodeFile.ts";
import {
  ADMIN_PROPERTIES,
  DATA_SETTINGS,
  INSTALL_SCRIPT,
  INSTALL_SETTINGS,
  KAFKA_ETC,
  ROOM_SCRIPT,
  SERVER_PROPERTIES,
  SYSCTL_SETTINGS,
  TIME_SOURCES,
  ZOOKEEPER_ETC,
} from "./machinePaths.ts";
import { hasTls, type Phase } from "../security/phase.ts";
import { renderAdminProperties } from "./brokerSecurity.ts";
import { renderRoomDropIn, ROOM_SCRIPT_TEXT } from "./room.ts";
import { type EnsembleServer, renderServerProperties } from "./serverProperties.ts";
import { renderUnit } from "./systemdUnit.ts";
import { tlsFiles } from "./tlsFiles.ts";
import { renderZooCfg } from "./zooCfg.ts";

/** What a member is, apart from its machine. */
export interface NodePlan {
  /** The member's name and host name, for example `kafka-1`. */
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  /** broker.id; absent on a machine without a broker. */
  readonly brokerId?: number;
  /** The ZooKeeper server's id; absent on a machine without one. */
  readonly zookeeperId?: number;
  /** Zone of the machine, for broker.rack; absent where a platform has none. */
  readonly rack?: string;
}

/** What a member is that hosts a broker. */
export interface BrokerPlan extends NodePlan {
  readonly brokerId: number;
}

/** Whether a member hosts a broker. */
export function hostsBroker(plan: NodePlan): plan is BrokerPlan {
  return plan.brokerId !== undefined;
}

/** What a platform says of its machines' operating system. */
export interface HostSettings {
  /** Whether a machine has a kernel and a clock of its own, to be set as Kafka wants them. A container has its host's. */
  readonly ownKernel: boolean;
  /** NTP server of the platform's own, an address. @default the distributor's choice */
  readonly timeServer?: string;
  /** Whether a machine makes archives of its services' classes for itself. @default false: the platform may give some */
  readonly makesClassData?: boolean;
}

/** What a member's files are made from, apart from its plan. */
export interface NodeSettings {
  readonly ensemble: readonly EnsembleServer[];
  readonly brokerCount: number;
  /** The version of the protocol that the brokers speak with each other. */
  readonly interBrokerProtocolVersion: string;
  /** How far the cluster is secured. */
  readonly security: Phase;
  readonly brokerProperties: Readonly<Record<string, string>>;
  /** JVM heaps, for example `1g`. */
  readonly heap: { readonly broker: string; readonly zookeeper: string };
  /** Further options of the JVMs. @default none */
  readonly jvmOptions?: JvmOptions;
  readonly distribution: {
    readonly name: string;
    readonly url: string;
    readonly sha512: string;
    /** Archives of the services' classes that the platform gives, absolute paths. @default none */
    readonly classData?: Readonly<Record<Service, string>>;
  };
  readonly host: HostSettings;
  /** The data volume as a block device; absent where the platform mounts it itself. */
  readonly device?: BlockDevice;
}

/** The services of a member in the order in which they start. */
export function servicesOf(plan: NodePlan): Service[] {
  return [
    ...(plan.zookeeperId === undefined ? [] : (["zookeeper"] as const)),
    ...(hostsBroker(plan) ? (["kafka"] as const) : []),
  ];
}

/** Renders every file of a member, in the order in which they are written. */
export function renderNode(plan: NodePlan, cluster: NodeSettings): NodeFile[] {
  const services = servicesOf(plan);
  const { name, url, sha512 } = cluster.distribution;
  const install: InstallSettings = {
    distribution: name,
    url,
    sha512,
    services,
    ...(plan.zookeeperId !== undefined && { zookeeperId: plan.zookeeperId }),
  };
  return [
    file(INSTALL_SCRIPT, INSTALL_SCRIPT_TEXT, [], "0755"),
    file(INSTALL_SETTINGS, renderInstallSettings(install), services),
    ...(cluster.device ? [file(DATA_SETTINGS, renderDataSettings(cluster.device), [])] : []),
    ...hostFiles(cluster.host),
    ...(plan.zookeeperId === undefined ? [] : zookeeperFiles(plan.zookeeperId, cluster)),
    ...(hostsBroker(plan) ? brokerFiles(plan, cluster) : []),
    ...(services.length === 2 ? roomFiles(services) : []),
    ...(cluster.host.makesClassData ? classDataFiles(name) : []),
  ];
}

/** No service is restarted for them: a unit takes its drop-in at its next start. */
function roomFiles(services: readonly Service[]): NodeFile[] {
  const dropIn = (service: Service): string => `/etc/systemd/system/${service}.service.d/room.conf`;
  return [
    file(ROOM_SCRIPT, ROOM_SCRIPT_TEXT, [], "0755"),
    ...services.map((service) => file(dropIn(service), renderRoomDropIn(service), [])),
  ].map((each) => ({ ...each, late: true }));
}

function hostFiles(host: HostSettings): NodeFile[] {
  if (!host.ownKernel) return [];
  return [
    file(SYSCTL_SETTINGS, renderSysctl(), []),
    ...(host.timeServer === undefined ? [] : [file(TIME_SOURCES, renderTimeSource(host.timeServer), [])]),
  ];
}

function zookeeperFiles(id: number, cluster: NodeSettings): NodeFile[] {
  const configuration = `${ZOOKEEPER_ETC}/zoo.cfg`;
  const log4j = `${ZOOKEEPER_ETC}/log4j.properties`;
  const logs = "/var/log/zookeeper";
  const command = javaCommand({
    home: `/opt/${cluster.distribution.name}`,
    mainClass: MAIN_CLASS.zookeeper,
    heap: cluster.heap.zookeeper,
    ...classDataOf("zookeeper", cluster),
    options: cluster.jvmOptions?.zookeeper ?? [],
    configuration,
    log4j,
    logs,
  });
  const unit = renderUnit({
    description: `Apache ZooKeeper server ${id}`,
    after: [],
    command,
    writable: [logs],
    stopSeconds: 30,
  });
  return [
    file(configuration, renderZooCfg(cluster.ensemble, cluster.security), ["zookeeper"]),
    ...tlsFiles("zookeeper", cluster.security),
    file(log4j, renderLog4j(`${logs}/zookeeper.log`, []), ["zookeeper"]),
    file("/etc/systemd/system/zookeeper.service", unit, ["zookeeper"]),
  ];
}

function brokerFiles(plan: BrokerPlan, cluster: NodeSettings): NodeFile[] {
  const log4j = `${KAFKA_ETC}/log4j.properties`;
  const logs = "/var/log/kafka";
  const command = javaCommand({
    home: `/opt/${cluster.distribution.name}`,
    mainClass: MAIN_CLASS.kafka,
    heap: cluster.heap.broker,
    ...classDataOf("kafka", cluster),
    options: cluster.jvmOptions?.broker ?? [],
    configuration: SERVER_PROPERTIES,
    log4j,
    logs,
  });
  const unit = renderUnit({
    description: `Apache Kafka broker ${plan.brokerId}`,
    // Stopping in the reverse order lets a broker hand its leaders over while ZooKeeper still answers.
    after: plan.zookeeperId === undefined ? [] : ["zookeeper.service"],
    command,
    writable: [logs],
    // Controlled shutdown moves every leader away and flushes the logs.
    stopSeconds: 300,
  });
  const properties = renderServerProperties({
    id: plan.brokerId,
    address: plan.address,
    ...(plan.rack !== undefined && { rack: plan.rack }),
    ensemble: cluster.ensemble,
    protocol: cluster.interBrokerProtocolVersion,
    brokerCount: cluster.brokerCount,
    heap: cluster.heap.broker,
    security: cluster.security,
    properties: cluster.brokerProperties,
  });
  return [
    file(SERVER_PROPERTIES, properties, ["kafka"]),
    ...tlsFiles("kafka", cluster.security),
    ...(hasTls(cluster.security) ? [file(ADMIN_PROPERTIES, renderAdminProperties(), [])] : []),
    file(
      log4j,
      renderLog4j(`${logs}/server.log`, [
        ["org.apache.zookeeper", "WARN"],
        ["kafka.request.logger", "WARN"],
      ]),
      ["kafka"],
    ),
    file("/etc/systemd/system/kafka.service", unit, ["kafka"]),
  ];
}

function classDataOf(service: Service, settings: NodeSettings): { classData?: string } {
  const { distribution, host, heap, jvmOptions } = settings;
  const own = service === "kafka" ? "broker" : "zookeeper";
  const classData = host.makesClassData ? classDataPaths(distribution.name) : distribution.classData;
  return classData && canTakeClassData(heap[own], jvmOptions?.[own] ?? []) ? { classData: classData[service] } : {};
}

function file(path: string, content: string, restarts: readonly Service[], mode = "0644"): NodeFile {
  return { path, content, mode, restarts };
}
