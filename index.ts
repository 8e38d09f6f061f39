/** The program: a cluster of the stack's settings. */
import { stackArgs } from "./program/config.ts";
import { Kafka } from "./program/kafka.ts";

const kafka = new Kafka("kafka", stackArgs());

// The outputs, which docs/outputs.md describes.
export const { bootstrapServers, zookeeperConnect, kafkaVersion, interBrokerProtocolVersion, subnet } = kafka;
export const { infrastructure, security, hostKeys, reach, deployerPrivateKey, members, rollOrder, topics } = kafka;
export const { verification, authorities, users, deployerTls } = kafka;
