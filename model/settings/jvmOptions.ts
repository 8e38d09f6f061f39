import type { SettingsReader } from "./settingsReader.ts";
import type { SettingsTable } from "./settingsTable.ts";

/** The users' own options of the services' JVMs, after the program's. */
export interface JvmOptions {
  readonly broker: readonly string[];
  readonly zookeeper: readonly string[];
}

const NO_HEAP = "no heap: set heap.broker or heap.zookeeper";
const NO_CLASS_PATH = "no class path: the program starts the classes of Kafka's distribution";

/** What the program itself says to a JVM, and what a user does instead. */
const OWNED: readonly (readonly [option: RegExp, instead: string])[] = [
  [/^-(Xms|Xmx|ms\d|mx\d)/, NO_HEAP],
  [/^-XX:(Initial|Max|Min)(HeapSize|RAMFraction|RAMPercentage)=/, NO_HEAP],
  [/^-(cp|classpath|jar|m|p)$/, NO_CLASS_PATH],
  [/^--(class-path|module|module-path|source)\b/, NO_CLASS_PATH],
  [/^-Djava\.class\.path=/, NO_CLASS_PATH],
  [
    /^-Dlog4j2?\.configuration/,
    "no log configuration: the program writes it, and npm run status and the health check read the log",
  ],
  [
    /^-(Xshare:|XX:(SharedArchiveFile|ArchiveClassesAtExit|SharedClassListFile|DumpLoadedClassList)=|XX:[+-](AutoCreateSharedArchive|DumpSharedSpaces|DynamicDumpSharedSpaces|UseSharedSpaces|VerifySharedSpaces)$)/,
    "no class data: the program gives the services theirs, and a JVM that writes or demands some may not start",
  ],
  [/^-XX:(Flags|VMOptionsFile)=/, "each option itself: a change of a file restarts nothing"],
];

/** Options that make Java print something and end. */
const ENDS =
  /^(--?version|-fullversion|--?help(-extra)?|-h|-\?|-X|--dry-run|--validate-modules|--list-modules|-d|--describe-module)$/;

/**
 * What is allowed instead of an option; undefined when nothing speaks against it. Whether the JVM knows it, only its start
 * shows.
 *
 * @param form what is allowed instead of a text that is no option at all
 */
export function jvmOptionProblem(option: string, form: string): string | undefined {
  if (!/^-[^\s\p{Cc}]+$/u.test(option)) return form;
  if (ENDS.test(option)) return "no option that makes Java print something and end";
  return OWNED.find(([pattern]) => pattern.test(option))?.[1];
}

/** The garbage collectors of Java 17, as options choose them. */
const COLLECTOR = /^-XX:\+Use(Serial|Parallel|G1|Z|Shenandoah|Epsilon)GC$/;

/** Whether an option chooses another garbage collector than the program's. */
export function otherCollector(option: string): boolean {
  return COLLECTOR.test(option) && option !== "-XX:+UseG1GC";
}

/** Reads the setting `jvmOptions`. */
export function readJvmOptions(top: SettingsReader<SettingsTable>): JvmOptions {
  const options = top.object("jvmOptions");
  const list = (service: "broker" | "zookeeper"): string[] => {
    const given = options.list(service, jvmOptionProblem);
    const collectors = given.filter((option) => COLLECTOR.test(option));
    if (collectors.length > 1) options.report(service, `one garbage collector, not ${collectors.join(" and ")}`);
    return given;
  };
  return { broker: list("broker"), zookeeper: list("zookeeper") };
}
