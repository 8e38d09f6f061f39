import { type BrokerProperties } from "./brokerProperties.ts";
import { brokerDefinitions, type Definitions, topicDefinitions } from "./definitions.ts";
import type { Problem } from "./problem.ts";

/** What Kafka can be asked about on another computer than the broker's: what is only there is left to the broker. */
export function withoutWhatIsElsewhere(
  definitions: Definitions,
  properties: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key, value]) =>
        // A provider reads files of the broker's, and a plug-in's class is in jars of the broker's.
        !key.startsWith("config.providers") && !value.includes("${") && definitions[key]?.type !== "class",
    ),
  );
}

/**
 * The problem that Kafka sees in a whole configuration: under the first property that its sentence names and the user has
 * set, with the values of all that it names. A topic's config stands for the broker's property that is its default.
 *
 * @param reason Kafka's own sentence
 * @param effective gives the whole server.properties
 * @param stated the user's own properties
 */
export function kafkasRefusal(
  version: string,
  reason: string,
  effective: Readonly<Record<string, string>>,
  stated: BrokerProperties,
): Problem {
  const definitions = brokerDefinitions(version);
  const topics = topicDefinitions(version);
  const words = (reason.match(/[a-z\d-]+(\.[a-z\d-]+)+/g) ?? []).map((word) =>
    Object.hasOwn(definitions, word) ? word : (topics[word]?.broker ?? word),
  );
  const named = [...new Set(words)].filter((word) => Object.hasOwn(definitions, word));
  const valueOf = (key: string): string => effective[key] ?? definitions[key]?.default ?? "not set";
  const key = named.find((name) => Object.hasOwn(stated, name)) ?? named[0];
  const shown = named.filter((name) => definitions[name]?.type !== "password");
  const values = shown.map((name) => `${name} is ${valueOf(name)}`).join(", ");
  return {
    key: key === undefined ? "brokerProperties" : `brokerProperties.${key}`,
    value: key === undefined || definitions[key]?.type === "password" ? "(hidden)" : (stated[key] ?? valueOf(key)),
    allowed: `what Kafka ${version} itself takes at its start; it says: ${reason}${values === "" ? "" : ` (${values})`}`,
  };
}
