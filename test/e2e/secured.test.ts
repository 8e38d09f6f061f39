/**
 * A cluster that is secured from its first deployment: what it refuses, where its secrets are, and that nothing is lost while
 * passwords, certificates and authorities are changed; then its way to plaintext and back. The tests build on each other.
 */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ClientTls } from "../../model/reach.ts";
import { plainSocket } from "../../scripts/lib/sockets.ts";
import { secureSockets } from "../../scripts/lib/tlsSockets.ts";
import { assertNothingLost } from "../traffic/report.ts";
import { underTraffic } from "../traffic/underTraffic.ts";
import { type Authority, makeAuthority, newAuthority } from "../certificates/authority.ts";
import { inProcesses, onMachine } from "./support/canaries.ts";
import { execInside, inside, leftovers } from "./support/machines.ts";
import { devConfiguration, type Ended, resourceChanges, TestStack } from "./support/stack.ts";
import { asClient, asEnsemblePeer, asZooKeeperClient } from "./support/strangers.ts";

const STACK = "e2ek";
const PREFIX = "10.213.60.";
const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
const HOSTS = [18, 19, 20].map((host) => `${PREFIX}${host}`);
const [FIRST = "", SECOND = ""] = HOSTS;
const PAUSE_MS = 30_000;
/** What a client without a login is told: the broker closes the connection. */
const REFUSED_WITHOUT_LOGIN = /closed|disconnected|ECONNRESET/i;
/** What a client says of a server that shows a certificate of an authority which it does not trust. */
const UNTRUSTED = /unable to get local issuer certificate|self.signed/;
/** What the first changes of password and authority have led to. */
const KEPT = { passwordGeneration: 2, certificates: { authorities: ["authority-2"], generation: 2 } };

let stack: TestStack;
let base: string;
/** What every command has shown until now. */
let shown = "";

/** What the tests change. */
interface Wanted {
  readonly security: string;
  readonly passwordGeneration?: number;
  readonly certificates?: object;
  readonly brokerCount?: number;
}

async function configure({
  security,
  passwordGeneration = 1,
  certificates = {},
  brokerCount = 3,
}: Wanted): Promise<void> {
  const any = (name: string): string =>
    `      - { resource: topic, name: ${name}, pattern: prefixed, operations: [All] }\n` +
    `      - { resource: group, name: ${name}, pattern: prefixed, operations: [All] }\n`;
  await stack.configure(
    `${base}  kafka-cluster:security: ${security}\n  kafka-cluster:brokerCount: ${brokerCount}\n` +
      `  kafka-cluster:certificates: ${JSON.stringify(certificates)}\n` +
      "  kafka-cluster:topics:\n    - { name: orders-made, partitions: 3, replicationFactor: 3 }\n" +
      "  kafka-cluster:users:\n" +
      `    - name: traffic\n      passwordGeneration: ${passwordGeneration}\n      permissions:\n${any("traffic-")}` +
      `    - name: orders\n      permissions:\n${any("orders")}`,
  );
}

async function shows<T extends Ended>(running: Promise<T>): Promise<T> {
  const ended = await running;
  shown += ended.text;
  return ended;
}

/** Runs an update that has to succeed. */
function up(): Promise<Ended> {
  return shows(stack.succeed("up"));
}

function status(): Promise<Ended> {
  return shows(stack.runScript("status"));
}

async function healthy(): Promise<void> {
  const { code, text } = await status();
  assert.equal(code, 0, text);
}

/** The ports at which a member listens for others, ascending. The leader of the ensemble has one more than its followers. */
async function ports(member: string): Promise<number[]> {
  const text = await inside(STACK, member, "ss --no-header --listening --tcp --numeric");
  const found = text.split("\n").flatMap((line) => {
    const [, address = "", port = ""] = /^LISTEN +\S+ +\S+ +(\S+):(\d+) /.exec(line) ?? [];
    return port === "" || address.startsWith("127.") || address === "[::1]" ? [] : [Number(port)];
  });
  return [...new Set(found)].filter((port) => port !== 2888).sort((a, b) => a - b);
}

