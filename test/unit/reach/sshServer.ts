/** Machines of loopback: SSH servers of this process, as bastion or member, and plain servers behind them. */
import { once } from "node:events";
import { connect, createServer, type Server as TcpServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import ssh2, { type Connection } from "ssh2";
import type { BastionReach } from "../../../model/reach.ts";
import { makeKeyPair } from "../../../scripts/lib/keyPair.ts";

/** The key that the tests deploy with. */
export const DEPLOYER = makeKeyPair();

/** An SSH server that lets {@link DEPLOYER} in, forwards connections, and answers a command with its own name. */
export class SshServer {
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly address: string;
  /** Every connection until now, in order. */
  readonly connections: Connection[] = [];
  /** Where connections were forwarded to, each `host:port`. */
  readonly forwarded: string[] = [];
  /** Forwarded connections that are open. */
  open = 0;
  /** Whether the deployer's key is let in. */
  accepts = true;
  /** Whether it may forward connections at all; told at the next login. */
  forwards = true;
  /** Whether a request to forward a connection is answered at all. */
  answers = true;
  readonly #server: ssh2.Server;
  readonly #sockets = new Set<Socket>();

  constructor(address: string) {
    this.address = address;
    const host = makeKeyPair();
    this.hostKey = host.publicKey.trim();
    this.#server = new ssh2.Server({ hostKeys: [host.privateKey] }, (connection) => {
      this.#serve(connection);
    });
  }

  /** @param port 0 for any that is free */
  async listen(port = 0): Promise<number> {
    this.#server.listen(port, this.address);
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** This server as a bastion. */
  reach(): BastionReach {
    return { via: "bastion", host: this.address, user: "admin", hostKey: this.hostKey };
  }

  /** Cuts every connection off and takes no more. */
  die(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const connection of this.connections) (connection as unknown as { _sock: Socket })._sock.destroy();
  }

  #serve(connection: Connection): void {
    this.connections.push(connection);
    const deployer = ssh2.utils.parseKey(DEPLOYER.publicKey);
    if (deployer instanceof Error) throw deployer;
    connection
      .on("error", () => undefined)
      .on("authentication", (context) => {
        const right = context.method === "publickey" && context.key.data.equals(deployer.getPublicSSH());
        if (right && this.accepts) context.accept();
        else context.reject(["publickey"]);
      })
      .on("session", (accept) => {
        accept().on("exec", (acceptExec) => {
          const channel = acceptExec();
          channel.write(this.address);
          channel.exit(0);
          channel.end();
        });
      });
    // Without a listener the request is answered as OpenSSH does where `permitopen` does not have the port.
    if (this.forwards) {
      connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
        if (!this.answers) return;
        this.forwarded.push(`${destIP}:${destPort}`);
        const socket = connect(destPort, destIP);
        let connected = false;
        this.#sockets.add(socket);
        socket
          .on("connect", () => {
            connected = true;
            this.open += 1;
            const channel = accept();
            channel.on("close", () => socket.destroy()).on("error", () => undefined);
            socket.on("close", () => {
              this.open -= 1;
              channel.close();
            });
            socket.pipe(channel).pipe(socket);
          })
          .on("error", () => {
            if (!connected) reject();
          });
      });
    }
  }
}

/** A server that gives back what it gets. */
export async function echoServer(address = "127.0.0.1"): Promise<{ port: number; server: TcpServer }> {
  const server = createServer((socket) => socket.on("error", () => undefined).pipe(socket));
  server.listen(0, address);
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}
