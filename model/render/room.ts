import { DATA_MOUNT, ROOM_SCRIPT, SERVICE_USER, ZOOKEEPER_DATA_DIR } from "./machinePaths.ts";

/**
 * Room that the ZooKeeper server keeps on a data volume that a broker shares, in MiB: two transaction logs (ZooKeeper's
 * preAllocSize, 64 MiB each) and snapshots. A snapshot is smaller than the heap; one of 10,000 partitions has some 10 MB.
 */
export const ROOM_MIB = 256;

/** How little free space, in MiB, is a full volume. */
const FULL_MIB = 32;

/**
 * Keeps room for the ZooKeeper server's log and snapshots on the data volume that it shares with a broker: a file that
 * takes it up, let go when the server has to start on a full volume. The broker then stays stopped until the file is back,
 * so what was let go is the server's alone. Each service runs it before it starts; it is run as root.
 *
 * A broker whose volume is full ends by itself (all log directories have failed); one that has not noticed yet is ended
 * before the file is let go, since it would take the room within moments.
 */
export const ROOM_SCRIPT_TEXT = `#!/bin/bash
# Room for the ZooKeeper server on the data volume that a broker shares: room make | zookeeper | kafka
set -euo pipefail
reserve=${ZOOKEEPER_DATA_DIR}/reserve
say() { echo "kafka-cluster room: $*" >&2; }
free() { df --output=avail -B1M ${DATA_MOUNT} | tail -n 1; }
# Both services of a machine that boots come at once.
exec 8>/run/kafka-cluster-room.lock
flock 8

make() {
  [ ! -e "$reserve" ] || return 0
  [ "$(free)" -ge ${ROOM_MIB + FULL_MIB} ] || return 1
  new=$(mktemp "$reserve.XXXXXX")
  # Not every file system can allocate without writing.
  if fallocate --length ${ROOM_MIB}MiB "$new" 2>/dev/null || dd if=/dev/zero of="$new" bs=1M count=${ROOM_MIB} status=none; then
    chown ${SERVICE_USER}:${SERVICE_USER} "$new"
    mv "$new" "$reserve"
  else
    rm -f "$new"
    return 1
  fi
}

case $1 in
  make) make || say "no room for $reserve on ${DATA_MOUNT}: $(free) MiB are free" ;;
  zookeeper)
    if [ "$(free)" -lt ${FULL_MIB} ] && [ -e "$reserve" ]; then
      say "${DATA_MOUNT} is full: the room kept for ZooKeeper is let go, and the broker stays stopped until there is room again"
      systemctl kill --signal=KILL kafka.service 2>/dev/null || true
      rm -f "$reserve"
    else
      make || true
    fi
    ;;
  kafka)
    if ! make || [ "$(free)" -lt ${FULL_MIB} ]; then
      say "${DATA_MOUNT} is full: $(free) MiB are free, and what ZooKeeper keeps is not the broker's." \\
        "It starts when the volume is larger, or something on it is deleted"
      exit 1
    fi
    ;;
esac
`;

/** A drop-in of a unit that looks after the room before the service starts; the next start takes it. */
export function renderRoomDropIn(service: "zookeeper" | "kafka"): string {
  // Without the unit's sandbox and user.
  return `[Service]\nExecStartPre=+${ROOM_SCRIPT} ${service}\n`;
}
