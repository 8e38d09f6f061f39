import { DATA_MOUNT, DATA_SETTINGS } from "./machinePaths.ts";
import { renderShellVariables } from "./shellVariables.ts";

/** A data volume as a block device of the machine. */
export interface BlockDevice {
  /** A path that names this very volume, for example `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123`. */
  readonly path: string;
  /** Its size in GiB: the device is waited for until it has at least so much, and the file system grows with it. */
  readonly sizeGiB: number;
}

/**
 * How long the device may take to show with its size, in seconds. It is attached once the machine runs, which takes EC2
 * seconds; a larger size shows within moments. cloud-init as a whole is given 10 minutes (scripts/lib/awaitCloudInit.ts).
 */
const DEVICE_TIMEOUT_S = 300;

/** How long a boot waits for the device before it goes on without, in seconds: long enough to notice, SSH comes anyway. */
const BOOT_TIMEOUT_S = 60;

/** Renders the settings of {@link DATA_VOLUME_SCRIPT}. */
export function renderDataSettings(device: BlockDevice): string {
  return renderShellVariables([
    ["DEVICE", device.path],
    ["SIZE_GIB", String(device.sizeGiB)],
  ]);
}

/**
 * The part of the install script that mounts the data volume where {@link DATA_SETTINGS} names a block device.
 *
 * XFS with noatime: Kafka's documentation, "Filesystem selection". A device is formatted once in its life: when blkid
 * finds nothing on it (blkid(8): exit code 2) and its beginning is zeros, as EC2 hands out new volumes. blkid alone would
 * not do, since it says the same of a device that it can't read and of an XFS with a damaged superblock. Whatever else is
 * on it, a half-made XFS included, is refused and left as it is.
 */
export const DATA_VOLUME_SCRIPT = `if [ -e ${DATA_SETTINGS} ]; then
  . ${DATA_SETTINGS}
  # It is attached after the boot, and a larger size shows some time after it was asked for.
  for ((second = 0; ; second++)); do
    size=$(blockdev --getsize64 "$DEVICE" 2>/dev/null || echo 0)
    [ "$size" -lt $((SIZE_GIB << 30)) ] || break
    seen="no such device"
    [ "$size" = 0 ] || seen="one of $size bytes"
    [ $second -lt ${DEVICE_TIMEOUT_S} ] || fail "waited ${DEVICE_TIMEOUT_S} s for $DEVICE with $SIZE_GIB GiB; seen instead: $seen"
    [ $((second % 10)) != 0 ] || say "waiting for $DEVICE with $SIZE_GIB GiB: $seen"
    sleep 1
  done
  device=$(readlink -f "$DEVICE")

  code=0
  found=$(blkid -p -o export "$device") || code=$?
  if [ $code = 2 ]; then
    # For blkid, what can't be read and what is damaged is nothing as well. A new volume holds zeros.
    cmp -s -n 1048576 "$device" /dev/zero ||
      fail "$DEVICE is not empty, but holds no file system that blkid knows, or can't be read. It is left as it is." \\
        "If nothing on it is needed: dd if=/dev/zero of=$DEVICE bs=1M count=1"
    say "formatting $DEVICE"
    mkfs.xfs -q "$device"
    code=0
    found=$(blkid -p -o export "$device") || code=$?
  fi
  kind=$(sed -n 's/^\\(PT\\)\\?TYPE=//p' <<<"$found" | head -n 1)
  [ $code = 0 ] && [ "$kind" = xfs ] ||
    fail "$DEVICE holds \${kind:-more than one signature} (blkid: exit code $code), not XFS. It is left as it is:" \\
      "give the member its own volume, or an empty one"
  uuid=$(sed -n 's/^UUID=//p' <<<"$found")

  ! mountpoint -q ${DATA_MOUNT} || [ "$(mountpoint -d ${DATA_MOUNT})" = "$(mountpoint -x "$device")" ] ||
    fail "another device than $DEVICE is mounted at ${DATA_MOUNT}"
  # Without the volume the machine still boots as far as SSH.
  line="UUID=$uuid ${DATA_MOUNT} xfs noatime,nofail,x-systemd.device-timeout=${BOOT_TIMEOUT_S} 0 0"
  touch /etc/fstab
  if ! grep -qxF "$line" /etc/fstab; then
    awk '$1 ~ /^#/ || $2 != "${DATA_MOUNT}"' /etc/fstab >/etc/fstab.new
    echo "$line" >>/etc/fstab.new
    mv /etc/fstab.new /etc/fstab
    # systemd would unmount what its former unit does not know.
    systemctl daemon-reload
  fi
  install -d ${DATA_MOUNT}
  # After a reboot, systemd may be just about to mount it.
  mountpoint -q ${DATA_MOUNT} || mount ${DATA_MOUNT} || mountpoint -q ${DATA_MOUNT} ||
    fail "the XFS on $DEVICE can't be mounted. It is left as it is; xfs_repair may help"
  xfs_growfs -d ${DATA_MOUNT} >/dev/null
fi
`;
