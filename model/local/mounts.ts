/** Where a machine of the local platform sees the deployer's folder of Kafka distributions, read-only. */
export const DISTRIBUTIONS_MOUNT = "/mnt/kafka-distributions";