/** Writes the files of own certificates, all of one authority's. */
async function writeCertificates(
  folder: string,
  { authorities, issue }: Authority,
  trusted = authorities,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "authorities.pem"), trusted);
  const write = async (file: string, commonName: string, address: string): Promise<void> => {
    const { key, certificate } = await issue(commonName, address);
    writeFileSync(join(folder, file), key + certificate, { mode: 0o600 });
  };
  await write("deployer.pem", "kafka-broker", "127.0.0.1");
  for (const [index, member] of MEMBERS.entries()) {
    await write(`${member}-kafka.pem`, "kafka-broker", HOSTS[index] ?? "");
    await write(`${member}-zookeeper.pem`, "zookeeper", HOSTS[index] ?? "");
  }
}

async function portsOfAll(): Promise<number[][]> {
  return Promise.all(MEMBERS.map(ports));
}

/**
 * Writes as a user of the stack.
 *
 * @param change is given what tells the writers of the password and the authorities of the last update
 */
async function underUsersTraffic(
  topic: string,
  change: (refresh: () => Promise<void>) => Promise<unknown>,
): Promise<void> {
  const tls: { authorities: string } = { authorities: "" };
  const login = { username: "traffic", password: "" };
  const refresh = async (): Promise<void> => {
    const { users } = await stack.secretOutputs();
    const { ssl, sasl } = users.traffic?.kafkajs ?? { ssl: { ca: [] }, sasl: login };
    tls.authorities = ssl.ca.join("");
    login.password = sasl.password;
  };
  await refresh();
  const entry = {
    brokers: HOSTS.map((host) => `${host}:9094`),
    openSocket: secureSockets(plainSocket, tls),
    login,
    topic: `traffic-${topic}`,
  };
  const report = await underTraffic(entry, async () => {
    await change(refresh);
    await refresh();
  });
  assertNothingLost(report, { pauseMs: PAUSE_MS });
}

/** Writes as somebody who knows nothing of users and TLS. */
async function underPlainTraffic(topic: string, change: () => Promise<unknown>): Promise<void> {
  const report = await underTraffic({ brokers: HOSTS.map((host) => `${host}:9092`), topic }, change);
  assertNothingLost(report, { pauseMs: PAUSE_MS });
}

async function update(): Promise<void> {
  await up();
  await healthy();
}

/** Takes the cluster to another phase, which restarts every member. */
async function to(wanted: Wanted): Promise<void> {
  await configure(wanted);
  await update();
}

/** Lines of keys and passwords, each by itself enough to recognise the secret. */
async function secrets(): Promise<string[]> {
  const { users, deployerTls } = await stack.secretOutputs();
  const keys = await Promise.all(
    MEMBERS.map((member) => inside(STACK, member, "cat /etc/kafka/tls/broker.pem /etc/zookeeper/tls/server.pem")),
  );
  const { stdout } = await stack.succeed("pulumi", "stack", "export", "--show-secrets");
  // Line breaks of a text in JSON in JSON.
  const made = stdout.replaceAll(/\\+n/g, "\n");
  assert.match(made, /BEGIN EC PRIVATE KEY/, "no key of an authority is in the state to look for");
  const lines = [...keys, deployerTls.key ?? "", made].flatMap(recognisableParts);
  return [...new Set([...lines, ...Object.values(users).map(({ kafkajs }) => kafkajs.sasl.password)])];
}

/**
 * Of each key in a PEM text what is in the middle of the private number: before it is what two keys of a kind have in common,
 * after it the public key. SEC 1 has it from byte 7 on, PKCS #8 from byte 36.
 */
function recognisableParts(pem: string): string[] {
  const keys = [...pem.matchAll(/-----BEGIN ([A-Z ]*)PRIVATE KEY-----\n([\s\S]+?)\n-----END/g)];
  return keys.map(([, kind, body = ""]) => {
    const [first = "", second = ""] = body.split("\n");
    const part = kind === "EC " ? first.slice(12, 50) : second.slice(0, 26);
    assert.ok(part.length > 20, "a key is of another form");
    return part;
  });
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  base = await devConfiguration(PREFIX);
});
after(() => stack.remove());

