/** What a broker has to be told so that what its file says is in force, whatever has been set while it ran. */
import kafkajs from "kafkajs";
import { type Definition, type Definitions } from "../../model/kafka/definitions.ts";
import { reservedReason } from "../../model/kafka/reservedProperties.ts";
import type { BrokerConfig } from "./clusterView.ts";

/** Where Kafka says a value comes from (DescribeConfigs, ConfigSource): the broker's own, or the default of all brokers. */
export const OWN: number = kafkajs.ConfigSource.DYNAMIC_BROKER_CONFIG;
const EVERYBODYS: number = kafkajs.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG;

/** Milliseconds of the units that Kafka has properties of one meaning in, which go before each other. */
const UNITS: readonly (readonly [suffix: string, milliseconds: bigint])[] = [
  [".hours", 3_600_000n],
  [".minutes", 60_000n],
];

/** What a broker has to be told. */
export interface Corrections {
  /** Values that it gets of its own, which go before the default of all brokers and before its file. */
  readonly set: Readonly<Record<string, string>>;
  /** Values of its own that it needs no more. */
  readonly remove: readonly string[];
  /** Names of the properties whose value in force changes by it. */
  readonly changed: readonly string[];
  /** Names of the program's values that the broker has of its own after that. */
  readonly kept: readonly string[];
  /** A sentence for each value that was otherwise, and for each one that can't be judged; never a secret. */
  readonly says: readonly string[];
}

/** What the settings and the machine say of a broker. */
export interface Stated {
  readonly definitions: Definitions;
  /** Its server.properties. */
  readonly file: Readonly<Record<string, string>>;
  /** Names of the properties that the program has let it take while it ran. */
  readonly ours: readonly string[];
  /** Whether it has just been started, and so has read its file. */
  readonly fresh: boolean;
}

/**
 * Compares what is in force at a broker with what its file says. What the file does not state stays as an operator has
 * set it.
 */
export function corrections(configs: readonly BrokerConfig[], stated: Stated): Corrections {
  const decisions = configs.flatMap((config) => decide(config, stated));
  const of = <K extends Decision["kind"]>(kind: K) =>
    decisions.filter((decision): decision is Extract<Decision, { kind: K }> => decision.kind === kind);
  return {
    set: Object.fromEntries(of("set").map(({ name, value }) => [name, value])),
    remove: of("remove").map(({ name }) => name),
    changed: [...of("set"), ...of("remove").filter(({ changes }) => changes)].map(({ name }) => name),
    kept: [...of("set"), ...of("keep")].map(({ name }) => name),
    says: decisions.flatMap(({ says = [] }) => says),
  };
}

type Decision = { readonly name: string; readonly says?: readonly string[] } & (
  | { readonly kind: "set"; readonly value: string }
  | { readonly kind: "remove"; readonly changes: boolean }
  | { readonly kind: "keep" }
  | { readonly kind: "say" }
);

function decide(config: BrokerConfig, { definitions, file, ours, fresh }: Stated): Decision[] {
  const { name, synonyms } = config;
  const own = synonyms.find(({ source }) => source === OWN);
  const everybodys = synonyms.find(({ source }) => source === EVERYBODYS);
  if (!own && !everybodys) return [];
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  const without = synonyms.find(({ source }) => source !== OWN);
  const next = without?.value ? inUnitOf(name, without.name, without.value) : "";
  /** Whether another value is in force without the broker's own. */
  const changes = definition ? !isSame(definition, own?.value, next) : own?.value !== without?.value;
  // log.retention.ms goes before log.retention.hours, its synonym.
  const line = [name, ...synonyms.map((synonym) => synonym.name)].find((key) => Object.hasOwn(file, key));
  if (line === undefined) {
    if (!own || !ours.includes(name)) return [];
    // The program's own, of a line that is gone: a default for all brokers is the operator's, and goes before none.
    if (fresh || everybodys) return [{ kind: "remove", name, changes }];
    return [{ kind: "keep", name }];
  }
  const isJudged = definition && definition.update !== "read-only" && reservedReason(name) === undefined;
  if (!isJudged || config.sensitive) return unjudged(name, own !== undefined, fresh);
  const wanted = inUnitOf(name, line, file[line] ?? "");
  const isWanted = (value: string | null | undefined): boolean => isSame(definition, value, wanted);
  const otherwise = own && !isWanted(own.value) ? [`it was ${own.value}, set beside the settings`] : [];
  if (without?.value && isWanted(next)) {
    if (!own) return [];
    const says = otherwise.map((why) => `${name} is ${wanted} again: ${why}`);
    return [{ kind: "remove", name, changes: otherwise.length > 0, says }];
  }
  if (own && otherwise.length === 0) return [{ kind: "keep", name }];
  const why = everybodys ? [`the default of all brokers, ${everybodys.value}, would go before its file`] : [];
  return [
    { kind: "set", name, value: wanted, says: [`${name}=${wanted} of its own: ${[...otherwise, ...why].join("; ")}`] },
  ];
}

/** A secret can't be compared, and what the program sets itself, such as listeners, is for a restart. */
function unjudged(name: string, isOwn: boolean, fresh: boolean): Decision[] {
  if (isOwn && fresh) return [{ kind: "remove", name, changes: true }];
  const whose = isOwn ? "this broker" : "all brokers";
  return [{ kind: "say", name, says: [`${name} was set for ${whose} while they ran, and goes before the settings`] }];
}

/** A value in milliseconds where its line has another unit; a negative number stands for no limit. */
function inUnitOf(name: string, line: string, value: string): string {
  const [, milliseconds] = UNITS.find(([suffix]) => name.endsWith(".ms") && line.endsWith(suffix)) ?? [];
  if (milliseconds === undefined || !/^[+-]?\d+$/.test(value.trim())) return value;
  const number = BigInt(value.trim().replace("+", ""));
  return String(number < 0n ? -1n : number * milliseconds);
}

/** Whether two texts are one value to Kafka: it writes `0.5` for `0.50` and `true` for `TRUE`. */
function isSame({ type }: Definition, a: string | null | undefined, b: string): boolean {
  if (a === null || a === undefined) return false;
  const [left, right] = [a.trim(), b.trim()];
  if (left === right) return true;
  if (type === "boolean") return left.toLowerCase() === right.toLowerCase();
  if (type === "list") return elements(left) === elements(right);
  // A long that differs from another one in its last digits alone is no value that anybody means.
  return ["double", "int", "long", "short"].includes(type) && left !== "" && Number(left) === Number(right);
}

function elements(list: string): string {
  return list
    .split(",")
    .map((element) => element.trim())
    .join(",");
}
