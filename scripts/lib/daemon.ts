import { existsSync } from "node:fs";
import { request } from "node:http";
import type { IncomingMessage, RequestOptions } from "node:http";
import type { Readable } from "node:stream";
import { UserError } from "./report.ts";

/**
 * LXD's and Incus's own REST interface, spoken over the daemon's Unix socket: it is the same for both, and the user's
 * settings of the command-line clients (remotes, default project, aliases) are neither read nor changed.
 */
export interface Daemon {
  readonly kind: "LXD" | "Incus";
  readonly socket: string;
  /** Where it keeps its storage pools. */
  readonly directory: string;
}

function daemon(kind: Daemon["kind"], directory: string, socketDirectory = directory): Daemon {
  return { kind, socket: `${socketDirectory}/unix.socket`, directory };
}

/** Where the daemons listen; the first that answers is used, so a computer that has both keeps using LXD. */
const DAEMONS: readonly Daemon[] = [
  ...(process.env.LXD_DIR ? [daemon("LXD", process.env.LXD_DIR)] : []),
  daemon("LXD", "/var/lib/lxd"),
  daemon("LXD", "/var/snap/lxd/common/lxd"),
  ...(process.env.INCUS_DIR ? [daemon("Incus", process.env.INCUS_DIR)] : []),
  daemon("Incus", "/var/lib/incus"),
  daemon("Incus", "/var/lib/incus", "/run/incus"),
];

/** What the daemon refused or could not do, with its HTTP status code. Its own words say best what is wrong. */
export class DaemonError extends UserError {
  readonly status: number;
  /** The daemon's own words. */
  readonly reason: string;
  constructor(request: string, reason: string, status: number) {
    super(`${request}: ${reason}`);
    this.reason = reason;
    this.status = status;
  }
}

/** The envelope of every answer. */
interface Answer {
  readonly type: "sync" | "async" | "error";
  readonly error?: string;
  readonly error_code?: number;
  readonly operation?: string;
  readonly metadata?: unknown;
}

/** A running operation or its outcome. */
interface Operation {
  readonly err?: string;
  readonly status_code: number;
  readonly metadata?: unknown;
}

/** A request's body: a JSON document, or bytes with their headers. */
export type Body = { readonly json: unknown } | { readonly bytes: Readable; readonly headers: Record<string, string> };

function open(daemon: Daemon, method: string, path: string, body?: Body): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { socketPath: daemon.socket, method, path, agent: false };
    if (body) options.headers = "json" in body ? { "content-type": "application/json" } : body.headers;
    const sent = request(options, resolve).on("error", reject);
    if (!body) sent.end();
    else if ("json" in body) sent.end(JSON.stringify(body.json));
    else body.bytes.on("error", (error) => sent.destroy(error)).pipe(sent);
  });
}

async function text(message: IncomingMessage): Promise<string> {
  let all = "";
  for await (const piece of message.setEncoding("utf8")) all += String(piece);
  return all;
}

/** Turns what the daemon says into an error; a full disk is the user's to put right. */
function refusal(request: string, reason: string, status: number): Error {
  if (/no space left on device|out of disk space/i.test(reason)) {
    return new UserError(`the disk that holds the machines is full (${reason}). Free some space and run it again.`);
  }
  return new DaemonError(request, reason, status);
}

/**
 * Sends a request and waits for the operation that it starts, if it starts one.
 *
 * @returns the answer's `metadata`, or that of the finished operation
 * @throws DaemonError when the daemon refuses or the operation fails
 */
export async function call<T>(daemon: Daemon, method: string, path: string, body?: Body): Promise<T> {
  const answer = JSON.parse(await text(await open(daemon, method, path, body))) as Answer;
  const request = `${daemon.kind} refused ${method} ${path}`;
  if (answer.type === "error") throw refusal(request, answer.error ?? "unknown error", answer.error_code ?? 500);
  if (answer.type === "sync") return answer.metadata as T;
  // LXD answers with the failed operation, Incus with an error.
  const ended = await call<Operation>(daemon, "GET", `${answer.operation ?? ""}/wait`).catch((error: unknown) => {
    throw error instanceof DaemonError ? refusal(request, error.reason, error.status) : error;
  });
  if (ended.err) throw refusal(request, ended.err, ended.status_code);
  return ended.metadata as T;
}

/** Reads an object; `undefined` when there is none. */
export async function find<T>(daemon: Daemon, path: string): Promise<T | undefined> {
  return await call<T>(daemon, "GET", path).catch(ignoreMissing);
}

/** Removes an object; one that is gone already is fine. */
export async function remove(daemon: Daemon, path: string): Promise<void> {
  await call(daemon, "DELETE", path).catch(ignoreMissing);
}

/** Reads a file or log of an instance; `undefined` while there is none. */
export async function readInstanceFile(daemon: Daemon, path: string): Promise<string | undefined> {
  const message = await open(daemon, "GET", path);
  const content = await text(message);
  return message.statusCode === 200 ? content : undefined;
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof DaemonError && error.status === 404) return undefined;
  throw error;
}

/** How the search for a daemon ended: found, or why it can't be used. */
export type Search = { readonly daemon: Daemon } | { readonly refused?: string };

/** Looks for a daemon that answers. */
export async function searchDaemon(): Promise<Search> {
  let refused: string | undefined;
  for (const daemon of DAEMONS) {
    if (!existsSync(daemon.socket)) continue;
    try {
      await call(daemon, "GET", "/1.0");
      return { daemon };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EACCES") refused ??= daemon.socket;
    }
  }
  return refused ? { refused } : {};
}

/**
 * The daemon of this computer.
 *
 * @throws UserError when none answers, or none that this user may use
 */
export async function findDaemon(): Promise<Daemon> {
  const search = await searchDaemon();
  if ("daemon" in search) return search.daemon;
  throw new UserError(
    search.refused
      ? `no permission to use ${search.refused}. Add yourself to the group that owns it ` +
          "(sudo usermod -aG lxd $USER or sudo usermod -aG incus-admin $USER), log in again, and run it again; or run as root."
      : "neither LXD nor Incus answers on this computer, and the local platform makes its machines with one of them. " +
          "Run `npm run setup`, which installs and starts what is missing.",
  );
}