test("Kafka 2.4.0 can't be secured, and a preview says why", async () => {
  await stack.configure(`${base}  kafka-cluster:kafkaVersion: 2.4.0\n  kafka-cluster:security: secured\n`);
  assert.match(await stack.fail("preview"), /security = "secured": plaintext with Kafka 2\.4\.0: .*2\.7\.0 or newer/);
});

test("secured from nothing: the message goes round as a user, over TLS, and a second update changes nothing", async () => {
  await configure({ security: "secured" });
  await up();
  const { bootstrapServers, zookeeperConnect, verification } = stack.outputs();
  assert.equal(bootstrapServers, HOSTS.map((host) => `${host}:9094`).join(","));
  assert.equal(zookeeperConnect, HOSTS.map((host) => `${host}:2182`).join(","));
  assert.equal(verification.producedVia, `${HOSTS[2]}:9094`);
  await healthy();
  const { text } = await up();
  assert.deepEqual(resourceChanges(text), {}, text);
});

test("open ports are those that have to be, on every member", async () => {
  assert.deepEqual(
    await portsOfAll(),
    MEMBERS.map(() => [22, 2182, 3888, 9093, 9094]),
  );
});

test("brokers: a stranger is refused, whatever he lacks", async () => {
  const { authorities, deployerTls, users } = await stack.secretOutputs();
  const { username, password } = users.orders?.kafkajs.sasl ?? { username: "", password: "" };
  const foreign = await makeAuthority("somebody else", "kafka-broker", FIRST);
  const login = { username, password };
  const client = { host: FIRST, port: 9094 };
  const broker = { host: FIRST, port: 9093 };
  assert.equal(await asClient(client, { tls: { authorities }, login }), "let in");
  assert.equal(await asClient(broker, { tls: deployerTls }), "let in");

  const wrongPassword = { tls: { authorities }, login: { username, password: `${password}x` } };
  assert.match(await asClient(client, wrongPassword), /[Aa]uthentication failed/);
  assert.match(await asClient(client, { tls: { authorities }, login: { username: "nobody", password } }), /failed/);
  assert.match(await asClient(client, { tls: { authorities } }), REFUSED_WITHOUT_LOGIN);
  assert.notEqual(await asClient({ host: FIRST, port: 9092 }, {}), "let in");
  assert.match(await asClient({ host: FIRST, port: 9092 }, {}), /ECONNREFUSED/);
  // Without TLS at the ports that begin with it.
  for (const to of [client, broker]) assert.notEqual(await asClient(to, { login }), "let in");
  // An authority that the client does not trust, and a name that the certificate has not.
  assert.match(await asClient(client, { tls: { authorities: foreign.authorities }, login }), UNTRUSTED);
  assert.match(
    await asClient(client, { tls: { authorities }, login, takenFor: SECOND }),
    /IP: 10\.213\.60\.19 is not in the cert's list/,
  );
  // Brokers ask for a certificate of their authority's.
  const forged: ClientTls = { ...foreign, authorities };
  for (const tls of [{ authorities }, forged]) assert.notEqual(await asClient(broker, { tls }), "let in");
});

test("brokers: a user may do what its permissions say and nothing else", async () => {
  const run = (name: string, ...args: string[]): Promise<Ended> => shows(stack.runScript(name, ...args));
  const produced = await run("produce", "--user", "orders", "--topic", "orders-new");
  assert.equal(produced.code, 0, produced.text);
  const asOrders = ["--user", "orders", "--topic", "orders-new", "--group", "orders", "--max", "1"];
  const consumed = await run("consume", ...asOrders, "--from-beginning");
  assert.equal(consumed.code, 0, consumed.text);
  assert.match(consumed.stdout, /topic orders-new, partition 0, offset 0/);

  const others = await run("produce", "--user", "orders", "--topic", "replica-yu1");
  assert.notEqual(others.code, 0);
  assert.match(others.text, /user orders has no authorization to Write topic replica-yu1; .*setting users/);
  const group = ["--user", "orders", "--topic", "orders-new", "--group", "others", "--max", "1"];
  const otherGroup = await run("consume", ...group);
  assert.notEqual(otherGroup.code, 0);
  assert.match(otherGroup.text, /user orders has no authorization to Read group others; .*setting users/);
  assert.match((await run("produce")).text, /give --user NAME; it has .*orders/);
});

