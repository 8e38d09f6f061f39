/** Which members can't reach each other, out of the connections that were tried. */
import type { Facts } from "./facts.ts";
import type { LinkFacts } from "./links.ts";
import type { LinkStatus, StatusProblem } from "./statusReport.ts";

/**
 * The links that can't be used although the other side is there: it answers when it is asked itself, or another member
 * reaches it at the same port. A service that is down is not cut off.
 */
export function cutLinks({ members, links }: Pick<Facts, "members" | "links">): LinkStatus[] {
  const isThere = ({ to, service, port }: LinkFacts): boolean => {
    const facts = members.find(({ member }) => member.name === to);
    const answer = service === "kafka" ? facts?.broker : facts?.server;
    if (answer && "value" in answer) return true;
    return links.some((other) => other.to === to && other.port === port && other.reason === null);
  };
  return links.flatMap((link) => {
    const { from, to, service, port, reason } = link;
    return reason !== null && isThere(link) ? [{ from, to, service, port, reason }] : [];
  });
}

/** One problem for each member that others can't reach or that can't reach them; a pair is told once. */
export function judgeCuts(cuts: readonly LinkStatus[]): StatusProblem[] {
  const problems: StatusProblem[] = [];
  let left = cuts;
  while (left.length > 0) {
    // Who is cut off from most explains most.
    const names = [...new Set(left.map(({ from }) => from)), ...new Set(left.map(({ to }) => to))];
    const [subject = ""] = names.sort((a, b) => peersOf(b, left).length - peersOf(a, left).length || (a < b ? -1 : 1));
    const own = left.filter(({ from, to }) => from === subject || to === subject);
    left = left.filter((link) => !own.includes(link));
    problems.push({
      kind: "cut",
      subject,
      text: peersOf(subject, own)
        .map((peer) => pairText(subject, peer, own))
        .join("; "),
      remedy:
        "let them reach each other at these ports (firewall rules, security groups, routes): until then writes with " +
        "acks=all can stand still, and elections fail",
    });
  }
  return problems;
}

function peersOf(name: string, links: readonly LinkStatus[]): string[] {
  const peers = links.flatMap(({ from, to }) => (from === name ? [to] : to === name ? [from] : []));
  return [...new Set(peers)].sort();
}

function pairText(a: string, b: string, links: readonly LinkStatus[]): string {
  const [there, back] = [
    links.filter(({ from, to }) => from === a && to === b),
    links.filter(({ from, to }) => from === b && to === a),
  ];
  const all = [...there, ...back];
  const ports = [...new Set(all.map(({ port }) => port))].join(", ");
  const who =
    back.length === 0
      ? `${a} can't reach ${b}`
      : there.length === 0
        ? `${b} can't reach ${a}`
        : `${a} and ${b} can't reach each other`;
  // That nothing comes back says more than what SSH says of a refusal.
  const { reason = "" } = all.find((link) => link.reason.includes("no answer")) ?? all[0] ?? {};
  return `${who} at ${ports} (${reason})`;
}
