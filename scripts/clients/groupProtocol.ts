import Encoder from "kafkajs/src/protocol/encoder.js";
import { createErrorFromCode } from "kafkajs/src/protocol/error.js";
import type { AdminRequests } from "../lib/adminRequests.ts";
import { request } from "../lib/adminProtocol.ts";

const GROUP = 0;
const NONE = 0;
/** The first group ever has Kafka make the topic of the offsets; kafkajs waits for that. */
const COORDINATOR_NOT_AVAILABLE = 15;

/**
 * Asks for a group's coordinator (FindCoordinator, key 10, version 1), only to learn whether the user may: kafkajs takes
 * a refusal for a group without one.
 *
 * @throws KafkaJSProtocolError GROUP_AUTHORIZATION_FAILED when the user may not
 * @see https://kafka.apache.org/protocol#The_Messages_FindCoordinator
 */
export async function askForGroup(requests: Pick<AdminRequests, "send">, group: string): Promise<void> {
  const find = request(
    [10, 1, "GroupCoordinator"],
    () => new Encoder().writeString(group).writeInt8(GROUP),
    (decoder) => {
      decoder.readInt32(); // throttle_time_ms
      return decoder.readInt16();
    },
  );
  const code = await requests.send("any", find, () => []);
  if (code !== NONE && code !== COORDINATOR_NOT_AVAILABLE) throw createErrorFromCode(code);
}
