import { mebibytes } from "../settings/memorySize.ts";
import { otherCollector } from "../settings/jvmOptions.ts";
import type { Service } from "./nodeFile.ts";

/** What is needed to start one of the two Java services. */
export interface JavaService {
  /** Folder of Kafka's distribution, for example `/opt/kafka_2.13-3.9.2`. */
  readonly home: string;
  readonly mainClass: string;
  /** Heap as the JVM takes it, for example `512m` or `6g`: the least and the most. */
  readonly heap: string;
  /** Archive of the service's classes, an absolute path. @default the JVM's own, of its own classes */
  readonly classData?: string;
  /** Further options of the user's. */
  readonly options: readonly string[];
  readonly configuration: string;
  readonly log4j: string;
  /** Folder for the garbage collector's log. */
  readonly logs: string;
}

/** MiB from which on a heap takes whole pointers to objects. */
const WHOLE_POINTERS_MIB = 32 * 1024;

/**
 * Whether a JVM takes an archive of classes that another one with the usual, compressed pointers has made. One that doesn't
 * has an archive of its own for its own classes, which it would lose by being given another.
 */
export function canTakeClassData(heap: string, options: readonly string[]): boolean {
  const isWhole = options.some((option) => ["-XX:+UseZGC", "-XX:-UseCompressedOops"].includes(option));
  return !isWhole && mebibytes(heap) < WHOLE_POINTERS_MIB;
}

/** The class that a service begins with. */
export const MAIN_CLASS: Readonly<Record<Service, string>> = {
  zookeeper: "org.apache.zookeeper.server.quorum.QuorumPeerMain",
  kafka: "kafka.Kafka",
};

/** The argument file in a distribution's folder that has its class path; the install script writes it. */
export const CLASS_PATH_FILE = "classpath.args";

/**
 * Kafka's own choice of collector and pause (bin/kafka-run-class.sh, KAFKA_JVM_PERFORMANCE_OPTS): not where the user has
 * chosen another collector, since the JVM refuses two.
 */
export const COLLECTOR: readonly string[] = [
  "-XX:+UseG1GC",
  "-XX:MaxGCPauseMillis=20",
  "-XX:InitiatingHeapOccupancyPercent=35",
  "-XX:+ExplicitGCInvokesConcurrent",
];

/** The command line of a service, with an end instead of a half-dead process when memory runs out. */
export function javaCommand(service: JavaService): string[] {
  return [
    "/usr/bin/java",
    `-Xms${service.heap}`,
    `-Xmx${service.heap}`,
    ...(service.options.some(otherCollector) ? [] : COLLECTOR),
    "-XX:+ExitOnOutOfMemoryError",
    `-Xlog:gc*:file=${service.logs}/gc.log:time,tags:filecount=5,filesize=20M`,
    "-Djava.awt.headless=true",
    // Unverified, a damaged archive would be run as it is.
    ...(service.classData === undefined
      ? []
      : [`-XX:SharedArchiveFile=${service.classData}`, "-XX:+VerifySharedSpaces"]),
    `-Dlog4j.configuration=file:${service.log4j}`,
    ...service.options.map(escaped),
    `@${service.home}/${CLASS_PATH_FILE}`,
    service.mainClass,
    service.configuration,
  ];
}

/** A word of a systemd command line that stands for a text without white space: systemd.service(5), "Command lines". */
function escaped(text: string): string {
  return text
    .replaceAll(/[\\"']/g, "\\$&")
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$");
}
