import { Client, type ClientChannel, utils } from "ssh2";
import { UserError } from "./report.ts";

/** Whom to log in to, and how. */
export interface SshTarget {
  readonly host: string;
  readonly user: string;
  /** OpenSSH private key. */
  readonly privateKey: string;
  /** The only host key that is accepted: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
}

/** What a remote command left. */
export interface RemoteResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One SSH connection; commands share it. */
export class Ssh {
  readonly #client: Client;
  readonly #host: string;

  private constructor(client: Client, host: string) {
    this.#client = client;
    this.#host = host;
  }

  /**
   * Connects once.
   *
   * @throws UserError when the machine shows another host key; anything else (refused, timed out) may pass with time
   */
  static connect(target: SshTarget): Promise<Ssh> {
    const expected = target.hostKey.trim().split(/\s+/)[1] ?? "";
    return new Promise((resolve, reject) => {
      const client = new Client();
      let shown: string | undefined;
      client
        .on("ready", () => {
          resolve(new Ssh(client, target.host));
        })
        .on("error", (error) => {
          reject(
            shown !== undefined && shown !== expected
              ? new UserError(
                  `${target.host} shows the host key ${shown}, but ${expected} is the one of this member's machine. ` +
                    `If the machine was made anew outside of the program, let the program make it anew: npm run up -- --replace and its '**…-machine'`,
                )
              : error,
          );
        })
        .connect({
          host: target.host,
          username: target.user,
          privateKey: target.privateKey,
          readyTimeout: 10_000,
          keepaliveInterval: 5_000,
          keepaliveCountMax: 6,
          algorithms: { serverHostKey: ["ssh-ed25519"] },
          hostVerifier: (key: Buffer) => {
            shown = key.toString("base64");
            return shown === expected;
          },
        });
    });
  }

  /**
   * Runs a program on the machine, each argument quoted, and waits for its end.
   *
   * @param input text for its standard input: the place for secrets
   */
  exec(command: readonly string[], input = ""): Promise<RemoteResult> {
    return new Promise((resolve, reject) => {
      const lost = (): void => {
        reject(new Error(`the SSH connection to ${this.#host} was lost`));
      };
      this.#client.once("close", lost);
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
            this.#client.off("close", lost);
            resolve({ code, stdout, stderr });
          });
        channel.stderr.on("data", (text: string) => {
          stderr += text;
        });
        channel.end(input);
      });
    });
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

/** Makes a key pair for the deployer: OpenSSH private key and authorized_keys line (ed25519). */
export function generateKeyPair(comment: string): { privateKey: string; publicKey: string } {
  const pair = utils.generateKeyPairSync("ed25519", { comment });
  return { privateKey: pair.private, publicKey: pair.public };
}

function quote(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`;
}
