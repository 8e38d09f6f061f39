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
import { USERS } from "./securityTable.ts";
import { NO_DEFAULT } from "./setting.ts";
import type { Check, SettingsReader } from "./settingsReader.ts";
import type { SettingsTable } from "./settingsTable.ts";

/** A user that the stack looks after. */
export interface UserSettings {
  readonly name: string;
  /** Another number gives the user another password. */
  readonly passwordGeneration: number;
  /** With none the user may log in and do nothing. */
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

/** What a topic's name consists of, and so does the beginning of one. */
const TOPIC_LETTERS = /^[\w.-]{1,249}$/;

/** What ZooKeeper refuses in the name of a node: control characters, surrogates' and private use areas, specials. */
const NO_NODE_NAME = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;

const PERMISSION = USERS.keys.permissions.keys;

/** Reads the setting `users`. What is wrong is reported as the reader does it. */
export function readUsers(top: SettingsReader<SettingsTable>): UserSettings[] {
  const names: string[] = [];
  return top.objects("users").map(([, reader]) => {
    reader.demand();
    const name = reader.text("name", (text, form) => userNameProblem(text, form, names));
    names.push(name);
    return {
      name,
      passwordGeneration: reader.integer("passwordGeneration"),
      permissions: reader.objects("permissions").map(([, permission]) => readPermission(permission)),
    };
  });
}

function readPermission(reader: SettingsReader<typeof PERMISSION>): Permission {
  reader.demand();
  const given = reader.text("resource", wordProblem(PERMISSION.resource.words));
  // Undefined where it can't be used: what hangs on it is not judged then.
  const resource = PERMISSION.resource.words.find((known) => known === given);
  if (resource !== undefined && resource !== "cluster" && !reader.has("name")) reader.report("name", NO_DEFAULT);
  const pattern = reader.oneOf("pattern");
  const name = reader.text(
    "name",
    (text, form) =>
      resource === undefined ? undefined : resourceNameProblem(resource, text, form, pattern === "prefixed"),
    resource === "cluster" ? CLUSTER_NAME : "",
  );
  if (resource === "cluster" && pattern === "prefixed") reader.report("pattern", "literal: there is one cluster only");
  const operations = reader.list("operations", operationProblem(resource));
  const hosts = reader.list("hosts", hostProblem);
  if (reader.isList("hosts") && !reader.has("hosts")) reader.report("hosts", "at least one address; left out, any");
  return {
    resource: resource ?? "topic",
    name,
    pattern,
    operations: operations as Operation[],
    hosts: hosts.length > 0 ? hosts : [ANY],
  };
}

function userNameProblem(name: string, form: string, earlier: readonly string[]): string | undefined {
  if (!USERS.keys.name.pattern.test(name)) return form;
  const owner = RESERVED.get(name);
  if (owner !== undefined) return `another name: this is ${owner}`;
  return earlier.includes(name) ? "each user once" : undefined;
}

function wordProblem(words: readonly string[]): Check {
  return (text, form) => {
    if (words.includes(text)) return undefined;
    const near = nearest(text, words);
    return `${form}${near === undefined ? "" : `; did you mean ${near}?`}`;
  };
}

function operationProblem(resource: PermissionResource | undefined): Check {
  if (resource === undefined) return wordProblem(OPERATIONS);
  const words = RESOURCE_OPERATIONS[resource];
  const form = `one of ${words.join(", ")}`;
  return (text) => {
    const problem = wordProblem(words)(text, form);
    if (problem === undefined) return undefined;
    // A known operation is no slip of the pen.
    const known = (OPERATIONS as readonly string[]).includes(text);
    return known ? `${form}, which a ${resource} has` : problem;
  };
}

/** The authorizer keeps the names of resources as names of nodes in ZooKeeper. */
function resourceNameProblem(
  resource: PermissionResource,
  name: string,
  form: string,
  prefixed: boolean,
): string | undefined {
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
    return TOPIC_LETTERS.test(name) ? undefined : form;
  }
  return name.includes("/") || NO_NODE_NAME.test(name)
    ? `a name without '/' and control characters: ZooKeeper, which keeps permissions, can't keep it`
    : undefined;
}

function hostProblem(host: string, form: string): string | undefined {
  return host === ANY || ipaddr.IPv4.isValidFourPartDecimal(host) ? undefined : form;
}
