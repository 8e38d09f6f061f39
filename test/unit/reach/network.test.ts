import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, Socket } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { zookeeperHealth } from "../../../scripts/apply/health.ts";
import { disconnect, kafkaClient, kafkaReason } from "../../../scripts/lib/kafka.ts";
import { makeKeyPair, publicKeyOf } from "../../../scripts/lib/keyPair.ts";
import { Network, type NetworkArgs } from "../../../scripts/lib/reach.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import type { ClientSocket } from "../../../scripts/lib/sockets.ts";
import type { Ssh } from "../../../scripts/lib/ssh.ts";
import { waitFor } from "../../../scripts/lib/wait.ts";
import { DEPLOYER, echoServer, SshServer } from "./sshServer.ts";

// Bastion and member are addresses of loopback of their own, on one port, as machines are.
const MEMBER = { name: "kafka-1", address: "127.0.0.3", user: "kafka-deploy" };
const userError = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);
const CLOSED_PORT = 1;

let bastion: SshServer;
let member: SshServer;
let sshPort: number;
let echo: { port: number; server: Server };
const networks: Network[] = [];

before(async () => {
  bastion = new SshServer("127.0.0.2");
  member = new SshServer(MEMBER.address);
  sshPort = await bastion.listen();
  await member.listen(sshPort);
  echo = await echoServer(MEMBER.address);
});
afterEach(() => {
  for (const network of networks.splice(0)) network.close();
});
after(() => {
  bastion.die();
  member.die();
  echo.server.close();
});

function network(args: Partial<NetworkArgs> = {}): Network {
  const made = new Network({
    reach: bastion.reach(),
    privateKey: DEPLOYER.privateKey,
    timeoutMs: 5_000,
    sshPort,
    ...args,
  });
  networks.push(made);
  return made;
}

async function echoed(socket: ClientSocket, text: string): Promise<string> {
  socket.setEncoding("utf8").end(text);
  let answer = "";
  for await (const part of socket) answer += part as string;
  return answer;
}

const allClosed = (server: SshServer): Promise<boolean> =>
  waitFor(
    "forwarded connections to close",
    () => Promise.resolve(server.open === 0 ? { value: true } : { seen: `${server.open} open` }),
    2_000,
    5,
  );

test("everything goes through one connection to the bastion, and no port is opened here", async () => {
  const before = bastion.connections.length;
  const ports = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap").length;
  const listening = ports();
  const way = network();
  const ssh = way.connect(MEMBER, member.hostKey);
  const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
  const to = { host: MEMBER.address, port: echo.port };
  assert.deepEqual(await Promise.all(texts.map((text) => echoed(way.openSocket(to), text))), texts);
  assert.equal((await (await ssh).exec(["true"])).stdout, MEMBER.address);
  assert.equal(ports(), listening);
  assert.equal(bastion.connections.length, before + 1);
  assert.equal(member.connections.length, 1);
  assert.ok(bastion.forwarded.includes(`${MEMBER.address}:${sshPort}`));
  way.close();
  await allClosed(bastion);
});

test("a member's own SSH connection carries connections from the member, also through a bastion", async () => {
  const way = network();
  const ssh = await way.connect(MEMBER, member.hostKey);
  const stream = await ssh.forward({ host: MEMBER.address, port: echo.port });
  stream.end("hello");
  const [answer] = (await once(stream, "data")) as [Buffer];
  assert.equal(answer.toString(), "hello");
  assert.ok(member.forwarded.includes(`${MEMBER.address}:${echo.port}`));
  await allClosed(member);
});

test("commands and Kafka's answers over SSH wait for no delayed acknowledgement (ssh2 1.17.0: 40 ms each)", async (t) => {
  const noDelay = t.mock.method(Socket.prototype, "setNoDelay");
  const ssh = await network().connect(MEMBER, member.hostKey);
  assert.ok(ssh);
  // One for the bastion: what goes to the member is a stream in it.
  assert.deepEqual(
    noDelay.mock.calls.map(({ arguments: [on] }) => on),
    [true],
  );
});

