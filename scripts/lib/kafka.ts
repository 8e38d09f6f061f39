import type { Socket } from "node:net";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaJSError, LogEntry } from "kafkajs";
import type { Login } from "../../model/specs/verificationSpec.ts";
import { makeTolerant } from "./kafkajsTolerance.ts";
import { type ClientSocket, type OpenSocket, plainSocket } from "./sockets.ts";

/** How long a client is given to say goodbye, in milliseconds. */
const DISCONNECT_TIMEOUT_MS = 2_000;

/** Log lines of kafkajs that are kept for an error message. */
const KEPT_LOG_LINES = 5;

/** What a {@link kafkaClient} is made from. */
export interface KafkaClientArgs {
  /** Brokers to bootstrap from, each `host:port`. */
  readonly brokers: readonly string[];
  /** Name that the brokers show in their logs. */
  readonly clientId: string;
  /** How often a request is repeated. @default 9, which takes some 2 s */
  readonly retries?: number;
  /** Opens the connections. @default plain TCP from this computer */
  readonly openSocket?: OpenSocket;
  /** Whom it logs in as, by SASL/SCRAM-SHA-512. @default nobody */
  readonly login?: Login;
}

/** A kafkajs client that is silent, and remembers what it would have said. */
export interface KafkaClient {
  readonly kafka: Kafka;
  /** Makes one that talks to this broker alone, `host:port`, and is closed with this one. */
  only(broker: string): Kafka;
  /** The last warnings and errors of kafkajs, oldest first, as one text each. */
  lastLogLines(): readonly string[];
  /**
   * Closes what connections are left. To be called last: a `disconnect` of kafkajs can wait for ever for a broker that
   * went away, and an open connection keeps the process alive.
   */
  close(): void;
}

/**
 * Makes a kafkajs client for short scripts against a cluster that is up or about to be.
 *
 * kafkajs begins its retries at 300 ms and doubles them up to 30 s, so a cluster that is ready after half a second is
 * noticed seconds later. These begin at 40 ms, grow by half up to 400 ms, and end after some 2 s: who wants to wait
 * longer repeats the call and knows what for.
 */
export function kafkaClient(args: KafkaClientArgs): KafkaClient {
  makeTolerant();
  const lines: string[] = [];
  const sockets = new Set<ClientSocket>();
  let closed = false;
  const openSocket = args.openSocket ?? plainSocket;
  const clientOf = (brokers: readonly string[]): Kafka =>
    new Kafka({
      clientId: args.clientId,
      brokers: [...brokers],
      ...(args.login && { sasl: { mechanism: "scram-sha-512", ...args.login } }),
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      retry: { initialRetryTime: 40, multiplier: 1.5, maxRetryTime: 400, retries: args.retries ?? 9 },
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => {
        lines.push(logLine(entry));
        lines.splice(0, lines.length - KEPT_LOG_LINES);
      },
      socketFactory: ({ host, port, onConnect }) => {
        const socket = openSocket({ host, port }).once("connect", onConnect);
        sockets.add(socket);
        if (closed) socket.destroy();
        // kafkajs asks its sockets for no more than a ClientSocket has (src/network).
        return socket.once("close", () => sockets.delete(socket)) as Socket;
      },
    });
  return {
    kafka: clientOf(args.brokers),
    only: (broker) => clientOf([broker]),
    lastLogLines: () => [...lines],
    close: () => {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Ends the process 100 ms after the script is done with Kafka, with the exit code that it has then: retries of kafkajs
 * that are under way can't be called off, and would keep the process alive for up to a quarter of a minute.
 */
export function exitSoon(): void {
  setTimeout(() => process.exit(), 100).unref();
}

/**
 * Disconnects an admin client, producer or consumer, in at most {@link DISCONNECT_TIMEOUT_MS}. Its failure is no error:
 * what went before decides whether the work succeeded.
 */
export async function disconnect(client: { disconnect(): Promise<void> }): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DISCONNECT_TIMEOUT_MS);
  });
  await Promise.race([client.disconnect().catch(() => undefined), expired]);
  clearTimeout(timer);
}

function logLine({ namespace, log }: LogEntry): string {
  const detail = typeof log.error === "string" && log.error !== log.message ? `: ${log.error}` : "";
  const broker = typeof log.broker === "string" ? ` (${log.broker})` : "";
  return `${namespace}: ${log.message}${detail}${broker}`;
}

/**
 * What an error of kafkajs says at its root, in one line: its wrappers for retries and for several topics taken off,
 * the broker added where the error knows it.
 */
export function kafkaReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause, errors, broker } = error as Partial<KafkaJSError> & { errors?: unknown; broker?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.map(kafkaReason).join("; ");
  if (cause instanceof Error && cause !== error) return kafkaReason(cause);
  const at = typeof broker === "string" && !error.message.includes(broker) ? ` (broker ${broker})` : "";
  return `${error.message}${at}`;
}
