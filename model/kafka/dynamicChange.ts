import type { Definitions } from "./definitions.ts";
import { reservedReason } from "./reservedProperties.ts";

/** What a change of a broker's properties asks of it while it runs. */
export type PropertyChange =
  /** It takes these values while it runs; empty when nothing differs. */
  | { readonly kind: "dynamic"; readonly set: Readonly<Record<string, string>> }
  /** It has to be restarted, because of these properties. */
  | { readonly kind: "restart"; readonly because: readonly string[] };

/**
 * Numbers of threads: a running broker takes at most twice as many, and at least half (Kafka, DynamicThreadPool and
 * LogCleaner, "must be at least half / at most double the current value").
 */
export const THREADS: readonly string[] = [
  "background.threads",
  "log.cleaner.threads",
  "num.io.threads",
  "num.network.threads",
  "num.recovery.threads.per.data.dir",
  "num.replica.fetchers",
];

/**
 * Tells whether a running broker can take a change of its properties: Kafka defines for each one whether it can be
 * updated on a broker (KafkaConfig's definition and DynamicBrokerConfig, read out of the version's own jars).
 *
 * A property that is taken away gets its default, since the running broker knows only the former value of its file.
 *
 * @param before what the broker runs with
 * @param after what it shall run with
 */
export function propertyChange(
  definitions: Definitions,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): PropertyChange {
  const set: Record<string, string> = {};
  const because: string[] = [];
  for (const key of Object.keys({ ...before, ...after }).sort()) {
    if (before[key] === after[key]) continue;
    const definition = definitions[key];
    const value = after[key] ?? definition?.default;
    // What the program sets itself, such as listeners, is for a restart.
    const isOurs = reservedReason(key) !== undefined;
    const isTaken =
      !isOurs &&
      definition !== undefined &&
      definition.update !== "read-only" &&
      isInReach(key, before[key] ?? definition.default, value);
    if (isTaken && value !== undefined && value !== null) set[key] = value;
    else because.push(key);
  }
  return because.length > 0 ? { kind: "restart", because } : { kind: "dynamic", set };
}

function isInReach(key: string, before: string | null | undefined, after: string | null | undefined): boolean {
  if (!THREADS.includes(key)) return true;
  const [from, to] = [Number(before), Number(after)];
  return to <= from * 2 && to >= from / 2;
}

/**
 * The numbers of threads between two, of which a running broker takes one after the other; none where it takes the last
 * one at once, or where either is no number.
 */
export function threadSteps(from: number, to: number): number[] {
  const steps: number[] = [];
  if (!(from >= 1) || !(to >= 1)) return steps;
  for (let now = from; to > now * 2 || to < now / 2; steps.push(now)) now = to > now ? now * 2 : Math.ceil(now / 2);
  return steps;
}
