import { applyAgain, isDown } from "./causes.ts";
import { judgeCuts } from "./cuts.ts";
import { judgeKafka } from "./judgeKafka.ts";
import { fullCause, judgeFull, judgeVolume, ROOM_FIRST } from "./judgeVolume.ts";
import type { CertificateStatus, ClusterStatus, MemberStatus, StatusProblem, ZooKeeperStatus } from "./statusReport.ts";
import { unfinishedText } from "./unfinishedUpdate.ts";

/** Certificates that a line names. */
const NAMED = 3;

/** What is judged by a number of the operator's. */
export interface Limits {
  /** Use of a data volume, in percent, from which on it is a problem. */
  readonly diskPercent: number;
}

/** Finds what keeps a cluster from being healthy: the causes before what follows from them. */
export function judge(status: ClusterStatus, limits: Limits): StatusProblem[] {
  return [
    ...judgeFull(status.members),
    ...status.members.flatMap((member) => judgeMember(member, limits)),
    ...judgeCuts(status.cuts),
    ...status.members.flatMap((member) => judgeDrift(member, status.kafka.deployedVersion)),
    ...judgeZooKeeper(status.zookeeper, status.members),
    ...judgeKafka(status),
    ...judgeCertificates(status),
    ...judgeUpdate(status),
  ];
}

/** What follows from an update that broke off is seen on members and brokers: it comes after that. */
function judgeUpdate({ unfinished }: ClusterStatus): StatusProblem[] {
  if (unfinished.length === 0) return [];
  const text = `the last update has not ended: ${unfinishedText(unfinished)}`;
  const remedy = "npm run up goes on with it, or undoes what of it was taken out of the configuration";
  return [{ kind: "update", subject: "stack", text, remedy }];
}

function judgeCertificates({ certificates, takenAt }: ClusterStatus): StatusProblem[] {
  const due = certificates.filter((certificate) => certificate.due);
  const problem = (found: readonly CertificateStatus[], what: string, remedy: string): StatusProblem[] => {
    const [first] = found;
    if (!first) return [];
    const names = found.slice(0, NAMED).map(({ name }) => name);
    const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : "";
    const when = first.ends <= takenAt ? "ended" : "ends";
    const text = `${what}: ${names.join(", ")}${more}; the first one ${when} on ${first.ends}`;
    return [{ kind: "certificate", subject: "certificates", text, remedy }];
  };
  return [
    ...problem(
      due.filter(({ isAuthority }) => !isAuthority),
      "certificates are to be renewed",
      "npm run up renews them",
    ),
    ...problem(
      due.filter(({ isAuthority }) => isAuthority),
      "authorities end within a year",
      "let another one take over, in three updates (docs/operations/security.md)",
    ),
  ];
}

function judgeMember(member: MemberStatus, { diskPercent }: Limits): StatusProblem[] {
  const { name: subject, address } = member;
  if (!member.reachable) {
    const remedy = "npm run up: it makes a machine again that is gone, and locally starts one that is stopped";
    return [{ kind: "unreachable", subject, text: `${address} can't be reached over SSH (${member.reason})`, remedy }];
  }
  const problems: StatusProblem[] = member.unknown.map((text) => ({
    kind: "unknown",
    subject,
    text: `the machine did not tell ${text}`,
    remedy: "run it again; if it stays so, look at the machine's load and its disk",
  }));
  for (const { service, state, subState, end } of member.services) {
    if (state === null || state === "active") continue;
    const full = fullCause([member], subject);
    const up = full ? ROOM_FIRST : "npm run up: it brings up first what is down";
    problems.push({
      kind: "service",
      subject,
      text: `${service} does not run (${state}, ${subState}${end === null ? "" : `, ended by ${end}`}${full})`,
      remedy:
        end === null || full ? up : `see what \`journalctl --unit=${service}\` on ${subject} ends with, then ${up}`,
    });
  }
  return [...problems, ...judgeVolume(member, diskPercent)];
}

function judgeDrift({ name: subject, services, drift }: MemberStatus, deployed: string): StatusProblem[] {
  const remedy = applyAgain(subject);
  const problems = (drift ?? []).map(({ path, difference }): StatusProblem => {
    const text =
      difference === "missing" ? `${path} is missing` : `${path} has another ${difference} than the one deployed`;
    return { kind: "drift", subject, text, remedy };
  });
  for (const { service, state, startedWithDeployedFiles, version } of services) {
    if (state !== "active") continue;
    if (startedWithDeployedFiles === false) {
      const text = `${service} was started with other files than those deployed`;
      problems.push({ kind: "drift", subject, text, remedy });
    }
    if (version !== null && version !== deployed) {
      const text = `${service} runs from the distribution of Kafka ${version}, deployed is ${deployed}`;
      problems.push({ kind: "drift", subject, text, remedy });
    }
  }
  return problems;
}

function judgeZooKeeper({ quorum, servers }: ZooKeeperStatus, members: readonly MemberStatus[]): StatusProblem[] {
  const problems: StatusProblem[] = [];
  const serving = servers.filter(({ role }) => role !== null);
  if (!quorum) {
    const leaders = servers.filter(({ role }) => role === "leader" || role === "standalone");
    const text = `no quorum: ${serving.length} of ${servers.length} servers serve, ${leaders.length} of them as leader`;
    const remedy = "start the servers that don't serve: brokers can't elect leaders without a quorum";
    problems.push({ kind: "quorum", subject: "zookeeper", text, remedy });
  }
  for (const { id, member, role, reason } of servers) {
    if (role !== null || isDown(members, member, "zookeeper")) continue;
    const full = fullCause(members, member);
    const text = `ZooKeeper server ${id} does not serve (${reason}${full})`;
    const remedy = full ? ROOM_FIRST : `look at /var/log/zookeeper/zookeeper.log on ${member}`;
    problems.push({ kind: "zookeeper", subject: member, text, remedy });
  }
  return problems;
}
