import { javaCommand, type JavaService, MAIN_CLASS } from "../../components/render/javaCommand.ts";
import { CLASS_PATH_SCRIPT } from "../../components/render/installScript.ts";
import { renderLog4j } from "../../components/render/log4j.ts";
import type { Service } from "../../components/render/nodeFile.ts";
import { KAFKA_LOG_DIR, KAFKA_PORTS, ZOOKEEPER_DATA_DIR, ZOOKEEPER_PORTS } from "../../components/render/paths.ts";
import { renderServerProperties } from "../../components/render/serverProperties.ts";
import { renderZooCfg } from "../../components/render/zooCfg.ts";

/** What of the image a JVM, bash and `ip` need; the rest would only take memory. Names may be patterns. */
const IMAGE_PARTS = ["bin", "sbin", "lib", "lib64", "etc", "usr/bin", "usr/sbin", "usr/lib64", "usr/lib/jvm"];
const IMAGE_LIBRARIES = "usr/lib/*-linux-gnu*";

/** Where the services' files are inside, and what comes of it. */
const FILES = "/class-data";

/** One member that is a whole cluster. */
const ENSEMBLE = [{ id: 1, address: "127.0.0.1" }];
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
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C /usr/bin/bash ${FILES}/record "$name"
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
 * Bash program that runs inside: both services list the classes that they load, until a topic is made; then their archives
 * are made of the lists, and tried.
 */
const RECORD_SCRIPT = `set -euo pipefail
name=$1
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
${CLASS_PATH_SCRIPT}mkdir -p ${ZOOKEEPER_DATA_DIR} ${KAFKA_LOG_DIR} /var/log/zookeeper /var/log/kafka
echo 1 >${ZOOKEEPER_DATA_DIR}/myid
launch zookeeper.list & zookeeper=$!
await zookeeper ${ZOOKEEPER_PORTS.client} $zookeeper
launch kafka.list & kafka=$!
await kafka ${KAFKA_PORTS.plaintext} $kafka
"$home/bin/kafka-topics.sh" --bootstrap-server 127.0.0.1:${KAFKA_PORTS.plaintext} --create --topic class-data \\
  --partitions 1 --replication-factor 1 >topic.log 2>&1 || fail "no topic could be made: $(said topic)"
for service in kafka zookeeper; do
  kill "\${!service}"
  wait "\${!service}" || true
done
for service in kafka zookeeper; do launch "$service.dump" & done
wait
for service in kafka zookeeper; do
  [ -s "$service.jsa" ] || fail "no archive for $service came out: $(said "$service.dump")"
  (launch "$service.check") || fail "the archive for $service is not accepted: $(said "$service.check")"
done
`;

/**
 * The files that {@link ROOT_SCRIPT} takes in, by their names. Java gets the services' own options and, but for the size,
 * their own configuration.
 *
 * @param name name of the distribution's folder
 * @param protocol inter.broker.protocol.version
 */
export function recordFiles(name: string, protocol: string): Record<string, string> {
  const broker = { id: 1, address: "127.0.0.1", ensemble: ENSEMBLE, protocol, brokerCount: 1, heap: HEAP.kafka };
  return {
    record: RECORD_SCRIPT,
    // A server that stands alone has no use for the classes of an ensemble, unless it is told to be one.
    "zookeeper.cfg": `${renderZooCfg(ENSEMBLE, "plaintext")}standaloneEnabled=false\n`,
    "kafka.cfg": renderServerProperties({ ...broker, security: "plaintext", properties: {} }),
    ...serviceFiles("zookeeper", name),
    ...serviceFiles("kafka", name),
  };
}

function serviceFiles(service: Service, name: string): Record<string, string> {
  const file = (suffix: string): string => `${FILES}/${service}.${suffix}`;
  const command = (options: readonly string[], further: Partial<JavaService> = {}): string =>
    javaCommand({
      home: `/opt/${name}`,
      mainClass: MAIN_CLASS[service],
      heap: HEAP[service],
      // The quicker compiler: none of them lives long.
      options: ["-XX:TieredStopAtLevel=1", ...options],
      configuration: file("cfg"),
      log4j: file("log4j"),
      logs: `/var/log/${service}`,
      ...further,
    })
      .map((word) => `${word}\n`)
      .join("");
  return {
    [`${service}.log4j`]: renderLog4j(`/var/log/${service}/service.log`, []),
    [`${service}.list`]: command([`-XX:DumpLoadedClassList=${file("classes")}`]),
    [`${service}.dump`]: command([
      "-Xshare:dump",
      `-XX:SharedClassListFile=${file("classes")}`,
      `-XX:SharedArchiveFile=${file("jsa")}`,
    ]),
    // Without an archive that fits, it would not start.
    [`${service}.check`]: command(["-Xshare:on"], { classData: file("jsa"), mainClass: "-version" }),
  };
}
