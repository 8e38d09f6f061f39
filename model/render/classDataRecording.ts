import { isNewer, type KafkaVersion } from "../kafka/versions.ts";
import { FIRST_SECURED_VERSION, memberPort, type Phase, usesTls } from "../security/phase.ts";
import { BROKER_NAME, renderAdminProperties } from "./brokerSecurity.ts";
import { javaCommand, type JavaService, MAIN_CLASS } from "./javaCommand.ts";
import { renderLog4j } from "./log4j.ts";
import type { Service } from "./nodeFile.ts";
import { KAFKA_LOG_DIR, KAFKA_TLS, ZOOKEEPER_DATA_DIR, ZOOKEEPER_TLS } from "./machinePaths.ts";
import { renderServerProperties } from "./serverProperties.ts";
import { renderZooCfg } from "./zooCfg.ts";

/** One member that is a whole cluster. */
const ENSEMBLE = [{ id: 1, address: "127.0.0.1" }];
const SERVICES: readonly Service[] = ["zookeeper", "kafka"];
const HEAP: Readonly<Record<Service, string>> = { zookeeper: "64m", kafka: "256m" };

/**
 * Bash program that makes the archives of the services' classes: in each phase, which are its arguments after the
 * distribution's name, both services list the classes that they load, until a topic is made; then the archives are made of
 * the lists, and tried. It needs a network and a view of the services' folders of its own, and runs in the folder of the
 * {@link recordFiles}.
 */
const RECORD_SCRIPT = `set -euo pipefail
home=/opt/$1
shift
fail() { echo "$*" >&2; exit 1; }
launch() { mapfile -t command <"$1"; exec "\${command[@]}" >"$1.log" 2>&1; }
# What Java said apart from its warnings, in one line.
said() { { grep --invert-match '\\[warning\\]' "$1.log" || true; } | head --lines=3 | tr '\\n' ' '; }
await() {
  until (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; do
    kill -0 "$3" 2>/dev/null || fail "$1 ended before its port was open: $(said "$1.list")"
    sleep 0.1
  done
}
mkdir -p /var/log/zookeeper /var/log/kafka
# Its own authority; nobody but the two comes in here.
certify() {
  mkdir -p "$(dirname "$1")"
  OPENSSL_CONF=/etc/ssl/openssl.cnf openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj "/CN=$3" \\
    -addext subjectAltName=IP:127.0.0.1 -keyout "$1" -out "$2" >certificate.log 2>&1 ||
    fail "no certificate could be made: $(said certificate)"
  cat "$2" >>"$1"
}
certify ${KAFKA_TLS.identity} ${KAFKA_TLS.authorities} ${BROKER_NAME}
certify ${ZOOKEEPER_TLS.identity} ${ZOOKEEPER_TLS.authorities} zookeeper
cat ${KAFKA_TLS.authorities} ${ZOOKEEPER_TLS.authorities} >both
cp both ${KAFKA_TLS.authorities}
cp both ${ZOOKEEPER_TLS.authorities}
# Runs both services as those of a cluster in a phase, at the ports that are asked then.
run() {
  rm -rf ${ZOOKEEPER_DATA_DIR} ${KAFKA_LOG_DIR}
  mkdir -p ${ZOOKEEPER_DATA_DIR} ${KAFKA_LOG_DIR}
  echo 1 >${ZOOKEEPER_DATA_DIR}/myid
  launch "zookeeper.$1.list" & zookeeper=$!
  await "zookeeper.$1" "$2" $zookeeper
  launch "kafka.$1.list" & kafka=$!
  await "kafka.$1" "$3" $kafka
  LOG_DIR=/var/log/kafka "$home/bin/kafka-topics.sh" --bootstrap-server "127.0.0.1:$3" --command-config "client.$1" --create \\
    --topic class-data --partitions 1 --replication-factor 1 >topic.log 2>&1 || fail "no topic could be made: $(said topic)"
  for service in kafka zookeeper; do
    kill "\${!service}"
    wait "\${!service}" || true
  done
}
for phase in "$@"; do
  mapfile -t ports <"ports.$phase"
  run "$phase" "\${ports[@]}"
done
for service in kafka zookeeper; do
  for phase in "$@"; do cat "$service.$phase.classes"; done | awk '!seen[$0]++' >"$service.classes"
done
for service in kafka zookeeper; do launch "$service.dump" & done
wait
for service in kafka zookeeper; do
  [ -s "$service.jsa" ] || fail "no archive for $service came out: $(said "$service.dump")"
  (launch "$service.check") || fail "the archive for $service is not accepted: $(said "$service.check")"
done
`;