test("without a bastion, connections are plain", async () => {
  const before = bastion.connections.length;
  const way = network({ reach: { via: "direct" } });
  assert.equal(await echoed(way.openSocket({ host: MEMBER.address, port: echo.port }), "plain"), "plain");
  assert.equal((await (await way.connect(MEMBER, member.hostKey)).exec(["true"])).code, 0);
  await way.ready();
  assert.equal(await way.guard(Promise.resolve(1)), 1);
  assert.equal(bastion.connections.length, before);
});

test("on a link, a member whose bridge is gone is refused and nothing is sent", async () => {
  const before = member.connections.length;
  const way = network({ reach: { via: "link" } });
  assert.equal((await (await way.connect(MEMBER, member.hostKey)).exec(["true"])).code, 0);
  const gone = { ...MEMBER, address: "203.0.113.9" };
  await assert.rejects(way.connect(gone, member.hostKey), userError(/203\.0\.113\.9 \(kafka-1\).*its bridge is gone/));
  assert.equal(member.connections.length, before + 1);
});

test("another host key of the bastion ends all at once, and says that it is the bastion's", async () => {
  const wrong = { ...bastion.reach(), hostKey: makeKeyPair().publicKey };
  const way = network({ reach: wrong });
  const expected = userError(
    /^the bastion 127\.0\.0\.2 shows the host key AAAA.*npm run up -- --replace '\*\*-bastion-machine'$/,
  );
  await assert.rejects(way.ready(), expected);
  await assert.rejects(way.connect(MEMBER, member.hostKey), expected);
  const [error] = (await once(way.openSocket({ host: MEMBER.address, port: echo.port }), "error")) as [Error];
  assert.ok(expected(error));
});

