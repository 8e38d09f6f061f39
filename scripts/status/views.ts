/** Finds brokers that see another cluster than the one that was asked about it. */
import { firstAndMore } from "../lib/named.ts";
import { keyOf } from "../lib/partitions.ts";
import type { Metadata } from "./brokerAnswers.ts";

/** Partitions that a sentence names. */
const NAMED = 3;

/**
 * In what a broker's view differs, one clause each; nothing where it sees the same. In-sync replicas are not compared: up
 * to Kafka 2.6 brokers learn of them seconds later.
 *
 * @param reference the controller's view
 */
export function viewDifferences(reference: Metadata, seen: Metadata): string[] {
  const controller = (id: number | null): string => (id === null ? "none" : `broker ${id}`);
  const gone = reference.brokerIds.filter((id) => !seen.brokerIds.includes(id));
  const more = seen.brokerIds.filter((id) => !reference.brokerIds.includes(id));
  const leaders = new Map(reference.partitions.map((each) => [keyOf(each), each.leader]));
  const others = seen.partitions.filter((each) => leaders.has(keyOf(each)) && leaders.get(keyOf(each)) !== each.leader);
  const known = new Set(seen.partitions.map(keyOf));
  const lacking = [...leaders.keys()].filter((key) => !known.has(key));
  const beyond = [...known].filter((key) => !leaders.has(key));
  return [
    ...(seen.controllerId === reference.controllerId
      ? []
      : [`takes ${controller(seen.controllerId)} for the controller, not ${controller(reference.controllerId)}`]),
    ...(gone.length === 0 ? [] : [`does not see broker ${gone.join(", ")}`]),
    ...(more.length === 0 ? [] : [`sees broker ${more.join(", ")}, which is gone`]),
    ...(others.length === 0 ? [] : [`knows other leaders of ${some(others.map(keyOf))}`]),
    ...(lacking.length === 0 ? [] : [`does not know ${some(lacking)}`]),
    ...(beyond.length === 0 ? [] : [`knows ${some(beyond)}, which ${beyond.length === 1 ? "is" : "are"} gone`]),
  ];
}

function some(names: readonly string[]): string {
  return firstAndMore(names, NAMED);
}
