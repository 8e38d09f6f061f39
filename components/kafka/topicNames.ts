// Kafka documentation, topic names: letters, digits, dot, underscore, hyphen, at most 249.
const FORM = /^(?!\.{1,2}$)[\w.-]{1,249}$/;

/** What a topic's name has to be, as words and as a check. */
export const TOPIC_NAME = { pattern: FORM, allowed: "1 to 249 letters, digits, '.', '_' or '-'" };

/**
 * Why a topic is not for the program to look after.
 *
 * @returns the reason, or undefined when it is
 */
export function reservedTopic(name: string, verificationTopic: string): string | undefined {
  // __consumer_offsets, __transaction_state, __cluster_metadata, __remote_log_metadata.
  if (name.startsWith("__")) return "another name: those that begin with '__' are Kafka's own internal topics";
  if (name === verificationTopic) return "another name: this is verification.topic, which the verification looks after";
  return undefined;
}

/** Kafka's metrics write '.' as '_', so it refuses a topic whose name differs from another one in these alone. */
export function collide(name: string, other: string): boolean {
  return name.replaceAll(".", "_") === other.replaceAll(".", "_");
}
