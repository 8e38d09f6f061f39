import { versionOfDistribution } from "../kafka/versions.ts";
import { recordFiles } from "./classDataRecording.ts";
import type { NodeFile, Service } from "./nodeFile.ts";
import {
  CLASS_DATA,
  CLASS_DATA_SCRIPT,
  DATA_MOUNT,
  INSTALL_SETTINGS,
  KAFKA_ETC,
  ZOOKEEPER_ETC,
} from "./machinePaths.ts";
import { sandbox, unitSection } from "./systemdUnit.ts";

/** The unit that makes the archives. */
export const CLASS_DATA_UNIT = "kafka-class-data.service";

/** Where the recording is made, on disk: its archives would take memory elsewhere. */
const WORK = "kafka-class-data";

/** What the recording may take of the memory, in MiB: 3.9.2 took 376 (measured), and heaps may grow to their limits. */
const MEMORY_MIB = 768;
/** What has to be left of it when it takes all of that, in MiB. */
const MEMORY_LEFT_MIB = 256;
/** What has to be free of the root volume, in MiB: for a moment the archives are there twice, with those of before. */
const ROOM_MIB = 1024;
/** How long it may take, in seconds: at idle priority on a machine that is at work. */
const TIMEOUT_S = 1800;

/**
 * Where the archives of a machine's services' classes are: each has its distribution in its path, so that another version
 * does not even try them.
 *
 * @param distribution its name, for example `kafka_2.13-3.9.2`
 */
export function classDataPaths(distribution: string): Record<Service, string> {
  const path = (service: Service): string => `${CLASS_DATA}/${distribution}/${service}.jsa`;
  return { zookeeper: path("zookeeper"), kafka: path("kafka") };
}

/**
 * The files with which a machine makes its archives. No service reads them, and user data goes without.
 *
 * @param distribution its name
 * @throws Error when it is none of a supported version
 */
export function classDataFiles(distribution: string): NodeFile[] {
  const late = { restarts: [], late: true };
  return [
    { path: CLASS_DATA_SCRIPT, content: renderClassDataScript(distribution), mode: "0755", ...late },
    {
      path: `/etc/systemd/system/${CLASS_DATA_UNIT}`,
      content: renderClassDataUnit(distribution),
      mode: "0644",
      ...late,
    },
  ];
}

/**
 * Renders the program that makes the archives, step by step for the unit: `wanted`, `record`, `keep`, `clear`. `link` is for
 * the install script.
 *
 * A JVM that finds no archive at the path that it is given does without its own one, too, so until there is another one this
 * path leads there. Archives stand there as a whole or not at all, and the stamp says what they were made by and of, and when:
 * whatever differs, also an archive that was written to since, makes them anew.
 */
