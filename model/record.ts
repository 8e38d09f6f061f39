/** Type of the component that makes a cluster. Its outputs in the state are the record of its last deployment. */
export const RECORD_TYPE = "kafka-cluster:index:Kafka";
