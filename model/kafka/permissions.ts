/** What users get permissions on, in the terms of the setting. */
export type PermissionResource = "topic" | "group" | "transactionalId" | "cluster";

/** Whether a name stands for itself, or for all that begin with it. */
export type PatternType = "literal" | "prefixed";

/** The operations there are, as Kafka prints them. */
export const OPERATIONS = [
  "Read",
  "Write",
  "Create",
  "Delete",
  "Alter",
  "Describe",
  "ClusterAction",
  "DescribeConfigs",
  "AlterConfigs",
  "IdempotentWrite",
  "All",
] as const;

/** See {@link OPERATIONS}. */
export type Operation = (typeof OPERATIONS)[number];

/**
 * Which operations are asked for on which resource; any other is never asked for.
 *
 * @see Kafka documentation, "Operations and Protocols on resources"; in Kafka's code `AclEntry.supportedOperations`
 */
export const RESOURCE_OPERATIONS: Readonly<Record<PermissionResource, readonly Operation[]>> = {
  topic: ["Read", "Write", "Create", "Delete", "Alter", "Describe", "DescribeConfigs", "AlterConfigs", "All"],
  group: ["Read", "Delete", "Describe", "All"],
  transactionalId: ["Write", "Describe", "All"],
  cluster: [
    "Create",
    "Alter",
    "Describe",
    "ClusterAction",
    "DescribeConfigs",
    "AlterConfigs",
    "IdempotentWrite",
    "All",
  ],
};

/** The one name that the resource `cluster` has. */
export const CLUSTER_NAME = "kafka-cluster";

/** Stands for every name in a literal pattern, and for every host. */
export const ANY = "*";

/** What a user may do with resources. */
export interface Permission {
  readonly resource: PermissionResource;
  /** Of one resource, the beginning of many, or {@link ANY}. @default of the cluster {@link CLUSTER_NAME} */
  readonly name: string;
  /** @default literal */
  readonly pattern: PatternType;
  /** At least one. */
  readonly operations: readonly Operation[];
  /** Addresses of the clients that it holds for. @default any */
  readonly hosts: readonly string[];
}

/** An access control list's single entry, as Kafka has it; also one that this program would not make. */
export interface AclBinding {
  readonly resource: PermissionResource | "delegationToken" | "user";
  readonly name: string;
  readonly pattern: PatternType;
  /** `User:orders`. */
  readonly principal: string;
  readonly host: string;
  readonly operation: Operation | "CreateTokens" | "DescribeTokens";
  readonly permissionType: "Allow" | "Deny";
}

/** Who a user is to Kafka's authorizer. */
export function principalOf(user: string): string {
  return `User:${user}`;
}

/** The bindings that give a user its permissions: each once, in an order that does not hang on that of the permissions. */
export function aclBindings(user: string, permissions: readonly Permission[]): AclBinding[] {
  const principal = principalOf(user);
  const bindings = permissions.flatMap(({ resource, name, pattern, operations, hosts }) =>
    operations.flatMap((operation) =>
      hosts.map((host): AclBinding => ({
        resource,
        name,
        pattern,
        principal,
        host,
        operation,
        permissionType: "Allow",
      })),
    ),
  );
  return unique(bindings).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** What is to add to the bindings that exist, and what to remove, until they are the wanted ones. */
export function compareBindings(
  wanted: readonly AclBinding[],
  existing: readonly AclBinding[],
): { add: AclBinding[]; remove: AclBinding[] } {
  const missingIn = (bindings: readonly AclBinding[], those: readonly AclBinding[]): AclBinding[] => {
    const keys = new Set(bindings.map(keyOf));
    return unique(those).filter((binding) => !keys.has(keyOf(binding)));
  };
  return { add: missingIn(existing, wanted), remove: missingIn(wanted, existing) };
}

/** A binding in words, for people: `Allow Read on topic orders from *`. */
export function describeBinding({ resource, name, pattern, host, operation, permissionType }: AclBinding): string {
  const those = pattern === "prefixed" ? `${resource}s that begin with ${name}` : `${resource} ${name}`;
  return `${permissionType} ${operation} on ${those} from ${host}`;
}

function unique(bindings: readonly AclBinding[]): AclBinding[] {
  return [...new Map(bindings.map((binding) => [keyOf(binding), binding])).values()];
}

function keyOf({ resource, name, pattern, principal, host, operation, permissionType }: AclBinding): string {
  return JSON.stringify([resource, name, pattern, principal, operation, host, permissionType]);
}
