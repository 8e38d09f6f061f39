import { Socket } from "node:net";
import type { Admin, Kafka } from "kafkajs";
import { disconnect, kafkaClient, kafkaReason } from "../../scripts/lib/kafka.ts";
import { UserError } from "../../scripts/lib/report.ts";
import { type ClientSocket, type OpenSocket, plainSocket } from "../../scripts/lib/sockets.ts";
import type { Login } from "../../model/specs/verificationSpec.ts";
import { now } from "./log.ts";

/** Where the cluster is and how it is reached. */
export interface Entry {
  /** Brokers to bootstrap from, each `host:port`. */
  readonly brokers: readonly string[];
  /** Opens the connections, for a way through a bastion. @default plain TCP from this computer */
  readonly openSocket?: OpenSocket;
  /** Whom it logs in as, on a cluster that asks. @default nobody */
  readonly login?: Login;
}

/** How long a broker that was silent is left alone, in milliseconds. */
const LEFT_ALONE_MS = 5_000;

/** A kafkajs client whose connections can be cut. */
export interface TrafficClient {
  readonly kafka: Kafka;
  /** Cuts the connections, so that what waits for them fails now and connects anew. */
  cut(reason: string): void;
  /** Cuts the connections for good: what kafkajs still tries fails at once, and ends with its retries. */
  close(): void;
}

/**
 * Makes a client for the traffic, which does not hang on a broker that takes connections and says nothing.
 *
 * kafkajs takes such a connection for a good one: after a time-out it sends the next try over the same one
 * (tulios/kafkajs#919), asks it for metadata, and stays with it as its seed broker, since connecting succeeds. A connection
 * that fails has it ask the others. So a silent connection is cut before kafkajs's own time-out of 10 s, and the next ones
 * to the same broker are refused for a while.
 *
 * @param silenceMs how long a broker may owe an answer, in milliseconds
 * @default silenceMs 9 s
 */
export function trafficClient(entry: Entry, clientId: string, silenceMs = 9_000): TrafficClient {
  const { brokers, openSocket = plainSocket, login } = entry;
  const sockets = new Set<ClientSocket>();
  const leftAlone = new Map<string, number>();
  let closed = false;
  const { kafka } = kafkaClient({
    brokers,
    clientId,
    ...(login && { login }),
    openSocket: (to) => {
      const broker = `${to.host}:${to.port}`;
      if (closed) return refused("the traffic is over");
      if ((leftAlone.get(broker) ?? 0) > now()) return refused(`${broker} was silent a moment ago`);
      const socket = openSocket(to);
      sockets.add(socket);
      onSilence(socket, silenceMs, () => {
        leftAlone.set(broker, now() + LEFT_ALONE_MS);
        socket.destroy(new Error(`${broker} gave no answer for ${silenceMs / 1_000} s`));
      });
      return socket.once("close", () => sockets.delete(socket));
    },
  });
  const cut = (reason: string): void => {
    // Without an error, kafkajs would not notice and leave the requests unanswered.
    for (const socket of sockets) socket.destroy(new Error(reason));
  };
  return {
    kafka,
    cut,
    close: () => {
      closed = true;
      cut("the traffic is over");
    },
  };
}

/**
 * Asks the cluster something with a client of its own.
 *
 * @throws UserError of the question, or Error with what kafkajs says at its root
 */
export async function askAdmin<T>(entry: Entry, question: (admin: Admin) => Promise<T>): Promise<T> {
  const client = trafficClient(entry, "traffic-admin");
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await question(admin);
  } catch (error) {
    throw error instanceof UserError ? error : new Error(kafkaReason(error));
  } finally {
    await disconnect(admin);
    client.close();
  }
}

/** A socket that fails, and not only closes: kafkajs would wait 2 s for one that does, at each of its retries. */
function refused(reason: string): ClientSocket {
  return new Socket().destroy(new Error(reason));
}

/** Calls back when nothing has come for so long after something was sent. */
function onSilence(socket: ClientSocket, silenceMs: number, silent: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const answered = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (...args: unknown[]) => {
    timer ??= setTimeout(silent, silenceMs);
    return write(...args);
  };
  socket.on("data", answered).once("close", answered);
}
