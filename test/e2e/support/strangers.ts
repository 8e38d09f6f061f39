/** Clients that a secured cluster has to refuse, and what they are told. */
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ClientTls } from "../../../model/reach.ts";
import type { Login } from "../../../model/specs/verificationSpec.ts";
import { disconnect, kafkaClient, kafkaReason } from "../../../scripts/lib/kafka.ts";
import { type Endpoint, plainSocket } from "../../../scripts/lib/sockets.ts";
import { secureSockets } from "../../../scripts/lib/tlsSockets.ts";
import { ZooKeeperReader } from "../../../scripts/lib/zookeeperReader.ts";

/** How long a stranger waits for an answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Who comes, and how. */
export interface Comer {
  readonly tls?: ClientTls;
  readonly login?: Login;
  /** Expects the certificate of another address than the one that it connects to. */
  readonly takenFor?: string;
}

/** What a client of Kafka is told: `let in`, or the reason. */
export async function asClient({ host, port }: Endpoint, { tls, login, takenFor = host }: Comer): Promise<string> {
  const client = kafkaClient({
    brokers: [`${takenFor}:${port}`],
    clientId: "stranger",
    retries: 1,
    openSocket: secureSockets((to) => plainSocket(to.host === takenFor ? { host, port } : to), tls),
    ...(login && { login }),
  });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    await admin.describeCluster();
    return "let in";
  } catch (error) {
    return kafkaReason(error);
  } finally {
    await disconnect(admin);
    client.close();
  }
}

/** What a client of ZooKeeper is told: what it read, or the reason. */
export async function asZooKeeperClient(to: Endpoint, tls?: ClientTls): Promise<string> {
  try {
    const reader = await ZooKeeperReader.connect(secureSockets(plainSocket, tls), to);
    const found = await reader.children("/brokers/ids").finally(() => {
      reader.close();
    });
    return `read ${String(found)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * What becomes of a connection over which somebody pretends to be a server of the ensemble: `answered`, or how it ended.
 *
 * @param tls absent: without TLS; its certificate may be lacking or of an authority that nobody trusts
 */
export function asEnsemblePeer({ host, port }: Endpoint, tls?: ClientTls | "none"): Promise<string> {
  return new Promise((resolve) => {
    const socket = !tls
      ? connect({ host, port })
      : connectTls({
          host,
          port,
          rejectUnauthorized: false,
          ...(tls !== "none" && { cert: tls.certificate ?? "", key: tls.key ?? "" }),
        });
    const end = (what: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(what);
    };
    const timer = setTimeout(() => {
      end("no answer");
    }, ANSWER_TIMEOUT_MS);
    socket
      // A vote of server 1 for itself: protocol version, server id, length and address (QuorumCnxManager.InitialMessage).
      .on(tls ? "secureConnect" : "connect", () => {
        const address = Buffer.from(`${host}:3888`);
        const message = Buffer.alloc(20);
        message.writeBigInt64BE(-65_536n, 0);
        message.writeBigInt64BE(1n, 8);
        message.writeInt32BE(address.length, 16);
        socket.write(Buffer.concat([message, address]));
      })
      .on("data", () => {
        end("answered");
      })
      .on("error", (error: Error) => {
        end(error.message);
      })
      .on("close", () => {
        end("closed");
      });
  });
}