test("ZooKeeper: nobody without a certificate of the cluster's reads or writes, and no uncertified server joins", async () => {
  const { authorities, deployerTls } = await stack.secretOutputs();
  const foreign = await makeAuthority("somebody else", "zookeeper", FIRST);
  const secure = { host: FIRST, port: 2182 };
  assert.match(await asZooKeeperClient(secure, deployerTls), /^read /);
  assert.match(await asZooKeeperClient({ host: FIRST, port: 2181 }), /ECONNREFUSED/);
  for (const tls of [{ authorities }, { ...foreign, authorities }]) {
    assert.doesNotMatch(await asZooKeeperClient(secure, tls), /^read /);
  }
  for (const tls of [undefined, "none", foreign] as const) {
    assert.notEqual(await asEnsemblePeer({ host: FIRST, port: 3888 }, tls), "answered");
  }
  // Another one of the cluster's, which is let in by the port, may not write what is the brokers' own.
  const shell =
    "sudo -u kafka env CLASSPATH='/opt/kafka/libs/*' java -Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty " +
    "-Dzookeeper.client.secure=true -Dzookeeper.ssl.keyStore.location=/etc/zookeeper/tls/server.pem " +
    "-Dzookeeper.ssl.trustStore.location=/etc/zookeeper/tls/authorities.pem " +
    `org.apache.zookeeper.ZooKeeperMain -server ${FIRST}:2182`;
  for (const command of ["set /config/topics x", "create /brokers/topics/mine x", "get /config/users/orders"]) {
    const { stdout, stderr } = await execInside(STACK, "kafka-1", `${shell} ${command}`);
    assert.match(`${stdout}${stderr}`, /NoAuth|Insufficient permission|Authentication is not valid/, command);
  }
});

test("a client.properties out of the outputs works with Kafka's own tools", async () => {
  const { users } = await stack.secretOutputs();
  const file = Buffer.from(users.orders?.clientProperties ?? "").toString("base64");
  const tool = "/opt/kafka/bin/kafka-topics.sh --list --command-config";
  const listed = await inside(
    STACK,
    "kafka-1",
    `umask 077; cd /dev/shm; trap 'rm -f client.properties' EXIT; base64 --decode <<<'${file}' >client.properties
${tool} client.properties --bootstrap-server ${SECOND}:9094`,
  );
  assert.deepEqual(listed.trim().split("\n"), ["orders-made", "orders-new"]);
  const all = await inside(
    STACK,
    "kafka-1",
    `sudo -u kafka ${tool} /etc/kafka/admin.properties --bootstrap-server ${SECOND}:9093`,
  );
  assert.match(all, /^replica-yu1$/m);
});

test("a password is changed while it is in use: nothing is lost, the former one is refused", async () => {
  const former = (await stack.secretOutputs()).users.traffic?.kafkajs.sasl.password ?? "";
  await underUsersTraffic("password", async () => {
    await configure({ security: "secured", passwordGeneration: 2 });
    const { done, found } = await inProcesses(() => [former], up());
    assert.deepEqual(found, []);
    assert.match(done.text, /user traffic: password set/);
  });
  const { authorities } = await stack.secretOutputs();
  const login = { username: "traffic", password: former };
  assert.match(
    await asClient({ host: FIRST, port: 9094 }, { tls: { authorities }, login }),
    /[Aa]uthentication failed/,
  );
});

