import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";
import type { BastionReach, ClientTls, Reach } from "../../model/reach.ts";
import { UserError } from "./report.ts";
import { type ClientSocket, type Endpoint, LazySocket, type OpenSocket, plainSocket } from "./sockets.ts";
import { Ssh } from "./ssh.ts";
import type { SshLogin } from "./sshClient.ts";
import { secureSockets } from "./tlsSockets.ts";
import { waitFor } from "./wait.ts";

const DEFAULT_TIMEOUT_MS = 15_000;

/** Pause between tries to connect to a machine of this computer, in milliseconds: it boots in a few seconds. */
const LINK_INTERVAL_MS = 200;
/** The same over a network. sshd counts failed tries against an address (PerSourcePenalties), so they are fewer. */
const NETWORK_INTERVAL_MS = 1_000;

/** How long a member is tried for at least, in milliseconds: the bastion may have come only when the time was up. */
const MEMBER_MINIMUM_MS = 3_000;

/** What a {@link Network} is made from. */
export interface NetworkArgs {
  readonly reach: Reach;
  /** The deployer's OpenSSH private key; only a bastion and SSH to a machine need it. */
  readonly privateKey: string;
  /** For connections to ports that begin with TLS. @default none: they are opened without it */
  readonly tls?: ClientTls;
  /** How long SSH connections are tried for, from now and all together, in milliseconds. @default 15 s */
  readonly timeoutMs?: number;
  /** SSH port of bastion and machines. @default 22 */
  readonly sshPort?: number;
}

/** A machine that is reached over SSH. */
export interface SshMachine {
  /** For messages. */
  readonly name: string;
  /** IPv4 address. */
  readonly address: string;
  readonly user: string;
}

/** The way from this computer to the members. What goes through a bastion shares one SSH connection to it. */
export class Network {
  readonly #args: NetworkArgs;
  readonly #deadline: number;
  readonly #opened = new Set<Ssh>();
  #entered: Promise<Ssh> | undefined;
  #closed = false;

  /** Opens a connection to a member's port, with TLS where that begins with it. */
  readonly openSocket: OpenSocket;

  constructor(args: NetworkArgs) {
    this.#args = args;
    this.openSocket = secureSockets((to) => this.#open(to), args.tls);
    this.#deadline = Date.now() + (args.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /**
   * Connects to the bastion, if there is one: a client of Kafka would take the time that this needs for the broker's.
   *
   * @throws UserError when it can't be reached until the network's time is up, or shows another host key
   */
  async ready(): Promise<void> {
    await this.#bastion();
  }

  /**
   * Connects to a machine over SSH, and tries until the network's time is up.
   *
   * @param hostKey the only one that is accepted
   * @throws UserError when it can't be reached, or shows another host key
   */
  connect(machine: SshMachine, hostKey: string): Promise<Ssh> {
    return this.#reach(machine, (login) =>
      this.#keep(Ssh.connect({ ...login, hostKey, role: "member", name: machine.name }, this.#args.tls)),
    );
  }

  /**
   * Gives the host key of a machine that is seen for the first time, as soon as it accepts the login.
   *
   * @throws UserError when it can't be reached until the network's time is up
   */
  learnHostKey(machine: SshMachine): Promise<string> {
    return this.#reach(machine, (login) => Ssh.learnHostKey(login));
  }

  /**
   * Gives what the work gives, unless the bastion is lost before: clients of Kafka would go on trying to connect
   * through it.
   *
   * @throws UserError that says so; the work itself goes on
   */
  guard<T>(work: Promise<T>): Promise<T> {
    const bastion = this.#bastion();
    return bastion ? Promise.race([work, bastion.then((ssh) => ssh.lost)]) : work;
  }

  /** Ends every SSH connection, also one that is only being made. */
  close(): void {
    this.#closed = true;
    for (const ssh of this.#opened) ssh.close();
  }

  #open(to: Endpoint): ClientSocket {
    const bastion = this.#bastion();
    return bastion ? new LazySocket(bastion.then((ssh) => ssh.forward(to))) : plainSocket(to);
  }

  #bastion(): Promise<Ssh> | undefined {
    const { reach } = this.#args;
    return reach.via === "bastion" ? (this.#entered ??= this.#enter(reach)) : undefined;
  }

  #enter({ host, user, hostKey }: BastionReach): Promise<Ssh> {
    const { privateKey, sshPort: port } = this.#args;
    return this.#retry(`SSH as ${user} on the bastion ${host}`, () =>
      this.#keep(Ssh.connect({ host, user, privateKey, hostKey, role: "bastion", ...(port && { port }) })),
    );
  }

  async #reach<T>({ name, address, user }: SshMachine, attempt: (login: SshLogin) => Promise<T>): Promise<T> {
    const { reach, privateKey, sshPort: port = 22 } = this.#args;
    if (reach.via === "link" && !isOnLink(address)) {
      throw new UserError(`${address} (${name}) is on no network of this computer: its bridge is gone`);
    }
    const bastion = await this.#bastion();
    const login = async (): Promise<T> => {
      const stream = await bastion?.forward({ host: address, port });
      return attempt({ host: address, port, user, privateKey, ...(stream && { stream }) });
    };
    return this.#retry(`SSH on ${name} (${address})`, login, bastion ? MEMBER_MINIMUM_MS : 0);
  }

  #retry<T>(what: string, attempt: () => Promise<T>, minimumMs = 0): Promise<T> {
    const interval = this.#args.reach.via === "link" ? LINK_INTERVAL_MS : NETWORK_INTERVAL_MS;
    return waitFor(
      what,
      async () => ({ value: await attempt() }),
      Math.max(minimumMs, this.#deadline - Date.now()),
      interval,
    );
  }

  async #keep(connecting: Promise<Ssh>): Promise<Ssh> {
    const ssh = await connecting;
    if (this.#closed) ssh.close();
    else this.#opened.add(ssh);
    return ssh;
  }
}

/** Whether an IPv4 address is on a network of this computer. */
export function isOnLink(address: string): boolean {
  const target = ipaddr.IPv4.parse(address);
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family, cidr }) => family === "IPv4" && cidr !== null && target.match(ipaddr.IPv4.parseCIDR(cidr)));
}