test("another host key of the member is refused, with and without a bastion", async () => {
  const expected = userError(/^127\.0\.0\.3 shows the host key AAAA.*member's machine.*npm run replace -- kafka-1$/);
  for (const reach of [bastion.reach(), { via: "direct" } as const]) {
    await assert.rejects(network({ reach }).connect(MEMBER, makeKeyPair().publicKey), expected);
  }
  await allClosed(bastion);
});

test("what refuses, does not answer or does not let in is tried until the time is up, and then said", async () => {
  const nobody = { ...MEMBER, address: "127.0.0.9" };
  const refused = assert.rejects(
    network({ timeoutMs: 1_500 }).connect(nobody, member.hostKey),
    userError(/SSH on kafka-1 \(127\.0\.0\.9\); seen instead: 127\.0\.0\.9:\d+ can't be reached from the bastion 127/),
  );
  const reach = { ...bastion.reach(), host: "127.0.0.9" };
  const noBastion = assert.rejects(
    network({ reach, timeoutMs: 1_500 }).ready(),
    userError(/SSH as admin on the bastion 127\.0\.0\.9; seen instead: connect ECONNREFUSED/),
  );
  const noEntry = assert.rejects(
    network({ privateKey: makeKeyPair().privateKey, timeoutMs: 1_500 }).ready(),
    userError(/the bastion 127\.0\.0\.2; seen instead: All configured authentication methods failed/),
  );
  const unreadable = assert.rejects(
    network({ privateKey: "none" }).ready(),
    userError(/^the stack's private key for SSH can't be read$/),
  );
  await Promise.all([refused, noBastion, noEntry, unreadable]);
  bastion.answers = false;
  const silent = network({ timeoutMs: 1_500 }).connect(MEMBER, member.hostKey);
  await assert.rejects(silent, userError(/SSH on kafka-1.*seen instead: no answer/)).finally(() => {
    bastion.answers = true;
  });
});

test("a member behind a bastion that came late is still tried for a while", async () => {
  const way = network({ timeoutMs: 200 });
  await way.ready();
  await sleep(300);
  const gone = { ...MEMBER, address: "127.0.0.9" };
  await assert.rejects(way.connect(gone, member.hostKey), userError(/^waited 3 s for SSH on kafka-1 /));
  assert.equal((await (await way.connect(MEMBER, member.hostKey)).exec(["true"])).code, 0);
});

test("another host key of a member names its machine", async () => {
  await assert.rejects(
    network().connect(MEMBER, makeKeyPair().publicKey),
    userError(/^127\.0\.0\.3 shows the host key AAAA.*npm run replace -- kafka-1$/),
  );
});

test("a bastion that may not forward to a port is told to be made anew, at once", async () => {
  bastion.forwards = false;
  const way = network();
  const opened = (await way.connect(MEMBER, member.hostKey).catch((error: unknown) => error)) as Error;
  bastion.forwards = true;
  assert.match(
    opened.message,
    /^the bastion 127\.0\.0\.2 does not forward to port \d+\. .*--replace '\*\*-bastion-machine'$/,
  );
});

test("kafkajs takes the socket: a refused port is its error, and no connection is left", async () => {
  const way = network();
  const broker = `${MEMBER.address}:${CLOSED_PORT}`;
  const client = kafkaClient({ brokers: [broker], clientId: "test", openSocket: way.openSocket });
  const admin = client.kafka.admin({ retry: { retries: 0 } });
  await assert.rejects(admin.connect(), (error) => {
    assert.match(kafkaReason(error), /127\.0\.0\.3:1 can't be reached from the bastion 127\.0\.0\.2: .*failure/);
    return true;
  });
  await disconnect(admin);
  client.close();
  const rude = createServer((socket) => socket.once("data", () => socket.end()));
  await once(rude.listen(0, MEMBER.address), "listening");
  const { port } = rude.address() as AddressInfo;
  const other = kafkaClient({ brokers: [`${MEMBER.address}:${port}`], clientId: "test", openSocket: way.openSocket });
  await assert.rejects(other.kafka.admin({ retry: { retries: 0 } }).connect(), (error) => {
    assert.match(kafkaReason(error), /Closed connection/);
    return true;
  });
  other.close();
  rude.close();
  await allClosed(bastion);
});

test("a ZooKeeper server that does not end its answer is given up", async () => {
  const way = network();
  const asked = zookeeperHealth((to) => way.openSocket({ ...to, port: echo.port }), {
    host: MEMBER.address,
    port: 2181,
  });
  await assert.rejects(asked, /no answer from 127\.0\.0\.3:2181 in 2 s/);
  await allClosed(bastion);
});

test("a host key is learned once the deployer is let in, with and without a bastion", async () => {
  for (const reach of [bastion.reach(), { via: "direct" } as const]) {
    member.accepts = false;
    const learning = network({ reach }).learnHostKey(MEMBER);
    setTimeout(() => (member.accepts = true), 300);
    const early = await Promise.race([learning, new Promise((resolve) => setTimeout(resolve, 200, "waits"))]);
    assert.equal(early, "waits");
    assert.equal(await learning, member.hostKey);
  }
});

test("a bastion that dies ends the work, sockets and commands with an error", async () => {
  const mortal = new SshServer("127.0.0.4");
  await mortal.listen(sshPort);
  const way = network({ reach: mortal.reach() });
  const ssh: Ssh = await way.connect(MEMBER, member.hostKey);
  const socket = way.openSocket({ host: MEMBER.address, port: echo.port });
  await once(socket, "connect");
  const work = way.guard(new Promise(() => undefined));
  const ended = once(socket.resume(), "close");
  mortal.die();
  await assert.rejects(work, userError(/^the SSH connection to the bastion 127\.0\.0\.4 was lost/));
  await ended;
  await assert.rejects(ssh.exec(["true"]), userError(/^the SSH connection to 127\.0\.0\.3 was lost/));
  await assert.rejects(ssh.forward({ host: MEMBER.address, port: echo.port }), userError(/was lost/));
  const [error] = (await once(way.openSocket({ host: MEMBER.address, port: echo.port }), "error")) as [Error];
  assert.match(error.message, /bastion 127\.0\.0\.4 was lost/);
  await assert.rejects(way.connect(MEMBER, member.hostKey), userError(/was lost/));
});

test("every key pair that is made can be read back, also the one of 256 that ssh2 writes wrong", () => {
  for (let made = 0; made < 1_500; made++) {
    const { privateKey, publicKey } = makeKeyPair("somebody");
    assert.equal(publicKeyOf(privateKey)?.split(" ")[1], publicKey.split(" ")[1]);
  }
});
