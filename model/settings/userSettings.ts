import ipaddr from "ipaddr.js";
import {
  ANY,
  CLUSTER_NAME,
  type Operation,
  OPERATIONS,
  type Permission,
  type PermissionResource,
  RESOURCE_OPERATIONS,
} from "../kafka/permissions.ts";
import { nearest } from "../kafka/suggestion.ts";
import type { SettingsReader } from "./settingsReader.ts";

/** A user that the stack looks after. */
export interface UserSettings {
  readonly name: string;
  /** Another number gives the user another password. @default 1 */
  readonly passwordGeneration: number;
  /** @default none: the user may log in and do nothing */
  readonly permissions: readonly Permission[];
}

/** The user of the program's own verification. */
export const VERIFICATION_USER = "verification";

/** What a user can't be called, and whose name it is. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  [VERIFICATION_USER, "the program's own user, which the verification works as"],
  ["kafka-broker", "the brokers and the deployer"],
  ["zookeeper", "ZooKeeper's servers"],
  ["ANONYMOUS", "what Kafka calls those who do not log in"],
  ["__proto__", "what Pulumi loses in outputs: every object of JavaScript has it"],
]);

const USER_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;

/** What a topic's name consists of, and so does the beginning of one. */
const TOPIC_LETTERS = /^[\w.-]{1,249}$/;

/** What ZooKeeper refuses in the name of a node: control characters, surrogates' and private use areas, specials. */
const NO_NODE_NAME = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

const RESOURCES = Object.keys(RESOURCE_OPERATIONS) as PermissionResource[];

/** Reads the setting `users`. What is wrong is reported as the reader does it. */
export function readUsers(top: SettingsReader): UserSettings[] {
  const names: string[] = [];
  return top.objects("users", ["name", "passwordGeneration", "permissions"]).map(([, reader]) => {
    demand(reader, "name");
    const name = reader.checked("name", "", (text) => userNameProblem(text, names));
    names.push(name);
    return {
      name,
      passwordGeneration: reader.integer("passwordGeneration", 1, 1_000_000, 1),
      permissions: reader
        .objects("permissions", ["resource", "name", "pattern", "operations", "hosts"])
        .map(([, permission]) => readPermission(permission)),
    };
  });
}

function readPermission(reader: SettingsReader): Permission {
  demand(reader, "resource");
  demand(reader, "operations");
  const given = reader.checked("resource", "", wordProblem(RESOURCES));
  // Undefined where it can't be used: what hangs on it is not judged then.
  const resource = RESOURCES.find((known) => known === given);
  if (resource !== undefined && resource !== "cluster") demand(reader, "name");
  const pattern = reader.oneOf("pattern", ["literal", "prefixed"], "literal");
  const name = reader.checked("name", resource === "cluster" ? CLUSTER_NAME : "", (text) =>
    resource === undefined ? undefined : resourceNameProblem(resource, text, pattern === "prefixed"),
  );
  if (resource === "cluster" && pattern === "prefixed") reader.report("pattern", "literal: there is one cluster only");
  const operations = reader.list("operations", "[Read, Describe]", operationProblem(resource));
  const hosts = reader.list("hosts", "[10.0.0.18]", hostProblem);
  if (reader.isList("hosts") && !reader.has("hosts")) reader.report("hosts", "at least one address; left out, any");
  return {
    resource: resource ?? "topic",
    name,
    pattern,
    operations: operations as Operation[],
    hosts: hosts.length > 0 ? hosts : [ANY],
  };
}

function demand(reader: SettingsReader, key: string): void {
  if (!reader.has(key)) reader.report(key, "a value: it has no default");
}

function userNameProblem(name: string, earlier: readonly string[]): string | undefined {
  if (!USER_NAME.test(name)) return "1 to 64 letters (A to Z), digits, '.', '_' or '-', and not '.' or '..'";
  const owner = RESERVED.get(name);
  if (owner !== undefined) return `another name: this is ${owner}`;
  return earlier.includes(name) ? "each user once" : undefined;
}

function wordProblem(words: readonly string[]): (text: string) => string | undefined {
  return (text) => {
    if (words.includes(text)) return undefined;
    const near = nearest(text, words);
    return `one of ${words.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`;
  };
}

function operationProblem(resource: PermissionResource | undefined): (text: string) => string | undefined {
  const [words, where] =
    resource === undefined ? [OPERATIONS, ""] : [RESOURCE_OPERATIONS[resource], `, which a ${resource} has`];
  return (text) => {
    const problem = wordProblem(words)(text);
    if (problem === undefined) return undefined;
    // A known operation is no slip of the pen.
    const known = (OPERATIONS as readonly string[]).includes(text);
    return known ? `one of ${words.join(", ")}${where}` : problem;
  };
}

/** The authorizer keeps the names of resources as names of nodes in ZooKeeper. */
function resourceNameProblem(resource: PermissionResource, name: string, prefixed: boolean): string | undefined {
  if (resource === "cluster") return name === CLUSTER_NAME ? undefined : `${CLUSTER_NAME}, or left out`;
  if (name === ANY)
    return prefixed ? `the beginning of names; pattern literal for ${ANY}, which is any name` : undefined;
  if (name.includes(ANY)) {
    const start = name.slice(0, name.indexOf(ANY));
    const instead = start === "" ? "the beginning of the names" : start;
    return `a name without '${ANY}'; for all that begin alike: ${instead}, with pattern prefixed`;
  }
  if (name === "." || name === "..") return "another name: ZooKeeper, which keeps permissions, can't keep this one";
  if (resource === "topic") {
    return TOPIC_LETTERS.test(name) ? undefined : `1 to 249 letters, digits, '.', '_' or '-', or ${ANY} for any name`;
  }
  return name.includes("/") || NO_NODE_NAME.test(name)
    ? `a name without '/' and control characters: ZooKeeper, which keeps permissions, can't keep it`
    : undefined;
}

function hostProblem(host: string): string | undefined {
  return host === ANY || ipaddr.IPv4.isValidFourPartDecimal(host)
    ? undefined
    : `an IPv4 address, for example 10.0.0.18, or ${ANY}: Kafka compares addresses, and no names or subnets`;
}
