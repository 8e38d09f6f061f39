import assert from "node:assert/strict";
import type { Admin } from "kafkajs";
import type { PartitionMetadata } from "../../../model/kafka/partition.ts";
import { type AdminRequests, withAdminRequests } from "../../../scripts/lib/adminRequests.ts";
import { kafkaClient } from "../../../scripts/lib/kafka.ts";
import { recordedRoll } from "../../../scripts/plan/record.ts";
import type { Checkpoint } from "../../../scripts/stack/prepare.ts";
import type { TestStack } from "./stack.ts";

/**
 * Asks the cluster itself, or has it do something.
 *
 * @param brokers each `host:port`
 */
export async function askAdmin<T>(brokers: readonly string[], question: (admin: Admin) => Promise<T>): Promise<T> {
  const client = kafkaClient({ brokers, clientId: "e2e" });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await question(admin);
  } finally {
    await admin.disconnect();
    client.close();
  }
}

/** The same with the program's own requests, which also work while a partition has no leader. */
export function askRequests<T>(
  brokers: readonly string[],
  question: (requests: AdminRequests) => Promise<T>,
): Promise<T> {
  return withAdminRequests({ brokers, clientId: "e2e" }, question);
}

/** All partitions as the cluster has them. */
export async function allPartitions(brokers: readonly string[]): Promise<readonly PartitionMetadata[]> {
  return (await askRequests(brokers, (requests) => requests.metadata())).partitions;
}

/**
 * The brokers' members in the order in which the next update comes to them: that of the last one, and the controller last.
 *
 * @param brokers each `host:port`
 */
export async function nextRoll(stack: TestStack, brokers: readonly string[]): Promise<string[]> {
  const recorded = recordedRoll(JSON.parse(stack.stateText()) as Checkpoint);
  const { controllerId } = await askRequests(brokers, (requests) => requests.metadata());
  const last = stack.outputs().members.find(({ brokerId }) => brokerId === controllerId)?.name;
  assert.ok(last, `no member is broker ${controllerId}`);
  return [...recorded.filter((name) => name !== last), last];
}
