import { list, record, type Rule } from "./rule.ts";
import { secretsIn } from "./secretText.ts";

/** Where a Command's text stands in plain: in the state, in a preview, in the process list of the deployer. */
const PLACES = ["create", "update", "delete"] as const;

/** What a Command is told in plain holds nothing secret: secrets go over standard input, which Pulumi encrypts. */
export const commandSecrets: Rule = {
  name: "no-secret-in-commands",
  description:
    "No private key, AWS key or password stands in the command line, the environment or the triggers of a Command.",
  check: ({ type, name, props, secrets = [] }) => {
    if (!type.startsWith("command:")) return [];
    const environment = Object.entries(record(props.environment) ?? {}).map(
      // User data has a policy of its own.
      ([key, value]) => [`environment.${key}`, key === "USER_DATA" ? "" : value] as const,
    );
    const triggers = list(props.triggers).map((value, index) => [`triggers[${index}]`, JSON.stringify(value)] as const);
    const places = PLACES.map((place) => [place, props[place]] as const);
    return [...places, ...environment, ...triggers].flatMap(([path, text]) => {
      const isSecret = secrets.some((secret) => secret === path || path.startsWith(`${secret}.`));
      const found = [...(typeof text === "string" ? secretsIn(text) : []), ...(isSecret ? ["a Pulumi secret"] : [])];
      return found.map((what) => `${name}: ${path} holds ${what}; hand it over on standard input (stdin)`);
    });
  },
};
