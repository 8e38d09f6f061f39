import type { AdminRequests } from "../lib/adminRequests.ts";
import { kafkaReason } from "../lib/kafka.ts";
import { waitFor } from "../lib/wait.ts";

/** What works on users use. */
export type UserRequests = Pick<AdminRequests, "send" | "metadata">;

/** How long brokers may take until they have what was changed, in milliseconds. */
const CHANGE_TIMEOUT_MS = 60_000;

/**
 * Polls as {@link waitFor} does, up to {@link CHANGE_TIMEOUT_MS}; what kafkajs throws counts as seen.
 *
 * @throws UserError after the time-out
 */
export function settled<T>(
  what: string,
  check: () => Promise<{ value: T } | { seen: string }>,
  timeoutMs = CHANGE_TIMEOUT_MS,
): Promise<T> {
  const checked = (): Promise<{ value: T } | { seen: string }> =>
    check().catch((error: unknown) => ({ seen: kafkaReason(error) }));
  return waitFor(what, checked, timeoutMs);
}
