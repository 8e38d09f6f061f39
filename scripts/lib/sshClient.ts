import type { Duplex } from "node:stream";
import ssh2, { type Client } from "ssh2";
import { publicKeyOf } from "./keyPair.ts";
import { UserError } from "./report.ts";

/** Whom to log in to, and how. */
export interface SshLogin {
  /** Address or name; with {@link stream} only for messages. */
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
  readonly user: string;
  /** OpenSSH private key. */
  readonly privateKey: string;
  /** What carries the connection. @default TCP from this computer */
  readonly stream?: Duplex;
}

/** A login on a host whose key is known. */
export interface SshTarget extends SshLogin {
  /** The only host key that is accepted: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** What the host is, for messages. */
  readonly role: "member" | "bastion";
  /** Name of a member. */
  readonly name?: string;
}

/**
 * Connects and logs in once. A connection over which nothing has come back for half a minute is given up, also later.
 *
 * @param refusal judges the ed25519 host key, in base64: an error for one that is not accepted
 * @throws the refusal, or UserError when the private key can't be read; any other error (refused, timed out, no login) may pass with time
 */
export async function openClient(
  login: SshLogin,
  refusal: (hostKey: string) => UserError | undefined,
): Promise<Client> {
  if (!publicKeyOf(login.privateKey)) throw new UserError("the stack's private key for SSH can't be read");
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    let refused: UserError | undefined;
    const fail = (error: Error): void => {
      reject(refused ?? error);
    };
    client
      // ssh2 leaves Nagle's algorithm on: each command, and each answer of Kafka's through a forwarded connection, would
      // wait up to 40 ms for the other side's delayed acknowledgement.
      .on("connect", () => {
        client.setNoDelay(true);
      })
      .on("ready", () => {
        resolve(client);
      })
      .on("error", fail)
      // One that ends within the handshake is no error to ssh2.
      .on("close", () => {
        fail(new Error(`${login.host} closed the connection`));
      })
      .connect({
        host: login.host,
        port: login.port ?? 22,
        username: login.user,
        privateKey: login.privateKey,
        ...(login.stream && { sock: login.stream }),
        readyTimeout: 10_000,
        keepaliveInterval: 5_000,
        keepaliveCountMax: 6,
        algorithms: { serverHostKey: ["ssh-ed25519"] },
        hostVerifier: (key: Buffer) => {
          refused = refusal(key.toString("base64"));
          return refused === undefined;
        },
      });
  });
}

/** The error for another host key than the known one, with what to do. */
export function wrongHostKey({ host, role, name = "…" }: SshTarget, shown: string, expected: string): UserError {
  switch (role) {
    case "member":
      return new UserError(
        `${host} shows the host key ${shown}, but ${expected} is the one of this member's machine. ` +
          `If the machine was made anew outside of the program, let the program make it anew: npm run replace -- ${name}`,
      );
    case "bastion":
      return new UserError(
        `the bastion ${host} shows the host key ${shown}, but ${expected} is the one that the program knows. ` +
          `If the bastion was made anew outside of the program, let the program make it anew: npm run up -- --replace '**-bastion-machine'`,
      );
    default:
      return role satisfies never;
  }
}
