import type { Endpoint, OpenSocket } from "./sockets.ts";

/** How long ZooKeeper may take to answer, in milliseconds. */
const ANSWER_TIMEOUT_MS = 2_000;

/** A ZooKeeper server as it sees itself. */
export interface ServerFacts {
  /** `leader`, `follower`, `observer`, or `standalone`. */
  readonly role: string;
  readonly version: string;
}

/** What a server that serves says; or what is seen instead, as of one without a quorum. */
export type ServerAnswer = { value: ServerFacts } | { seen: string };

/**
 * Asks a ZooKeeper server for its role, with the four-letter word `srvr`.
 *
 * @throws Error when there is no answer in {@link ANSWER_TIMEOUT_MS}
 */
export async function askServer(openSocket: OpenSocket, server: Endpoint): Promise<ServerAnswer> {
  return readServer(await fourLetterWord(openSocket, server, "srvr"));
}

/** Reads a server's answer to `srvr`. */
export function readServer(answer: string): ServerAnswer {
  const role = /^Mode: (\w+)$/m.exec(answer)?.[1];
  // "Zookeeper version: 3.8.4-9316c2a7a97e1666d8f4593f34dd6fc36ecc436c, built on 2024-02-12 22:16 UTC"
  const version = /^Zookeeper version: (\d[\d.]*)/m.exec(answer)?.[1] ?? "unknown";
  if (role !== undefined) return { value: { role, version } };
  const [line = ""] = answer.trim().split("\n");
  // One without a quorum: "This ZooKeeper instance is not currently serving requests".
  return { seen: line === "" ? "it ends the connection without an answer" : `it answers "${line}"` };
}

function fourLetterWord(openSocket: OpenSocket, { host, port }: Endpoint, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = openSocket({ host, port });
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer from ${host}:${port} in ${ANSWER_TIMEOUT_MS / 1000} s`));
    }, ANSWER_TIMEOUT_MS);
    socket
      .setEncoding("utf8")
      .on("connect", () => socket.write(word))
      .on("data", (text: string) => {
        answer += text;
      })
      .on("error", reject)
      .on("close", () => {
        clearTimeout(timer);
        resolve(answer);
      });
  });
}
