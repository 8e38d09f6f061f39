/** Whether two texts are the same value to Kafka, which gives back numbers, lists and booleans in a form of its own. */
export function sameConfig(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && canonical(a) === canonical(b);
}

function canonical(text: string): string {
  const value = text.trim();
  if (/^[+-]?\d+$/.test(value)) return String(BigInt(value.replace("+", "")));
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return String(Number(value));
  if (/^(true|false)$/i.test(value)) return value.toLowerCase();
  return value.replaceAll(/\s*,\s*/g, ",");
}

/** Whether another value of a config can delete messages that a topic holds. */
export function shortens(config: string, from: string, to: string): boolean {
  switch (config) {
    case "cleanup.policy":
      return true;
    case "retention.ms":
    case "retention.bytes":
      return limit(to) < limit(from);
    case "unclean.leader.election.enable":
      return canonical(to) === "true";
    default:
      return false;
  }
}

/** -1 is no limit at all. */
function limit(text: string): number {
  const value = Number(text);
  return value < 0 ? Infinity : value;
}
