import { DATA_VOLUME_SCRIPT } from "./dataVolume.ts";
import { HOST_SCRIPT, OWN_KERNEL_FUNCTION } from "./hostTuning.ts";
import { CLASS_PATH_FILE } from "./javaCommand.ts";
import type { Service } from "./nodeFile.ts";
import {
  CLASS_DATA_SCRIPT,
  DATA_MOUNT,
  DATA_SETTINGS,
  INSTALL_SETTINGS,
  KAFKA_ETC,
  KAFKA_LOG_DIR,
  ROOM_SCRIPT,
  SERVICE_USER,
  ZOOKEEPER_DATA_DIR,
} from "./machinePaths.ts";
import { renderShellVariables } from "./shellVariables.ts";

/** What the install script is told; it reads them from {@link INSTALL_SETTINGS}. */
export interface InstallSettings {
  /** Top folder of the archive, and the folder below /opt. */
  readonly distribution: string;
  /** What curl can read. */
  readonly url: string;
  /** SHA-512 in hexadecimal. */
  readonly sha512: string;
  readonly services: readonly Service[];
  /** The server's id in the ensemble; absent on a machine without ZooKeeper. */
  readonly zookeeperId?: number;
}

/** Renders the settings as shell variables. */
export function renderInstallSettings(settings: InstallSettings): string {
  return renderShellVariables([
    ["DISTRIBUTION", settings.distribution],
    ["URL", settings.url],
    ["SHA512", settings.sha512],
    ["SERVICES", settings.services.join(" ")],
    ["MYID", settings.zookeeperId === undefined ? "" : String(settings.zookeeperId)],
  ]);
}

/**
 * How often apt-get is tried, 10 s apart: a fresh machine's own timers hold apt's lists for a minute or two, and
 * DPkg::Lock::Timeout (apt.conf(5), in seconds) covers dpkg's locks only.
 */
const APT_TRIES = 12;

/**
 * Writes the class path of the distribution in $home as an argument file for java. `libs/*` on the command line would be
 * in the order of the folder, which differs from file system to file system; class data hold for one class path only.
 */
export const CLASS_PATH_SCRIPT = `(
  LC_ALL=C IFS=:
  jars=("$home"/libs/*.jar)
  printf -- '-cp "%s"\\n' "\${jars[*]}" >"$home/.${CLASS_PATH_FILE}"
  mv "$home/.${CLASS_PATH_FILE}" "$home/${CLASS_PATH_FILE}"
)
`;

/**
 * The install script, the same text on every machine: packages, data volume, kernel and clock, user, folders,
 * distribution with its checksum, myid, units. It may run any number of times; cloud-init runs it at birth and the apply
 * Command after it has written files.
 */
export const INSTALL_SCRIPT_TEXT = `#!/bin/bash
# Installs what this machine's services need. Settings: ${INSTALL_SETTINGS}
set -euo pipefail
. ${INSTALL_SETTINGS}
say() { echo "kafka-cluster install: $*" >&2; }
fail() { say "$*"; exit 1; }
${OWN_KERNEL_FUNCTION}
# An apply that has lost its connection leaves one running.
exec 9>/run/kafka-cluster-install.lock
flock 9

id ${SERVICE_USER} >/dev/null 2>&1 ||
  useradd --system --user-group --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin ${SERVICE_USER}

packages=()
need() { command -v "$1" >/dev/null || packages+=("$2"); }
need java openjdk-17-jre-headless
need curl curl
[ ! -e ${DATA_SETTINGS} ] || need mkfs.xfs xfsprogs
! own_kernel || need chronyd chrony
if [ \${#packages[@]} -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  options=(-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  tries=0
  until apt-get "\${options[@]}" update &&
    apt-get "\${options[@]}" install --no-install-recommends "\${packages[@]}"; do
    [ $((++tries)) -lt ${APT_TRIES} ] || fail "apt-get could not install \${packages[*]}, tried $tries times"
    sleep 10
  done
fi

${DATA_VOLUME_SCRIPT}mountpoint -q ${DATA_MOUNT} || fail "no data volume is mounted at ${DATA_MOUNT}"

${HOST_SCRIPT}
# Unpacked beside its place and then renamed: a folder of that name is always whole.
home=/opt/$DISTRIBUTION
if [ "$(cat "$home/.sha512" 2>/dev/null || true)" != "$SHA512" ]; then
  new=$(mktemp -d /opt/.distribution.XXXXXX)
  trap 'rm -rf "$new"' EXIT
  curl -fsSL --retry 5 --retry-connrefused -o "$new/archive" "$URL" || fail "can't read $URL"
  echo "$SHA512  $new/archive" | sha512sum --check --status ||
    fail "the SHA-512 of $URL is $(sha512sum <"$new/archive" | cut -d' ' -f1), but $SHA512 is expected"
  tar --extract --file "$new/archive" --directory "$new" --no-same-owner
  [ -d "$new/$DISTRIBUTION/libs" ] || fail "$URL holds no folder $DISTRIBUTION/libs"
  echo "$SHA512" >"$new/$DISTRIBUTION/.sha512"
  # What runs keeps its open jars until it is restarted.
  [ ! -e "$home" ] || mv "$home" "$new/former"
  mv "$new/$DISTRIBUTION" "$home"
  rm -rf "$new"
fi
# One path on every machine and file system.
${CLASS_PATH_SCRIPT}ln -sfn "$home" /opt/kafka
[ ! -x ${CLASS_DATA_SCRIPT} ] || ${CLASS_DATA_SCRIPT} link

for service in $SERVICES; do
  install -d -o ${SERVICE_USER} -g ${SERVICE_USER} -m 0750 "/var/log/$service"
  case $service in
    kafka)
      install -d -o ${SERVICE_USER} -g ${SERVICE_USER} -m 0750 ${DATA_MOUNT}/kafka-logs
      ln -sfn ${DATA_MOUNT}/kafka-logs ${KAFKA_LOG_DIR}
      ln -sfn ${KAFKA_ETC}/server.properties "$home/config/server.properties"
      ;;
    zookeeper)
      install -d -o ${SERVICE_USER} -g ${SERVICE_USER} -m 0750 ${ZOOKEEPER_DATA_DIR}
      found=$(cat ${ZOOKEEPER_DATA_DIR}/myid 2>/dev/null || true)
      [ -z "$found" ] || [ "$found" = "$MYID" ] ||
        fail "the data volume belongs to ZooKeeper server $found, but this machine is server $MYID"
      echo "$MYID" >${ZOOKEEPER_DATA_DIR}/myid
      ;;
  esac
done

[ ! -x ${ROOM_SCRIPT} ] || ${ROOM_SCRIPT} make
systemctl daemon-reload
for service in $SERVICES; do
  systemctl is-enabled -q "$service" || systemctl enable -q "$service"
done
`;
