import { sameConfig, shortens } from "./topicConfigValues.ts";

/** Configs by name. */
export type Configs = Readonly<Record<string, string>>;

/** What a topic has to be. */
export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Configs;
}

/** What a topic is. */
export interface ActualTopic {
  /** Number of replicas of each partition. */
  readonly factors: readonly number[];
  /** Every config with the value that is in force. `own`: the topic itself has it, no broker and no default. */
  readonly configs: Readonly<Record<string, { readonly value: string; readonly own: boolean }>>;
}

/** One change of a topic that lives. */
export type TopicStep =
  | { readonly kind: "configs"; readonly set: Configs; readonly remove: readonly string[] }
  | { readonly kind: "replicas"; readonly from: readonly number[]; readonly to: number }
  | { readonly kind: "partitions"; readonly from: number; readonly to: number };

/** How a topic becomes what is wanted, or why it can't. */
export interface TopicPlan {
  /** Sentences; when there is one, nothing is to be done. */
  readonly refusals: readonly string[];
  /** In the order in which they keep the topic writable. */
  readonly steps: readonly TopicStep[];
  /** Configs of the topic that somebody else has set: they stay. */
  readonly left: Configs;
}

/**
 * Plans the changes of a topic that exists.
 *
 * @param before configs that the program has set; undefined when it has not looked after the topic until now
 */
export function topicChanges(actual: ActualTopic, wanted: WantedTopic, before: Configs | undefined): TopicPlan {
  const own = Object.entries(actual.configs).filter(([name, { own }]) => own && !Object.hasOwn(wanted.configs, name));
  // A value that is not the program's any more is somebody else's.
  const [ours, others] = [true, false].map((isOurs) =>
    own.filter(([name, { value }]) => sameConfig(before?.[name], value) === isOurs),
  );
  const set = Object.entries(wanted.configs).filter(([name, value]) => {
    const now = actual.configs[name];
    return !now?.own || !sameConfig(now.value, value);
  });
  return {
    refusals: [...partitionRefusals(actual, wanted), ...(before ? [] : adoptionRefusals(actual, wanted))],
    steps: inOrder(actual.factors, wanted, {
      set: Object.fromEntries(set),
      remove: (ours ?? []).map(([name]) => name),
    }),
    left: Object.fromEntries((others ?? []).map(([name, { value }]) => [name, value])),
  };
}

function partitionRefusals(actual: ActualTopic, { name, partitions }: WantedTopic): string[] {
  const has = actual.factors.length;
  if (has <= partitions) return [];
  return [
    `topic ${name} has ${has} partitions and ${partitions} are wanted: Kafka takes no partition away; ` +
      `set partitions to ${has}, or name another topic`,
  ];
}

/** What would lose messages of a topic that somebody else has filled is not the program's to decide. */
function adoptionRefusals(actual: ActualTopic, { name, configs }: WantedTopic): string[] {
  return Object.entries(configs).flatMap(([config, value]) => {
    const now = actual.configs[config]?.value;
    if (now === undefined || sameConfig(now, value) || !shortens(config, now, value)) return [];
    return [
      `topic ${name} exists with ${config} = ${now} and ${value} is wanted, which can delete messages that are there: ` +
        `take it over with ${now} and change that in a later update, or set it by hand before`,
    ];
  });
}

/**
 * A topic must not ask for more in-sync replicas than it has: configs change after replicas that come, and before those
 * that go.
 */
function inOrder(
  factors: readonly number[],
  wanted: WantedTopic,
  { set, remove }: { readonly set: Configs; readonly remove: readonly string[] },
): TopicStep[] {
  const configs: TopicStep[] = Object.keys(set).length + remove.length > 0 ? [{ kind: "configs", set, remove }] : [];
  const from = [...new Set(factors)].sort((a, b) => a - b);
  const grows = from.some((factor) => factor < wanted.replicationFactor);
  return [
    ...(grows ? [] : configs),
    ...(from.some((factor) => factor !== wanted.replicationFactor)
      ? [{ kind: "replicas", from, to: wanted.replicationFactor } as const]
      : []),
    ...(grows ? configs : []),
    // After the replicas: Kafka gives new partitions as many as the first one has.
    ...(factors.length < wanted.partitions
      ? [{ kind: "partitions", from: factors.length, to: wanted.partitions } as const]
      : []),
  ];
}
