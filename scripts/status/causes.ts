import type { MemberStatus, ServiceStatus } from "./statusReport.ts";

/** The command that writes a member's files anew, starts its services and waits until they are healthy. */
export function applyAgain(member: string): string {
  return `npm run up -- --replace '**${member}-apply'`;
}

/** Whether a service is known not to run: what follows from that is no problem of its own. */
export function isDown(members: readonly MemberStatus[], name: string, service: ServiceStatus["service"]): boolean {
  const states = members.find((member) => member.name === name)?.services ?? [];
  return states.some((each) => each.service === service && each.state !== null && each.state !== "active");
}
