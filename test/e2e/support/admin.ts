import type { Admin } from "kafkajs";
import { kafkaClient } from "../../../scripts/lib/kafka.ts";

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
