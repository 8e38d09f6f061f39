// Kafka documentation, topic names: letters, digits, dot, underscore, hyphen, at most 249.
const FORM = /^(?!\.{1,2}$)[\w.-]{1,249}$/;

/** What a topic's name has to be, as words and as a check. */
export const TOPIC_NAME = { pattern: FORM, allowed: "1 to 249 letters, digits, '.', '_' or '-'" };

/** Whether Kafka keeps a topic to itself: __consumer_offsets, __transaction_state, __cluster_metadata, and the like. */
export function isKafkasOwn(name: string): boolean {
  return name.startsWith("__");
}

/** Why a topic is one that the program's own consumers can't read. */
export const UNREADABLE = "the program's consumers can't read a topic with a name that all objects of JavaScript have";

/** Whether kafkajs fails to read a topic: it keeps topics as properties of plain objects, which have some from the start. */
export function isUnreadable(name: string): boolean {
  return name in {};
}

/**
 * Why the verification can't have a topic.
 *
 * @returns what is allowed, or undefined when it can
 */
export function verificationTopicProblem(name: string): string | undefined {
  if (!TOPIC_NAME.pattern.test(name)) return TOPIC_NAME.allowed;
  if (isKafkasOwn(name)) return KAFKAS_OWN;
  return isUnreadable(name) ? `another name: ${UNREADABLE}` : undefined;
}

const KAFKAS_OWN = "another name: those that begin with '__' are Kafka's own internal topics";

/**
 * Why a topic is not for the program to look after.
 *
 * @returns the reason, or undefined when it is
 */
export function reservedTopic(name: string, verificationTopic: string): string | undefined {
  if (isKafkasOwn(name)) return KAFKAS_OWN;
  if (name === verificationTopic) return "another name: this is verification.topic, which the verification looks after";
  return undefined;
}

/** Kafka's metrics write '.' as '_', so it refuses a topic whose name differs from another one in these alone. */
export function collide(name: string, other: string): boolean {
  return name.replaceAll(".", "_") === other.replaceAll(".", "_");
}