export function renderClassDataScript(distribution: string): string {
  const files = Object.entries(recordFiles(versionOfDistribution(distribution), `/var/cache/${WORK}`));
  return `#!/bin/bash
# Archives of the classes of this machine's services, for quicker starts: class-data link | wanted | record | keep | clear
set -euo pipefail
. ${INSTALL_SETTINGS}
all=${CLASS_DATA}
data=$all/$DISTRIBUTION
work=/var/cache/${WORK}
java=$(dirname "$(dirname "$(readlink -f /usr/bin/java)")")
fail() { echo "no class data are made, and services start without: $*" >&2; exit 1; }
look() { stat --format='%n %s %.Y' "$@"; }
# What they are made by and of.
origin() {
  sha256sum <"$0"
  cat "/opt/$DISTRIBUTION/.sha512"
  look "$java/lib/modules" "$java/lib/server/libjvm.so"
}
stamp() {
  origin
  for service in $SERVICES; do look "$data/$service.jsa"; done
}
# At least so many MiB of something.
demand() { [ "$1" -ge "$2" ] || fail "$1 MiB of $3, and $2 are wanted"; }

case $1 in
  link)
    install -d -m 0755 "$data"
    for service in $SERVICES; do
      [ -e "$data/$service.jsa" ] || ln -sfn "$java/lib/server/classes.jsa" "$data/$service.jsa"
    done
    ;;
  wanted)
    [ "$(cat "$data/stamp" 2>/dev/null)" != "$(stamp 2>/dev/null)" ] || exit 1
    demand "$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)" ${MEMORY_MIB + MEMORY_LEFT_MIB} "memory are available"
    demand "$(df --output=avail -B1M "$data" | tail -n 1)" ${ROOM_MIB} "$data are free"
    origin >"$all/origin"
    ;;
  record)
    # What runs here must not meet this machine's own services and data: systemd only warns of a network that it can't set up.
    [ "$(wc -l </proc/self/net/route)" -le 1 ] || fail "there is no network apart, without a route"
    [ -z "$(ls -A ${DATA_MOUNT})" ] || fail "${DATA_MOUNT} is the machine's own"
    cd "$work"
    find . -mindepth 1 -delete
${files.map(([name, content]) => `    cat >${name} <<'END'\n${content}END\n`).join("")}    LC_ALL=C exec bash record "$DISTRIBUTION" $(cat phases)
    ;;
  keep)
    [ "$(origin)" = "$(cat "$all/origin")" ] || fail "what they are made of has changed meanwhile"
    rm -f "$data/stamp"
    for service in $SERVICES; do
      # The folder is the recording's, which this step is not.
      [ ! -L "$work/$service.jsa" ] && [ -f "$work/$service.jsa" ] || fail "no archive for $service came out"
      install -m 0644 "$work/$service.jsa" "$data/$service.new"
      mv -fT "$data/$service.new" "$data/$service.jsa"
    done
    stamp >"$data/stamp.new"
    mv -f "$data/stamp.new" "$data/stamp"
    # One version's are enough; a service that runs keeps what it has mapped.
    find "$all" -mindepth 1 -maxdepth 1 -type d ! -name "$DISTRIBUTION" -exec rm -rf {} +
    ;;
  clear) [ ! -d "$work" ] || find "$work/" -mindepth 1 -delete ;;
esac
`;
}

/**
 * Renders the unit that makes the archives, once the apply starts it: with what the machine has left over of its processors and
 * disks, and so much memory that neither of its services is short of it. The services that it starts for that run as a user of
 * their own, without a network and with empty folders in place of the real ones.
 */
export function renderClassDataUnit(distribution: string): string {
  const empty = ["/opt", DATA_MOUNT, "/var/log", KAFKA_ETC, ZOOKEEPER_ETC].map((folder) => `${folder}:mode=0777`);
  return [
    unitSection("Unit", [
      ["Description", "Archives of the classes of Kafka and ZooKeeper"],
      // One that has failed is no state of the machine's: the journal has it.
      ["CollectMode", "inactive-or-failed"],
    ]),
    unitSection("Service", [
      ["Type", "oneshot"],
      ["DynamicUser", "true"],
      ["CacheDirectory", WORK],
      ["ExecCondition", `+${CLASS_DATA_SCRIPT} wanted`],
      ["ExecStart", `${CLASS_DATA_SCRIPT} record`],
      ["ExecStart", `+${CLASS_DATA_SCRIPT} keep`],
      ["ExecStopPost", `+${CLASS_DATA_SCRIPT} clear`],
      ["TimeoutStartSec", String(TIMEOUT_S)],
      ["CPUSchedulingPolicy", "idle"],
      // Where control groups share the processors, a policy is for those in one group.
      ["CPUWeight", "idle"],
      ["IOSchedulingClass", "idle"],
      ["MemoryMax", `${MEMORY_MIB}M`],
      // Where memory ends all the same, it goes first.
      ["OOMScoreAdjust", "1000"],
      ["OOMPolicy", "kill"],
      ["PrivateNetwork", "true"],
      ["TemporaryFileSystem", empty.join(" ")],
      ["BindReadOnlyPaths", `/opt/${distribution}`],
      ...sandbox([]),
    ]),
  ].join("\n");
}
