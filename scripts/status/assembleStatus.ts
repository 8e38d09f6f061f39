import type { Service } from "../../model/render/nodeFile.ts";
import { kafkaStatus } from "./assembleKafka.ts";
import { cutLinks } from "./cuts.ts";
import type { Facts, MemberFacts, ServiceFacts } from "./facts.ts";
import { versionOf } from "./machineFacts.ts";
import type { ClusterStatus, MemberStatus, ServiceStatus, ZooKeeperStatus } from "./statusReport.ts";

const HOUR_MS = 3_600_000;
/** How long before its end another authority should take over, in hours: a year, as long as what it signs by default. */
const AUTHORITY_HOURS = 365 * 24;

/** Makes of what was asked what is shown. */
export function assemble(facts: Facts): ClusterStatus {
  return {
    stack: facts.stack,
    security: facts.security,
    certificates: facts.certificates
      .map(({ name, ends, earlyRenewalHours }) => ({
        name,
        ends: new Date(ends).toISOString(),
        due: facts.takenAt >= ends - (earlyRenewalHours || AUTHORITY_HOURS) * HOUR_MS,
        isAuthority: earlyRenewalHours === 0,
      }))
      .sort((a, b) => a.ends.localeCompare(b.ends)),
    takenAt: new Date(facts.takenAt).toISOString(),
    unfinished: facts.unfinished,
    members: facts.members.map(memberStatus),
    cuts: cutLinks(facts),
    kafka: kafkaStatus(facts),
    zookeeper: zookeeperStatus(facts.members),
  };
}

function memberStatus(facts: MemberFacts): MemberStatus {
  const { member, ssh, machine, differences } = facts;
  const said = "value" in machine ? machine.value : { services: [], volume: null };
  const { volume } = said;
  return {
    name: member.name,
    address: member.address,
    rack: member.rack ?? null,
    brokerId: member.brokerId ?? null,
    zookeeperId: member.zookeeperId ?? null,
    reachable: "value" in ssh,
    reason: "seen" in ssh ? ssh.seen : null,
    services: [...(member.apply?.startHashes ?? [])].map(([service, hash]) =>
      serviceStatus(
        service,
        hash,
        said.services.find((each) => each.service === service),
      ),
    ),
    volume: volume && {
      used: volume.used,
      available: volume.available,
      size: volume.size,
      // As df counts: what is kept for root is not to be had.
      usedPercent: Math.ceil((100 * volume.used) / Math.max(1, volume.used + volume.available)),
    },
    drift:
      "value" in differences
        ? differences.value.map(({ file, difference }) => ({ path: file.path, difference }))
        : null,
    unknown:
      "seen" in ssh
        ? []
        : [
            ...("seen" in machine ? [`its services and its data volume: ${machine.seen}`] : []),
            ...("seen" in differences ? [`its files: ${differences.seen}`] : []),
          ],
  };
}

function serviceStatus(service: Service, hash: string, said: ServiceFacts | undefined): ServiceStatus {
  const since = said?.since ?? null;
  return {
    service,
    state: said?.activeState ?? null,
    subState: said?.subState ?? null,
    end: said?.end ?? null,
    since: since === null ? null : new Date(since * 1000).toISOString(),
    version: versionOf(said?.home ?? null),
    startedWithDeployedFiles: said ? said.startedWith === hash : null,
    classData: said?.classData ?? null,
  };
}

function zookeeperStatus(members: readonly MemberFacts[]): ZooKeeperStatus {
  const servers = members.flatMap(({ member, server }) =>
    member.zookeeperId === undefined || !server ? [] : [{ id: member.zookeeperId, member: member.name, server }],
  );
  const roles = servers.flatMap(({ server }) => ("value" in server ? [server.value.role] : []));
  const leaders = roles.filter((role) => role === "leader" || role === "standalone");
  return {
    quorum: roles.length > servers.length / 2 && leaders.length === 1,
    servers: servers.map(({ server, ...named }) => ({
      ...named,
      role: "value" in server ? server.value.role : null,
      version: "value" in server ? server.value.version : null,
      reason: "seen" in server ? server.seen : null,
    })),
  };
}
