/** The environment variable in which a script finds what it is told, as JSON. */
export const SPEC_VARIABLE = "KAFKA_CLUSTER_SPEC";
