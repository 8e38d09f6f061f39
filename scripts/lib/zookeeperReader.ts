import type { Endpoint, OpenSocket } from "./sockets.ts";
import { within } from "./wait.ts";

/** How long a server may take to answer a request, in milliseconds. */
const ANSWER_TIMEOUT_MS = 5_000;
/** How long the server keeps the session of a client that is gone, in milliseconds. */
const SESSION_TIMEOUT_MS = 10_000;

/** Operations of ZooKeeper's protocol (`ZooDefs.OpCode`). */
const GET_DATA = 4;
const GET_ACL = 6;
const GET_CHILDREN = 8;
const CLOSE = -11;

/** Permissions of ZooKeeper (`ZooDefs.Perms`) that let somebody change a znode: all but READ. */
const CHANGING = 0b11110;

/** Errors of ZooKeeper's protocol (`KeeperException.Code`). */
const NO_NODE = -101;

/** What somebody may do with a znode. */
export interface ZnodePermission {
  /** `world` for everybody, `x509` for who has a certificate. */
  readonly scheme: string;
  /** `anyone`, or the certificate's subject. */
  readonly id: string;
  /** Whether he may change it, or what is below it. */
  readonly writes: boolean;
}

/**
 * Reads znodes: a session of ZooKeeper's client protocol, as far as that takes. Requests are answered in their order.
 *
 * @see https://github.com/apache/zookeeper/blob/release-3.8.4/zookeeper-jute/src/main/resources/zookeeper.jute
 */
export class ZooKeeperReader {
  readonly #socket: ReturnType<OpenSocket>;
  readonly #frames: AsyncIterator<Buffer, undefined>;
  #last: Promise<unknown> = Promise.resolve();
  #requests = 0;

  private constructor(socket: ReturnType<OpenSocket>) {
    this.#socket = socket;
    this.#frames = frames(socket);
  }

  /**
   * Opens a session.
   *
   * @throws Error when the server does not serve
   */
  static async connect(openSocket: OpenSocket, to: Endpoint): Promise<ZooKeeperReader> {
    const reader = new ZooKeeperReader(openSocket(to));
    try {
      await reader.#exchange(connectRequest());
      return reader;
    } catch (error) {
      reader.#socket.destroy();
      throw new Error(`ZooKeeper on ${to.host}:${to.port}: ${(error as Error).message}`);
    }
  }

  /** The names of a znode's children; undefined when there is no such znode. */
  async children(path: string): Promise<string[] | undefined> {
    const answer = await this.#request(GET_CHILDREN, path);
    if (!answer) return undefined;
    let offset = 4;
    return Array.from({ length: answer.readInt32BE(0) }, () => {
      const length = answer.readInt32BE(offset);
      const name = answer.toString("utf8", offset + 4, offset + 4 + length);
      offset += 4 + length;
      return name;
    });
  }

  /** A znode's data as text; undefined when there is no such znode. */
  async data(path: string): Promise<string | undefined> {
    const answer = await this.#request(GET_DATA, path);
    return answer?.toString("utf8", 4, 4 + Math.max(0, answer.readInt32BE(0)));
  }

  /** Who may do what with a znode; undefined when there is no such znode. */
  async acl(path: string): Promise<ZnodePermission[] | undefined> {
    const answer = await this.#request(GET_ACL, path);
    if (!answer) return undefined;
    let offset = 4;
    const text = (): string => {
      const length = Math.max(0, answer.readInt32BE(offset));
      const found = answer.toString("utf8", offset + 4, offset + 4 + length);
      offset += 4 + length;
      return found;
    };
    return Array.from({ length: answer.readInt32BE(0) }, () => {
      const permissions = answer.readInt32BE(offset);
      offset += 4;
      return { scheme: text(), id: text(), writes: (permissions & CHANGING) !== 0 };
    });
  }

  /** Ends the session. */
  close(): void {
    const header = Buffer.alloc(8);
    header.writeInt32BE((this.#requests += 1), 0);
    header.writeInt32BE(CLOSE, 4);
    this.#socket.end(framed(header));
  }

  async #request(operation: number, path: string): Promise<Buffer | undefined> {
    const name = Buffer.from(path);
    // Reading an ACL takes the path alone.
    const request = Buffer.alloc(12 + name.length + (operation === GET_ACL ? 0 : 1));
    request.writeInt32BE((this.#requests += 1), 0);
    request.writeInt32BE(operation, 4);
    request.writeInt32BE(name.length, 8);
    name.copy(request, 12);
    // The last byte, where there is one, asks for no watch. An answer begins with xid, zxid and error code.
    const answer = await this.#exchange(request);
    const code = answer.readInt32BE(12);
    if (code === NO_NODE) return undefined;
    if (code !== 0) throw new Error(`ZooKeeper answers ${path} with error ${code}`);
    return answer.subarray(16);
  }

  #exchange(request: Buffer): Promise<Buffer> {
    const answered = this.#last
      .catch(() => undefined)
      .then(async () => {
        this.#socket.write(framed(request));
        const next = await within(ANSWER_TIMEOUT_MS, this.#frames.next(), new Error("no answer"));
        if (next.done === true) throw new Error("it has closed the connection, so it does not serve");
        return next.value;
      });
    this.#last = answered;
    return answered;
  }
}

function connectRequest(): Buffer {
  // Protocol version, last zxid seen, time-out, session id, password of 16 bytes.
  const request = Buffer.alloc(44);
  request.writeInt32BE(SESSION_TIMEOUT_MS, 12);
  request.writeInt32BE(16, 24);
  return request;
}

function framed(payload: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** The frames that a server sends: each has its length before it. */
async function* frames(socket: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let buffered = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
      const end = 4 + buffered.readInt32BE(0);
      yield buffered.subarray(4, end);
      buffered = buffered.subarray(end);
    }
  }
  return undefined;
}
