import type { KafkaVersion } from "../../model/kafka/versions.ts";
import { recordFiles } from "../../model/render/classDataRecording.ts";
import { CLASS_PATH_SCRIPT } from "../../model/render/installScript.ts";

/** What of the image a JVM, bash and `ip` need; the rest would only take memory. Names may be patterns. */
const IMAGE_PARTS = ["bin", "sbin", "lib", "lib64", "etc", "usr/bin", "usr/sbin", "usr/lib64", "usr/lib/jvm"];
const IMAGE_LIBRARIES = "usr/lib/*-linux-gnu*";

/** Where the services' files are inside, and what comes of it. */
const FILES = "/class-data";

/**
 * Bash program for namespaces of its own: a root folder in memory, of the image's JVM and the distribution, in which
 * the recording runs. It is the namespaces' first process: with its end all of it is gone. It ends at the latest when
 * standard input does, which its starter holds open.
 *
 * Arguments: a folder, the image's squashfs, the distribution's archive and its name. In the folder, `root` is mounted over,
 * `files` has the {@link setupFiles}, and `made` gets the archives.
 */
export const ROOT_SCRIPT = `set -euo pipefail
folder=$1 image=$2 archive=$3 name=$4
root=$folder/root
inside() { chroot "$root" /usr/bin/env -i --chdir=${FILES} PATH=/usr/sbin:/usr/bin LC_ALL=C /usr/bin/bash "$@"; }
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
  inside ${FILES}/prepare "$name"
  inside ${FILES}/record "$name" $(cat "$root${FILES}/phases")
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

/** Bash program that runs inside before the recording: what a machine has of systemd and of the install script. */
const PREPARE_SCRIPT = `set -euo pipefail
ip link set lo up
home=/opt/$1
${CLASS_PATH_SCRIPT}`;

/** The files that {@link ROOT_SCRIPT} takes in, by their names. */
export function setupFiles(release: KafkaVersion): Record<string, string> {
  return { ...recordFiles(release, FILES), prepare: PREPARE_SCRIPT };
}
