import type { Service } from "../../model/render/nodeFile.ts";
import { DEPLOY_USER } from "../../model/render/machinePaths.ts";
import { memberPort, type Phase } from "../../model/security/phase.ts";
import { fileDifferences } from "../apply/files.ts";
import type { Network } from "../lib/reach.ts";
import type { Endpoint, OpenSocket } from "../lib/sockets.ts";
import type { Ssh } from "../lib/ssh.ts";
import { askServer, type ServerFacts } from "../lib/zookeeper.ts";
import { answerOf } from "./answer.ts";
import { askBroker, askCluster } from "./askKafka.ts";
import type { DeployedCluster, DeployedMember } from "./recordedCluster.ts";
import type { Answer, Facts, MemberFacts } from "./facts.ts";
import { askEnsembleLinks, askLinks, type Connection, type LinkFacts } from "./links.ts";
import { lookUntilSettled } from "./settledLook.ts";
import type { Looks } from "./stalled.ts";
import { machineCommand, readMachine } from "./machineFacts.ts";

/** How long SSH to the members is tried for, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 8_000;

/** Asks all members at once, each for no longer than a time limit, and then the cluster as a whole. */
export async function gather(stack: string, cluster: DeployedCluster, network: Network): Promise<Facts> {
  const connections = await Promise.all(
    cluster.members.map(async (member) => ({ member, ssh: await connect(network, member) })),
  );
  const openSocket = socketsOf(connections);
  // They take long only where they fail.
  const tried = askLinks(connections, cluster.security);
  const members = await Promise.all(
    connections.map(({ member, ssh }) => askMember(member, ssh, openSocket, cluster.security)),
  );
  const ensembleLinks = tryEnsemble(connections, members);
  const brokers = members.flatMap(({ member: { brokerId: id, address }, broker: answer }) =>
    id === undefined || !answer ? [] : [{ id, address: `${address}:${memberPort("kafka", cluster.security)}`, answer }],
  );
  const asked = openSocket ? await askCluster(openSocket, brokers) : { seen: "no broker answers" };
  const settled = await lookUntilSettled(openSocket, brokers, asked);
  return {
    stack,
    kafkaVersion: cluster.kafkaVersion,
    security: cluster.security,
    certificates: cluster.certificates,
    unfinished: cluster.unfinished,
    takenAt: Date.now(),
    members: members.map((facts) => withLook(facts, settled.looks)),
    links: [...(await tried), ...(await ensembleLinks)],
    cluster: settled.cluster,
    stalled: settled.stalled,
  };
}

/** A member with what its broker saw last. */
function withLook(facts: MemberFacts, looks: Looks): MemberFacts {
  const {
    member: { brokerId },
    broker,
  } = facts;
  const look = brokerId === undefined ? undefined : looks.get(brokerId);
  return look && broker && "value" in broker ? { ...facts, broker: { value: { ...broker.value, ...look } } } : facts;
}

/** Where a server does not serve although its service runs, the connections that it needs for that. */
async function tryEnsemble(connections: readonly Connection[], members: readonly MemberFacts[]): Promise<LinkFacts[]> {
  const isAlone = members.some(
    ({ server, machine }) =>
      server &&
      "seen" in server &&
      "value" in machine &&
      machine.value.services.some(({ service, activeState }) => service === "zookeeper" && activeState === "active"),
  );
  if (!isAlone) return [];
  const leaders = members.filter(({ server }) => server && "value" in server && server.value.role === "leader");
  return askEnsembleLinks(
    connections,
    leaders.map(({ member }) => member.name),
  );
}

async function connect(network: Network, { name, address, apply }: DeployedMember): Promise<Answer<Ssh>> {
  if (!apply) return { seen: "its host key is not known, since no apply of it is on record: npm run up" };
  try {
    return { value: await network.connect({ name, address, user: DEPLOY_USER }, apply.hostKey) };
  } catch (error) {
    return { seen: (error as Error).message };
  }
}

/**
 * Opens connections from the member itself, so that nothing but SSH is needed; where its SSH is what fails, from
 * another one. Nothing else is sent from this computer: an address whose bridge is gone may be somebody else's.
 *
 * @returns nothing when no member can be reached
 */
function socketsOf(connections: readonly Connection[]): OpenSocket | undefined {
  const opened = connections.flatMap(({ member: { address }, ssh }) =>
    "value" in ssh ? [{ address, ssh: ssh.value }] : [],
  );
  const [first] = opened;
  if (!first) return undefined;
  return (to) => {
    const from = opened.find(({ address }) => address === to.host) ?? first;
    return from.ssh.openSocket(to);
  };
}

async function askMember(
  member: DeployedMember,
  ssh: Answer<Ssh>,
  openSocket: OpenSocket | undefined,
  security: Phase,
): Promise<MemberFacts> {
  const { address: host, brokerId, zookeeperId } = member;
  const over = async <T>(ask: (ssh: Ssh) => Promise<T>): Promise<Answer<T>> =>
    "value" in ssh ? answerOf(ask(ssh.value)) : ssh;
  const through = async <T>(ask: (openSocket: OpenSocket) => Promise<Answer<T>>): Promise<Answer<T>> =>
    openSocket ? ask(openSocket) : { seen: "no member can be reached over SSH" };
  const { files = [], startHashes = new Map<Service, string>() } = member.apply ?? {};
  const [machine, differences, server, broker] = await Promise.all([
    over(async (ssh) => readMachine(await ssh.sudo(machineCommand([...startHashes.keys()])))),
    over((ssh) => fileDifferences(ssh, files)),
    zookeeperId === undefined
      ? undefined
      : through((sockets) => askZooKeeper(sockets, { host, port: memberPort("zookeeper", security) })),
    brokerId === undefined
      ? undefined
      : through((sockets) => askBroker(sockets, `${host}:${memberPort("kafka", security)}`, brokerId)),
  ]);
  return {
    member,
    ssh: "value" in ssh ? { value: true } : ssh,
    machine,
    differences,
    ...(server && { server }),
    ...(broker && { broker }),
  };
}

async function askZooKeeper(openSocket: OpenSocket, server: Endpoint): Promise<Answer<ServerFacts>> {
  const answer = await answerOf(askServer(openSocket, server));
  return "value" in answer ? answer.value : answer;
}
