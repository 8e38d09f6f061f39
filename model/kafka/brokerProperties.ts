import { brokerDefinitions, type Definition, type Definitions, topicDefinitions } from "./definitions.ts";
import { clusterProblems } from "./clusterLimits.ts";
import { heapProblems } from "./heapLimits.ts";
import type { Problem } from "./problem.ts";
import { refusal } from "./propertyValue.ts";
import { reservedReason, securityReason } from "./reservedProperties.ts";
import { nearest } from "./suggestion.ts";

/** Broker properties as they stand in stack configuration; each is written as `String(value)`. */
export type BrokerProperties = Readonly<Record<string, string | number | boolean>>;

const TEXT: Definition = { type: "string", update: "read-only" };
const FLAG: Definition = { type: "boolean", update: "read-only" };

/** What classes of Kafka's own read from a broker's properties beyond the broker's definition. */
const BEYOND: Definitions = {
  "allow.everyone.if.no.acl.found": FLAG,
  "authorizer.zookeeper.url": TEXT,
  "config.providers": { type: "list", update: "read-only" },
  "metrics.jmx.blacklist": TEXT,
  "metrics.jmx.exclude": TEXT,
  "metrics.jmx.include": TEXT,
  "metrics.jmx.whitelist": TEXT,
  "super.users": TEXT,
};

/** Properties whose value names classes that are handed all of the broker's properties, their own among them. */
const PLUGINS = [
  "alter.config.policy.class.name",
  "authorizer.class.name",
  "client.quota.callback.class",
  "create.topic.policy.class.name",
  "kafka.metrics.reporters",
  "metric.reporters",
  "principal.builder.class",
  "replica.selector.class",
  "sasl.login.callback.handler.class",
  "sasl.server.callback.handler.class",
  "ssl.engine.factory.class",
];

/**
 * Checks broker properties against Kafka's own definition of that version, and against the cluster.
 *
 * @param properties all that the brokers get apart from what the program sets: defaults and the user's over them
 * @param context brokerCount: number of brokers in the cluster; secured: whether the program secures them. @default
 * false; heap: the brokers' heap, for example `1g`. @default not looked at
 * @returns the problems in the order of the properties, those between properties after them
 * @throws SettingsError for a version that is not supported
 */
export function checkBrokerProperties(
  version: string,
  properties: BrokerProperties,
  context: { readonly brokerCount: number; readonly secured?: boolean; readonly heap?: string },
): Problem[] {
  const definitions = { ...brokerDefinitions(version), ...BEYOND };
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(properties)) {
    const owned = context.secured === true ? securityReason(key) : undefined;
    const allowed = owned ?? checkProperty(definitions, properties, key, value, version);
    if (allowed === undefined) continue;
    const secret = findDefinition(definitions, key)?.type === "password";
    problems.push({ key, value: secret ? "(hidden)" : value, allowed });
  }
  const refused = new Set(problems.map(({ key }) => key));
  const number = (key: string): number | undefined => {
    const value = refused.has(key) ? undefined : (properties[key] ?? definitions[key]?.default ?? undefined);
    return value === undefined ? undefined : Number(value);
  };
  const cleans = String(properties["log.cleaner.enable"] ?? true).toLowerCase() !== "false";
  const memory = heapProblems(number, Object.keys(properties), { heap: context.heap ?? "", cleans });
  return [...problems, ...clusterProblems(number, { version, brokerCount: context.brokerCount }), ...memory];
}

function checkProperty(
  definitions: Definitions,
  properties: BrokerProperties,
  key: string,
  value: string | number | boolean,
  version: string,
): string | undefined {
  const reserved = reservedReason(key);
  if (reserved !== undefined) return `not for brokerProperties: ${reserved}`;
  const definition = findDefinition(definitions, key);
  if (definition) return refusal(definition, value);
  if (isForPlugin(definitions, properties, key)) return refusal(TEXT, value);
  const topics = topicDefinitions(version);
  const ofBroker = Object.hasOwn(topics, key) ? topics[key]?.broker : undefined;
  if (ofBroker !== undefined) return `no such property of a broker: for a broker it is ${ofBroker}`;
  const meant = nearest(key, Object.keys(definitions));
  return `no such property in this version of Kafka${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

/** A property's definition, also of its form for one listener: `listener.name.NAME.PROPERTY` or with a mechanism. */
function findDefinition(definitions: Definitions, key: string): Definition | undefined {
  const [, forListener] = /^listener\.name\.[^.]+\.(.+)$/.exec(key) ?? [];
  if (forListener === undefined) return own(definitions, key);
  const [, forMechanism] = /^[a-z\d-]+\.(sasl\..+|connections\.max\.reauth\.ms)$/.exec(forListener) ?? [];
  return own(definitions, forListener) ?? (forMechanism === undefined ? undefined : own(definitions, forMechanism));
}

function own(definitions: Definitions, key: string): Definition | undefined {
  return Object.hasOwn(definitions, key) ? definitions[key] : undefined;
}

/**
 * Whether a property that Kafka does not define can be one of a plug-in: a parameter of a configuration provider or of
 * remote storage, or, when a plug-in is set, one whose first word no property of Kafka's has.
 */
function isForPlugin(definitions: Definitions, properties: BrokerProperties, key: string): boolean {
  const remoteStorage = ["remote.log.storage.manager.impl.prefix", "remote.log.metadata.manager.impl.prefix"]
    .map((name) => String(properties[name] ?? definitions[name]?.default ?? ""))
    .filter((prefix) => prefix !== "");
  if (["config.providers.", ...remoteStorage].some((prefix) => key.startsWith(prefix))) return true;
  const [word] = key.split(".", 1);
  const kafkas = Object.keys(definitions).some((name) => name.split(".", 1)[0] === word);
  return (
    !kafkas && key.includes(".") && word !== "listener" && PLUGINS.some((plugin) => Object.hasOwn(properties, plugin))
  );
}
