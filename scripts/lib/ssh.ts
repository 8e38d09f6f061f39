import type { Duplex } from "node:stream";
import type { Client, ClientChannel } from "ssh2";
import type { ClientTls } from "../../model/reach.ts";
import { UserError } from "./report.ts";
import { type Endpoint, LazySocket, type OpenSocket } from "./sockets.ts";
import { openClient, type SshLogin, type SshTarget, wrongHostKey } from "./sshClient.ts";
import { secureSockets } from "./tlsSockets.ts";
import { within } from "./wait.ts";

/** How long the other side may take to open a forwarded connection, in milliseconds; its own limit can be minutes. */
const FORWARD_TIMEOUT_MS = 10_000;

/** SSH_OPEN_ADMINISTRATIVELY_PROHIBITED (RFC 4254, section 5.1). */
const PROHIBITED = 1;

/** The other side of an SSH connection may not forward to a port. */
export class PortProhibited extends UserError {}

/** What a remote command left. */
export interface RemoteResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One SSH connection; commands and forwarded connections share it. */
export class Ssh {
  /** Never fulfilled; rejected with a UserError when the connection has ended, whoever ended it. */
  readonly lost: Promise<never>;
  /** Opens connections from the host, with TLS at the ports that begin with it. No port is opened on this computer. */
  readonly openSocket: OpenSocket;
  readonly #client: Client;
  readonly #host: string;
  readonly #isBastion: boolean;

  private constructor(client: Client, { host: address, role }: SshTarget, tls: ClientTls | undefined) {
    const host = role === "bastion" ? `the bastion ${address}` : address;
    this.#client = client;
    this.#host = host;
    this.#isBastion = role === "bastion";
    this.openSocket = secureSockets((to) => new LazySocket(this.forward(to)), tls);
    this.lost = new Promise((_resolve, reject) => {
      client.on("close", () => {
        reject(new UserError(`the SSH connection to ${host} was lost; run it again when ${host} can be reached`));
      });
    });
    this.lost.catch(() => undefined);
  }

  /**
   * Connects once.
   *
   * @param tls for connections that are opened from the host
   * @throws UserError when the host shows another host key; anything else (refused, timed out) may pass with time
   */
  static async connect(target: SshTarget, tls?: ClientTls): Promise<Ssh> {
    const expected = target.hostKey.trim().split(/\s+/)[1] ?? "";
    const client = await openClient(target, (shown) =>
      shown === expected ? undefined : wrongHostKey(target, shown, expected),
    );
    return new Ssh(client, target, tls);
  }

  /**
   * Gives the host key of a machine that is seen for the first time: `ssh-ed25519 AAAA…`.
   *
   * @throws Error until it accepts the login, which may pass with time
   */
  static async learnHostKey(login: SshLogin): Promise<string> {
    let key = "";
    const client = await openClient(login, (shown) => {
      key = shown;
      return undefined;
    });
    client.end();
    return `ssh-ed25519 ${key}`;
  }

  /**
   * Runs a program on the machine, each argument quoted, and waits for its end.
   *
   * @param input text for its standard input: the place for secrets
   * @throws UserError when the connection is lost
   */
  exec(command: readonly string[], input = ""): Promise<RemoteResult> {
    const finished = new Promise<RemoteResult>((resolve, reject) => {
      this.#client.exec(command.map(quote).join(" "), (error: Error | undefined, channel: ClientChannel) => {
        if (error) {
          reject(error);
          return;
        }
        let stdout = "";
        let stderr = "";
        let code = -1;
        channel.setEncoding("utf8");
        channel.stderr.setEncoding("utf8");
        channel
          .on("data", (text: string) => {
            stdout += text;
          })
          .on("exit", (exitCode: number | null) => {
            code = exitCode ?? -1;
          })
          .on("close", () => {
            resolve({ code, stdout, stderr });
          });
        channel.stderr.on("data", (text: string) => {
          stderr += text;
        });
        channel.end(input);
      });
    });
    return Promise.race([this.lost, finished]);
  }

  /**
   * Opens a connection from the host to where it can reach. No port is opened on this computer.
   *
   * @throws UserError when the SSH connection is lost, PortProhibited when the host may not do that; Error when nothing
   *   listens there, which may pass with time
   */
  async forward({ host, port }: Endpoint): Promise<Duplex> {
    const unreachable = `${host}:${port} can't be reached from ${this.#host}`;
    const opened = new Promise<Duplex>((resolve, reject) => {
      this.#client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
        if (error && (error as { reason?: number }).reason === PROHIBITED) reject(this.#prohibited(port));
        else if (error) reject(new Error(`${unreachable}: ${error.message}`));
        else resolve(channel);
      });
    });
    const late = new Error(`${unreachable}: no answer in ${FORWARD_TIMEOUT_MS / 1000} s`);
    return within(FORWARD_TIMEOUT_MS, Promise.race([this.lost, opened]), late).catch((error: unknown) => {
      // One that is opened later is nobody's.
      opened.then((channel) => channel.destroy()).catch(() => undefined);
      throw error;
    });
  }

  /** A bastion forwards to the ports that it was made for. */
  #prohibited(port: number): PortProhibited {
    const remedy = this.#isBastion
      ? "It was made by an older version of the program: with all settings as they are deployed, let the program make it " +
        "anew: npm run up -- --replace '**-bastion-machine'"
      : "The SSH server's configuration forbids it (AllowTcpForwarding): let the program make the machine anew";
    return new PortProhibited(`${this.#host} does not forward to port ${port}. ${remedy}`);
  }

  /**
   * Like {@link exec} as root, but gives standard output.
   *
   * @throws UserError on a non-zero exit code, with what the program said
   */
  async sudo(command: readonly string[], input = ""): Promise<string> {
    const finished = await this.exec(["sudo", "-n", ...command], input);
    if (finished.code !== 0) {
      const said = finished.stderr.trim() || finished.stdout.trim() || "nothing was printed";
      throw new UserError(`on ${this.#host}, ${command[0] ?? ""} ended with exit code ${finished.code}: ${said}`);
    }
    return finished.stdout;
  }

  /** Ends the connection. */
  close(): void {
    this.#client.end();
  }
}

function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`;
}
