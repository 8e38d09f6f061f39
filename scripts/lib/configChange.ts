import { type EncodedChange, RESOURCE_TYPES } from "./adminProtocol.ts";
import { UserError } from "./report.ts";

/** A change of which it is not known whether it was made: the answer is missing, or was an error of the whole request. */
export class NoAnswer extends UserError {}

/** What has dynamic configs; `brokers` is the default of all brokers. */
export type ConfigResource =
  | { readonly type: "topic"; readonly name: string }
  | { readonly type: "broker"; readonly id: number }
  | { readonly type: "brokers" };

/** Changes of one resource's dynamic configs; those not named stay as they are. */
export interface ConfigChange {
  readonly resource: ConfigResource;
  readonly set?: Readonly<Record<string, string>>;
  /** Names of configs that are taken away, so that the default is in force; one that is not set is no error. */
  readonly remove?: readonly string[];
}

/** Groups changes by the broker that takes them: a broker changes its own configs only, the controller all others. */
export function byReceiver(changes: readonly ConfigChange[]): Map<number | undefined, ConfigChange[]> {
  const groups = new Map<number | undefined, ConfigChange[]>();
  for (const change of changes) {
    const brokerId = change.resource.type === "broker" ? change.resource.id : undefined;
    groups.set(brokerId, [...(groups.get(brokerId) ?? []), change]);
  }
  return groups;
}

/** A change as the protocol has it. */
export function encode({ resource, set = {}, remove = [] }: ConfigChange): EncodedChange {
  return {
    resourceType: resource.type === "topic" ? RESOURCE_TYPES.topic : RESOURCE_TYPES.broker,
    resourceName: resource.type === "topic" ? resource.name : resource.type === "broker" ? String(resource.id) : "",
    configs: [
      ...Object.entries(set).map(([name, value]) => ({ name, value })),
      ...remove.map((name) => ({ name, value: undefined })),
    ],
  };
}

/** Says that a change was refused, and why. */
export function refusal({ resource, set = {}, remove = [] }: ConfigChange, reason: string): string {
  const names = [...Object.entries(set).map(([name, value]) => `${name} = ${value}`), ...remove].join(", ");
  return `${describe(resource)}: ${names} can't be changed: ${reason}`;
}

function describe(resource: ConfigResource): string {
  switch (resource.type) {
    case "topic":
      return `topic ${resource.name}`;
    case "broker":
      return `broker ${resource.id}`;
    case "brokers":
      return "default of all brokers";
    default:
      return resource satisfies never;
  }
}