/** The phases whose classes a version's archives have: the two that a cluster stays in. */
function phases(version: string): Phase[] {
  return isNewer(FIRST_SECURED_VERSION, version) ? ["plaintext"] : ["plaintext", "secured"];
}

/**
 * The files that the recording is made of, by their names: `record` is the program, `phases` its arguments. Java gets the
 * services' own options and, but for the size, their own configuration. `SERVICE.jsa` comes of it.
 *
 * @param folder where they will be, an absolute path without white space
 */
export function recordFiles({ version, name, protocol }: KafkaVersion, folder: string): Record<string, string> {
  const broker = { id: 1, address: "127.0.0.1", ensemble: ENSEMBLE, protocol, brokerCount: 1, heap: HEAP.kafka };
  const ofPhase = (security: Phase): (readonly [name: string, content: string])[] => [
    [`ports.${security}`, [memberPort("zookeeper", security), memberPort("kafka", security), ""].join("\n")],
    [`client.${security}`, usesTls(security) ? renderAdminProperties() : ""],
    // A server that stands alone has no use for the classes of an ensemble, unless it is told to be one.
    [`zookeeper.${security}.cfg`, `${renderZooCfg(ENSEMBLE, security)}standaloneEnabled=false\n`],
    [`kafka.${security}.cfg`, renderServerProperties({ ...broker, security, properties: {} })],
    ...SERVICES.map((service) => [`${service}.${security}.list`, listing(service, name, security, folder)] as const),
  ];
  return {
    record: RECORD_SCRIPT,
    phases: phases(version)
      .map((phase) => `${phase}\n`)
      .join(""),
    ...Object.fromEntries(phases(version).flatMap(ofPhase)),
    ...archiving("zookeeper", name, folder),
    ...archiving("kafka", name, folder),
  };
}

/** The command line of a service, a word a line. */
function command(
  service: Service,
  name: string,
  folder: string,
  options: readonly string[],
  further: Partial<JavaService> = {},
): string {
  return javaCommand({
    home: `/opt/${name}`,
    mainClass: MAIN_CLASS[service],
    heap: HEAP[service],
    // The quicker compiler: none of them lives long.
    options: ["-XX:TieredStopAtLevel=1", ...options],
    configuration: `${folder}/${service}.cfg`,
    log4j: `${folder}/${service}.log4j`,
    logs: `/var/log/${service}`,
    ...further,
  })
    .map((word) => `${word}\n`)
    .join("");
}

/** A service in a phase, which lists its classes. */
function listing(service: Service, name: string, phase: Phase, folder: string): string {
  const list = `-XX:DumpLoadedClassList=${folder}/${service}.${phase}.classes`;
  return command(service, name, folder, [list], { configuration: `${folder}/${service}.${phase}.cfg` });
}

/** What makes an archive of the classes that were listed, and what tries it. */
function archiving(service: Service, name: string, folder: string): Record<string, string> {
  const archive = `${folder}/${service}.jsa`;
  return {
    [`${service}.log4j`]: renderLog4j(`/var/log/${service}/service.log`, []),
    [`${service}.dump`]: command(service, name, folder, [
      "-Xshare:dump",
      `-XX:SharedClassListFile=${folder}/${service}.classes`,
      `-XX:SharedArchiveFile=${archive}`,
    ]),
    // Without an archive that fits, it would not start.
    [`${service}.check`]: command(service, name, folder, ["-Xshare:on"], {
      classData: archive,
      mainClass: "-version",
    }),
  };
}
