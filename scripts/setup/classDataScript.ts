import { FIRST_SECURED_VERSION, memberPort, type Phase, usesTls } from "../../model/security/phase.ts";
import { isNewer, type KafkaVersion } from "../../model/kafka/versions.ts";
import { BROKER_NAME, renderAdminProperties } from "../../model/render/brokerSecurity.ts";
import { javaCommand, type JavaService, MAIN_CLASS } from "../../model/render/javaCommand.ts";
import { CLASS_PATH_SCRIPT } from "../../model/render/installScript.ts";
import { renderLog4j } from "../../model/render/log4j.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { KAFKA_LOG_DIR, KAFKA_TLS, ZOOKEEPER_DATA_DIR, ZOOKEEPER_TLS } from "../../model/render/machinePaths.ts";
import { renderServerProperties } from "../../model/render/serverProperties.ts";
import { renderZooCfg } from "../../model/render/zooCfg.ts";

/** What of the image a JVM, bash and `ip` need; the rest would only take memory. Names may be patterns. */
const IMAGE_PARTS = ["bin", "sbin", "lib", "lib64", "etc", "usr/bin", "usr/sbin", "usr/lib64", "usr/lib/jvm"];
const IMAGE_LIBRARIES = "usr/lib/*-linux-gnu*";

/** Where the services' files are inside, and what comes of it. */
const FILES = "/class-data";

/** One member that is a whole cluster. */
const ENSEMBLE = [{ id: 1, address: "127.0.0.1" }];
const SERVICES: readonly Service[] = ["zookeeper", "kafka"];
const HEAP: Readonly<Record<Service, string>> = { zookeeper: "64m", kafka: "256m" };

/**
 * Bash program for namespaces of its own: a root folder in memory, of the image's JVM and the distribution, in which
 * {@link RECORD_SCRIPT} runs. It is the namespaces' first process: with its end all of it is gone. It ends at the latest when
 * standard input does, which its starter holds open.
 *
 * Arguments: a folder, the image's squashfs, the distribution's archive and its name. In the folder, `root` is mounted over,
 * `files` has the {@link recordFiles}, and `made` gets the archives.
 */
export const ROOT_SCRIPT = `set -euo pipefail
folder=$1 image=$2 archive=$3 name=$4
root=$folder/root
make() {
  # Others than root can't give files away: code 2, and no harm.
  unsquashfs -no-progress -quiet -no-xattrs -force -dest "$root" "$image" ${IMAGE_PARTS.join(" ")} '${IMAGE_LIBRARIES}' >&2 ||
    [ $? = 2 ]
  mkdir -p "$root"/{dev,opt,proc,run,tmp} "$root${FILES}"
  mount --rbind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  # As the install script does: the JVM compares the jars' times and sizes.
  tar --extract --file "$archive" --directory "$root/opt" --no-same-owner
  cp -- "$folder"/files/* "$root${FILES}"
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C /usr/bin/bash ${FILES}/record "$name" $(cat "$root${FILES}/phases")
  cp -- "$root${FILES}"/*.jsa "$folder/made"
}
mount -t tmpfs -o mode=0755 class-data "$root"
exec 3<&0
make 3<&- </dev/null & making=$!
cat <&3 >/dev/null &
code=0
wait -n || code=$?
if kill -0 $making 2>/dev/null; then
  # The starter was killed: nobody else tidies up.
  umount --lazy "$root"
  rm -rf -- "$folder"
fi
exit $code
`;

/**
 * Bash program that runs inside: in each phase, which are its arguments after the distribution's name, both services list the
 * classes that they load, until a topic is made; then their archives are made of the lists, and tried.
 */
const RECORD_SCRIPT = `set -euo pipefail
name=$1
shift
cd ${FILES}
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
ip link set lo up
home=/opt/$name
${CLASS_PATH_SCRIPT}mkdir -p /var/log/zookeeper /var/log/kafka
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
  "$home/bin/kafka-topics.sh" --bootstrap-server "127.0.0.1:$3" --command-config "client.$1" --create \\
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
 * The files that {@link ROOT_SCRIPT} takes in, by their names. Java gets the services' own options and, but for the size,
 * their own configuration.
 */
export function recordFiles({ version, name, protocol }: KafkaVersion): Record<string, string> {
  const broker = { id: 1, address: "127.0.0.1", ensemble: ENSEMBLE, protocol, brokerCount: 1, heap: HEAP.kafka };
  const ofPhase = (security: Phase): (readonly [name: string, content: string])[] => [
    [`ports.${security}`, [memberPort("zookeeper", security), memberPort("kafka", security), ""].join("\n")],
    [`client.${security}`, usesTls(security) ? renderAdminProperties() : ""],
    // A server that stands alone has no use for the classes of an ensemble, unless it is told to be one.
    [`zookeeper.${security}.cfg`, `${renderZooCfg(ENSEMBLE, security)}standaloneEnabled=false\n`],
    [`kafka.${security}.cfg`, renderServerProperties({ ...broker, security, properties: {} })],
    ...SERVICES.map((service) => [`${service}.${security}.list`, listing(service, name, security)] as const),
  ];
  return {
    record: RECORD_SCRIPT,
    phases: phases(version)
      .map((phase) => `${phase}\n`)
      .join(""),
    ...Object.fromEntries(phases(version).flatMap(ofPhase)),
    ...archiving("zookeeper", name),
    ...archiving("kafka", name),
  };
}

const file = (name: string): string => `${FILES}/${name}`;

/** The command line of a service, a word a line. */
function command(
  service: Service,
  name: string,
  options: readonly string[],
  further: Partial<JavaService> = {},
): string {
  return javaCommand({
    home: `/opt/${name}`,
    mainClass: MAIN_CLASS[service],
    heap: HEAP[service],
    // The quicker compiler: none of them lives long.
    options: ["-XX:TieredStopAtLevel=1", ...options],
    configuration: file(`${service}.cfg`),
    log4j: file(`${service}.log4j`),
    logs: `/var/log/${service}`,
    ...further,
  })
    .map((word) => `${word}\n`)
    .join("");
}

/** A service in a phase, which lists its classes. */
function listing(service: Service, name: string, phase: Phase): string {
  const list = `-XX:DumpLoadedClassList=${file(`${service}.${phase}.classes`)}`;
  return command(service, name, [list], { configuration: file(`${service}.${phase}.cfg`) });
}

/** What makes an archive of the classes that were listed, and what tries it. */
function archiving(service: Service, name: string): Record<string, string> {
  const archive = file(`${service}.jsa`);
  return {
    [`${service}.log4j`]: renderLog4j(`/var/log/${service}/service.log`, []),
    [`${service}.dump`]: command(service, name, [
      "-Xshare:dump",
      `-XX:SharedClassListFile=${file(`${service}.classes`)}`,
      `-XX:SharedArchiveFile=${archive}`,
    ]),
    // Without an archive that fits, it would not start.
    [`${service}.check`]: command(service, name, ["-Xshare:on"], { classData: archive, mainClass: "-version" }),
  };
}
