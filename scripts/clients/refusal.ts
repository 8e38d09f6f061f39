import type { Operation, PermissionResource } from "../../model/kafka/permissions.ts";
import { isKafkasOwn, isUnreadable, TOPIC_NAME, UNREADABLE } from "../../model/kafka/topicNames.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { UserError } from "../lib/report.ts";

/** What a client was about to do, for the case that it may not. */
export interface Attempt {
  readonly operation: Operation;
  readonly resource: PermissionResource;
  readonly name: string;
}

/** Kafka's names of the errors of who may not do something, and on what. */
const DENIALS: ReadonlyMap<string, PermissionResource> = new Map([
  ["TOPIC_AUTHORIZATION_FAILED", "topic"],
  ["GROUP_AUTHORIZATION_FAILED", "group"],
  ["CLUSTER_AUTHORIZATION_FAILED", "cluster"],
]);

/**
 * Does something for a user; that it may not is told with who may not do what on which resource.
 *
 * @param user as whom the client has logged in; undefined when it has not
 * @param attempts what may be refused; the first one where none is on the resource that the broker names
 * @throws UserError when the user has no authorization for it
 */
export async function permitted<T>(
  user: string | undefined,
  attempts: readonly [Attempt, ...Attempt[]],
  work: Promise<T>,
): Promise<T> {
  return work.catch((error: unknown) => {
    if (!isDenial(error)) throw error;
    const denied = DENIALS.get(kafkaType(error) ?? "");
    throw new UserError(denial(user, attempts.find(({ resource }) => resource === denied) ?? attempts[0]));
  });
}

/** Whether the broker has refused it for want of a permission. */
export function isDenial(error: unknown): boolean {
  return DENIALS.has(kafkaType(error) ?? "");
}

/** Kafka's name of an error, at its root: kafkajs wraps it. */
export function kafkaType(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, cause } = error as { type?: unknown; cause?: unknown };
  return typeof type === "string" ? type : kafkaType(cause);
}

/** Who may not do what, and how that is changed. */
export function denial(user: string | undefined, { operation, resource, name }: Attempt): string {
  const who = user === undefined ? "a client that does not log in" : `user ${user}`;
  const needed = `{resource: ${resource}, name: ${name}, operations: [${operation}]}`;
  const remedy =
    user === undefined
      ? `log in with --user NAME, as one of the setting users that has`
      : `give it in the setting users`;
  return `${who} has no authorization to ${operation} ${resource} ${name}; ${remedy}: ${needed}`;
}

/**
 * Looks at a topic's name before the brokers are asked for it.
 *
 * @param use what the client does with the topic
 * @throws UserError when no topic can have it, or the client can't do that with one that has it
 */
export function checkTopicName(topic: string, use: "write" | "read"): void {
  const refused = (allowed: string): UserError => new UserError(`--topic ${JSON.stringify(topic)}: ${allowed}`);
  if (!TOPIC_NAME.pattern.test(topic)) throw refused(`a topic's name is ${TOPIC_NAME.allowed}, and not '.' or '..'`);
  if (use === "write" && isKafkasOwn(topic)) {
    throw refused("topics whose names begin with '__' are Kafka's own, and a message of others would break them");
  }
  if (use === "read" && isUnreadable(topic)) {
    throw refused(`${UNREADABLE}; kafka-console-consumer.sh in a member reads it`);
  }
}

/** How far a producer has got. */
export interface Sending {
  /** Number of messages that brokers have confirmed. */
  written: number;
  /** The document that has been sent and not confirmed. */
  unconfirmed?: string;
}

/** Errors of brokers that have a message in their log and can't say whether it stays. */
const UNCERTAIN: ReadonlySet<string> = new Set(["REQUEST_TIMED_OUT", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"]);

/** What became of the messages when sending them fails: what no broker has refused may have been written all the same. */
export function whatWasSent(topic: string, { written, unconfirmed }: Sending, error: unknown): string {
  const type = kafkaType(error);
  const before = written === 0 ? "" : `${written} message(s) were written to topic ${topic}; `;
  if (unconfirmed !== undefined && (type === undefined || UNCERTAIN.has(type))) {
    return `${before}it is not known whether ${unconfirmed} was written to topic ${topic}`;
  }
  return `${before}nothing ${written === 0 ? "was sent" : "more was sent"} to topic ${topic}`;
}

/** What is wrong, in one line, for what is none of the user's mistakes that are known. */
export function failure(what: string, brokers: readonly string[], error: unknown): Error {
  return error instanceof UserError
    ? error
    : new UserError(`${what} through ${brokers.join(", ")}: ${kafkaReason(error)}`);
}