test("certificates that end soon are renewed by an ordinary update, one member after the other, and nothing is lost", async () => {
  const soon = new Date(Date.now() + 10 * 24 * 3600 * 1000).toISOString();
  stack.editState(({ resources }) => {
    for (const { type, outputs } of resources as unknown as { type: string; outputs: Record<string, unknown> }[]) {
      if (type === "tls:index/locallySignedCert:LocallySignedCert") outputs.validityEndTime = soon;
    }
  });
  const serials = (): Promise<string[]> =>
    Promise.all(MEMBERS.map((member) => inside(STACK, member, "sha256sum /etc/kafka/tls/broker.pem")));
  const before = await serials();
  const plan = await shows(stack.succeed("preview"));
  for (const member of MEMBERS) {
    assert.match(
      plan.text,
      new RegExp(`${member} +zookeeper is restarted: certificates; kafka is restarted: certificates`),
    );
  }
  await underUsersTraffic("renewal", () => up());
  (await serials()).forEach((serial, index) => {
    assert.notEqual(serial, before[index]);
  });
  await healthy();
});

test("keys and certificates are all made anew, and another authority takes over: nothing is lost", async () => {
  const steps: object[] = [
    { authorities: ["authority-1", "authority-2"], generation: 2 },
    { authorities: ["authority-2", "authority-1"], generation: 2 },
    { authorities: ["authority-2"], generation: 2 },
  ];
  const last = steps.at(-1);
  await configure({ security: "secured", passwordGeneration: 2, ...(last && { certificates: last }) });
  assert.match(await stack.fail("preview"), /authority-2 has to be trusted before it signs/);
  await underUsersTraffic("authorities", async (refresh) => {
    for (const certificates of steps) {
      await to({ security: "secured", passwordGeneration: 2, certificates });
      // Clients have to trust the new authority before it signs.
      await refresh();
    }
  });
});

test("a replaced machine gets keys and certificates, and catches up", async () => {
  await underUsersTraffic("replaced", () => shows(stack.succeed("replace", "kafka-2")));
  await healthy();
});

test("a broker comes, with a certificate of its own, gets partitions and goes: nothing is lost", async () => {
  const partitionsOf = async (broker: number): Promise<number> => {
    const tool = "sudo -u kafka /opt/kafka/bin/kafka-topics.sh --describe --command-config /etc/kafka/admin.properties";
    const text = await inside(STACK, "kafka-1", `${tool} --bootstrap-server ${FIRST}:9093`);
    return [...text.matchAll(/Replicas: ([\d,]+)/g)].filter(([, ids = ""]) => ids.split(",").includes(String(broker)))
      .length;
  };
  await underUsersTraffic("brokers", async () => {
    await to({ ...KEPT, security: "secured", brokerCount: 4 });
    assert.ok((await partitionsOf(4)) > 0);
    assert.deepEqual(await ports("kafka-4"), [22, 9093, 9094]);
    const { authorities, deployerTls, users } = await stack.secretOutputs();
    const host = `${PREFIX}21`;
    assert.equal(await asClient({ host, port: 9093 }, { tls: deployerTls }), "let in");
    const client = { host, port: 9094 };
    const login = users.orders?.kafkajs.sasl;
    assert.ok(login);
    assert.equal(await asClient(client, { tls: { authorities }, login }), "let in");
    assert.match(await asClient(client, { tls: { authorities } }), REFUSED_WITHOUT_LOGIN);
    await to({ ...KEPT, security: "secured" });
    assert.equal(await partitionsOf(4), 0);
  });
});

/** Looks for secrets wherever somebody could come across them. */
async function assertNowhere(looked: readonly string[]): Promise<void> {
  for (const member of MEMBERS) {
    assert.deepEqual(await onMachine(STACK, member, looked), [], member);
    const userData = await inside(STACK, member, "cat /var/lib/cloud/instance/user-data.txt /var/log/cloud-init*.log");
    assert.deepEqual(
      looked.filter((secret) => userData.includes(secret)),
      [],
    );
  }
  const { stdout } = await stack.succeed("pulumi", "stack", "export");
  const outputs = await stack.succeed("pulumi", "stack", "output", "--json");
  const texts = { state: stack.stateText(), exported: stdout, outputs: outputs.stdout, shown };
  for (const [place, text] of Object.entries(texts)) {
    assert.ok(text.length > 1_000, place);
    assert.deepEqual(
      looked.filter((secret) => text.includes(secret)),
      [],
      place,
    );
  }
}

