/**
 * Begins a message of the program's to `scripts/plan`, which reads it in the engine's event log: topics that have one replica
 * and get no other before the roll, as a JSON list. Pulumi shows it to nobody, since it is one for debugging.
 */
export const SINGLE_REPLICAS = "topics with one replica: ";

/**
 * Begins another such message, before that one: ids of the brokers that hold single replicas, by the topics' names, as JSON.
 * The roll stops at these brokers alone.
 */
export const SINGLE_HOLDERS = "brokers of single replicas: ";
