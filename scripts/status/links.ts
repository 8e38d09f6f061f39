/** Tries the connections that members need to each other, from each of them over its SSH connection. */
import { setTimeout as sleep } from "node:timers/promises";
import { ZOOKEEPER_PORTS } from "../../model/render/machinePaths.ts";
import type { Service } from "../../model/render/nodeFile.ts";
import { memberPort, type Phase } from "../../model/security/phase.ts";
import { UserError } from "../lib/report.ts";
import { type Endpoint, LazySocket, whyClosed } from "../lib/sockets.ts";
import type { Ssh } from "../lib/ssh.ts";
import { askServer } from "../lib/zookeeper.ts";
import type { DeployedMember } from "./recordedCluster.ts";
import { reasonOf } from "./answer.ts";
import type { Answer } from "./facts.ts";

/** How long a connection may take, in milliseconds: a packet that is lost is sent again after 1 s, and 2 s later. */
const LINK_TIMEOUT_MS = 3_000;

/** What is refused is tried once more after this time, in milliseconds: the service may just be starting. */
const AGAIN_AFTER_MS = 1_000;

/** A connection from one member to another one's service. */
export interface LinkFacts {
  /** Members' names. */
  readonly from: string;
  readonly to: string;
  readonly service: Service;
  readonly port: number;
  /** Why it can't be opened; `null` when it can. */
  readonly reason: string | null;
}

/** A member and the SSH connection to it, if there is one. */
export interface Connection {
  readonly member: DeployedMember;
  readonly ssh: Answer<Ssh>;
}

/**
 * Tries every member with a broker to all other brokers, and every member to all other ZooKeeper servers. These are
 * asked something: a server logs a connection that says nothing.
 *
 * @returns nothing of connections whose try says nothing about them, as where the SSH connection is lost
 */
export function askLinks(connections: readonly Connection[], security: Phase): Promise<LinkFacts[]> {
  return tryAll(connections, (from, to) => [
    ...(from.brokerId === undefined || to.brokerId === undefined
      ? []
      : [{ service: "kafka" as const, port: memberPort("kafka", security), try: opens }]),
    ...(to.zookeeperId === undefined
      ? []
      : [{ service: "zookeeper" as const, port: memberPort("zookeeper", security), try: answers }]),
  ]);
}

/**
 * Tries what ZooKeeper's servers use among themselves, for when one of them does not serve: a server logs such a
 * connection as an error, so it is nothing for everyday.
 *
 * @param leaders names of the members whose servers lead; only these listen for followers
 */
export function askEnsembleLinks(connections: readonly Connection[], leaders: readonly string[]): Promise<LinkFacts[]> {
  return tryAll(connections, (from, to) => {
    if (from.zookeeperId === undefined || to.zookeeperId === undefined) return [];
    const ports = [ZOOKEEPER_PORTS.election, ...(leaders.includes(to.name) ? [ZOOKEEPER_PORTS.quorum] : [])];
    return ports.map((port) => ({ service: "zookeeper" as const, port, try: opens }));
  });
}

/** One way to try a link. */
interface Try {
  readonly service: Service;
  readonly port: number;
  readonly try: (ssh: Ssh, to: Endpoint) => Promise<string | null>;
}

async function tryAll(
  connections: readonly Connection[],
  tries: (from: DeployedMember, to: DeployedMember) => readonly Try[],
): Promise<LinkFacts[]> {
  const links = connections.flatMap(({ member: from, ssh }) =>
    "seen" in ssh
      ? []
      : connections
          .filter(({ member }) => member.name !== from.name)
          .flatMap(({ member: to }) =>
            tries(from, to).map(async ({ service, port, try: attempt }): Promise<LinkFacts[]> => {
              const named = { from: from.name, to: to.name, service, port };
              try {
                return [{ ...named, reason: await tried(attempt, ssh.value, { host: to.address, port }) }];
              } catch (error) {
                // The way to the member fails, or may not be used: of the link itself that says nothing.
                if (error instanceof UserError) return [];
                throw error;
              }
            }),
          ),
  );
  return (await Promise.all(links)).flat();
}

/** Gives why a link can't be used; `null` when it can. */
async function tried(attempt: Try["try"], ssh: Ssh, to: Endpoint): Promise<string | null> {
  const started = Date.now();
  const reason = await attempt(ssh, to);
  if (reason === null || Date.now() - started > AGAIN_AFTER_MS) return reason;
  await sleep(AGAIN_AFTER_MS);
  return attempt(ssh, to);
}

/** Whether it takes a connection, which is ended at once. */
async function opens(ssh: Ssh, to: Endpoint): Promise<string | null> {
  const reason = await whyClosed((target) => new LazySocket(ssh.forward(target)), to, LINK_TIMEOUT_MS);
  if (reason instanceof UserError) throw reason;
  return reason ? reasonOf(reason) : null;
}

/** Whether a ZooKeeper server says anything. */
async function answers(ssh: Ssh, to: Endpoint): Promise<string | null> {
  try {
    await askServer(ssh.openSocket, to);
    return null;
  } catch (error) {
    if (error instanceof UserError) throw error;
    return reasonOf(error);
  }
}
