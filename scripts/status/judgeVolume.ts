import type { MemberStatus, StatusProblem } from "./statusReport.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/**
 * What a data volume has left at least when it is not full, in bytes. A batch of messages of the largest size that users
 * set, a ZooKeeper server's next piece of transaction log (64 MiB, preallocated) still find room.
 */
const FULL_BELOW = 64 * MIB;

/** Whether nothing more can be written to a member's data volume, so that its services end and can't be started. */
export function isFull({ volume }: Pick<MemberStatus, "volume">): boolean {
  // A volume that is hardly larger than that is judged by its use alone.
  return volume !== null && volume.available < Math.min(FULL_BELOW, volume.size / 100);
}

/** `, and its data volume is full` as the cause of something; nothing where it is not. */
export function fullCause(members: readonly MemberStatus[], name: string): string {
  return members.some((member) => member.name === name && isFull(member)) ? ", and its data volume is full" : "";
}

/** The remedy for what follows from a full volume. */
export const ROOM_FIRST = "make room on the data volume first (above), then npm run up";

/** Full volumes, which are the cause of all that follows. */
export function judgeFull(members: readonly MemberStatus[]): StatusProblem[] {
  return members.filter(isFull).map(({ name: subject, volume }) => ({
    kind: "disk",
    subject,
    text: `the data volume is full: ${size(volume?.used)} of ${size(volume?.size)} are used, ${size(volume?.available)} are left`,
    remedy:
      "enlarge the volume and npm run up; or take away, while the brokers run, a topic that nobody needs, or old messages " +
      "(a shorter retention.ms or retention.bytes of the topic)",
  }));
}

/** Volumes that fill up, and none at all. */
export function judgeVolume({ name: subject, volume, unknown }: MemberStatus, diskPercent: number): StatusProblem[] {
  if (unknown.length === 0 && !volume) {
    const text = "no data volume is mounted";
    return [{ kind: "disk", subject, text, remedy: "attach the volume and restart the machine" }];
  }
  if (!volume || volume.usedPercent < diskPercent || isFull({ volume })) return [];
  const text = `the data volume is used to ${volume.usedPercent} %, the limit is ${diskPercent} %`;
  const remedy = "a larger volume, or a shorter retention (log.retention.hours, log.retention.bytes)";
  return [{ kind: "disk", subject, text, remedy }];
}

function size(bytes = 0): string {
  return bytes < GIB ? `${Math.floor(bytes / MIB)} MiB` : `${(bytes / GIB).toFixed(1)} GiB`;
}
