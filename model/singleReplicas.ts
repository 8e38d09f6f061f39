/**
 * Begins a message of the program's to `scripts/plan`, which reads it in the engine's event log: topics that have one replica
 * and get no other before the roll, each with the ids of the brokers that hold a single replica of it, as JSON. The roll stops
 * at these brokers alone. Pulumi shows it to nobody, since it is one for debugging.
 */
export const SINGLE_REPLICAS = "topics with one replica: ";
