/** A resource as a rule sees it: what the engine is asked to make, or what a unit test has recorded. */
export interface CheckedResource {
  /** Type token, for example `aws:ebs/volume:Volume`. */
  readonly type: string;
  readonly name: string;
  /** Its inputs. */
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly protect: boolean };
  /** Paths of inputs that are Pulumi secrets; the engine does not tell a policy pack. @default none */
  readonly secrets?: readonly string[];
}

/** What the pack's configuration says of a rule. */
export type RuleConfig = Readonly<Record<string, unknown>>;

/** One rule: a pure function over a resource, so that unit tests and the policy pack run the same. */
export interface Rule {
  /** In kebab case: the key of the pack's configuration. */
  readonly name: string;
  /** One sentence that says what holds when the rule is kept. */
  readonly description: string;
  /** Settings that the pack's configuration may give. @default none */
  readonly settings?: Readonly<Record<string, { readonly type: "boolean"; readonly default: boolean }>>;
  /** Gives a message for each violation: the resource, what was found, the remedy. */
  readonly check: (resource: CheckedResource, config: RuleConfig) => readonly string[];
}

/** Tags by which the platforms tell rules what a resource is for. */
export const ROLE_TAG = "kafka-cluster:role";
export const PROTECT_TAG = "kafka-cluster:protect";

/** The value of a resource's tag, if it has it. */
export function tagOf(resource: CheckedResource, tag: string): unknown {
  return record(resource.props.tags)?.[tag];
}

/** The value as an object with members, else nothing. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value as Record<string, unknown>;
}

/** The value as a list; nothing is an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A found value as a message shows it. */
export function shown(value: unknown): string {
  return value === undefined || value === null ? "absent" : JSON.stringify(value);
}