test("secrets are nowhere but where they have to be", async () => {
  const looked = await secrets();
  assert.ok(looked.length > 10, String(looked.length));
  await assertNowhere(looked);
  // The look finds what is there.
  const mode = await inside(
    STACK,
    "kafka-1",
    "stat --format='%a %U:%G' /etc/kafka/tls/broker.pem /etc/zookeeper/tls/server.pem",
  );
  assert.equal(mode, "640 root:kafka\n640 root:kafka\n");
  await inside(STACK, "kafka-1", "cp /etc/kafka/tls/broker.pem /root/copy");
  assert.deepEqual(await onMachine(STACK, "kafka-1", looked), ["/root/copy"]);
  await inside(STACK, "kafka-1", "rm /root/copy");
});

test("back to plaintext, step by step: nothing is lost", async () => {
  await configure({ ...KEPT, security: "plaintext" });
  assert.match(await stack.fail("preview"), /security = "plaintext": switched, then on: the cluster is secured/);
  await underUsersTraffic("back", async () => {
    await to({ ...KEPT, security: "switched" });
    await to({ ...KEPT, security: "opened" });
  });
  await underPlainTraffic("back", () => to({ ...KEPT, security: "plaintext" }));
  assert.deepEqual(
    await portsOfAll(),
    MEMBERS.map(() => [22, 2181, 3888, 9092]),
  );
  const { users, deployerTls, authorities } = await stack.secretOutputs();
  assert.deepEqual([users, deployerTls, authorities], [{}, {}, ""]);
});

test("from plaintext to secured with own certificates, step by step: nothing is lost", async () => {
  const folder = join(stack.folder, "pem");
  const own = await newAuthority("our own");
  await writeCertificates(folder, own);
  const certificates = { folder };
  await underPlainTraffic("forth", async () => {
    await to({ security: "opened", certificates });
    assert.deepEqual(
      await portsOfAll(),
      MEMBERS.map(() => [22, 2181, 2182, 3888, 9092, 9093, 9094]),
    );
    await to({ security: "switched", certificates });
  });
  await underUsersTraffic("forth", () => to({ security: "secured", certificates }));
  const { authorities, deployerTls } = await stack.secretOutputs();
  assert.equal(authorities, own.authorities);
  assert.equal(await asClient({ host: FIRST, port: 9093 }, { tls: deployerTls }), "let in");
  assert.deepEqual(
    await portsOfAll(),
    MEMBERS.map(() => [22, 2182, 3888, 9093, 9094]),
  );
  assert.match(await asZooKeeperClient({ host: FIRST, port: 2181 }), /ECONNREFUSED/);
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const parts = files.flatMap(recognisableParts);
  assert.equal(parts.length, 7);
  await assertNowhere(parts);
});

test("another authority of one's own takes over in three updates, no sooner: nothing is lost", async () => {
  const folder = join(stack.folder, "pem");
  const former = readFileSync(join(folder, "authorities.pem"), "utf8");
  const next = await newAuthority("another of our own");
  const both = former + next.authorities;
  const trust = (authorities: string): void => {
    writeFileSync(join(folder, "authorities.pem"), authorities);
  };
  trust(both);
  const files = readdirSync(folder).map((file): [string, string] => [file, readFileSync(join(folder, file), "utf8")]);
  await writeCertificates(folder, next, both);
  assert.match(
    await stack.fail("up"),
    /kafka-3-zookeeper\.pem .*an authority of the last successful update has signed/,
  );
  for (const [file, text] of files) writeFileSync(join(folder, file), text);
  await underUsersTraffic("own-authorities", async (refresh) => {
    await update();
    await refresh();
    await writeCertificates(folder, next, both);
    await update();
    trust(next.authorities);
    await update();
  });
  const { authorities, deployerTls } = await stack.secretOutputs();
  assert.equal(authorities, next.authorities);
  assert.equal(await asClient({ host: FIRST, port: 9093 }, { tls: deployerTls }), "let in");
  assert.match(
    await asClient({ host: FIRST, port: 9093 }, { tls: { ...deployerTls, authorities: former } }),
    UNTRUSTED,
  );
});

test("down leaves nothing", async () => {
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});
