/** The dev stack's cluster on a stack of its own, with 3.9.2 and, shorter, with 2.4.0: up, again, changed, down. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import kafkajs, { type Admin } from "kafkajs";
import { parse } from "yaml";
import type { ApplySecrets, ApplySpec } from "../../model/specs/applySpec.ts";
import type { HostKeySpec } from "../../model/specs/hostKeySpec.ts";
import type { Reach, ReachSecrets } from "../../model/reach.ts";
import { DEPLOY_USER } from "../../model/render/machinePaths.ts";
import type { VerificationResult, VerificationSpec } from "../../model/specs/verificationSpec.ts";
import { RECORD_TYPE } from "../../model/record.ts";
import { makeKeyPair } from "../../scripts/lib/keyPair.ts";
import { plainSocket } from "../../scripts/lib/sockets.ts";
import { ZooKeeperReader } from "../../scripts/lib/zookeeperReader.ts";
import { askAdmin, nextRoll } from "./support/admin.ts";
import { findMachine, inside, leftovers } from "./support/machines.ts";
import { runNote } from "./support/note.ts";
import { type Ended, devConfiguration, type Outputs, resourceChanges, TestStack } from "./support/stack.ts";

const STACK = "e2e";
const PREFIX = "10.213.47.";
const MEMBERS = ["kafka-1", "kafka-2", "kafka-3"];
const MEMBER_NUMBERS = [1, 2, 3];
const address = (member: number): string => `${PREFIX}${17 + member}`;
const brokers = MEMBER_NUMBERS.map((member) => `${address(member)}:9092`);

let stack: TestStack;
let configuration: string;
let deployment: Promise<{ ended: Ended; outputs: Outputs }> | undefined;

/** Brings the cluster up once; each test waits for it, and fails with its error. */
function deployed(): NonNullable<typeof deployment> {
  return (deployment ??= deploy());
}

async function deploy(): NonNullable<typeof deployment> {
  const ended = await stack.succeed("up");
  // As Pulumi shows them, which masks what is secret.
  const { stdout } = await stack.succeed("pulumi", "stack", "output", "--json");
  return { ended, outputs: JSON.parse(stdout) as Outputs };
}

/** Runs a script on every member. */
function onAll(script: string): Promise<string[]> {
  return Promise.all(MEMBERS.map((member) => inside(STACK, member, script)));
}

/** Asks the cluster itself. */
const ask = <T>(question: (admin: Admin) => Promise<T>): Promise<T> => askAdmin(brokers, question);

/** An exported resource, as far as the tests look at it. */
interface Exported {
  readonly urn: string;
  readonly inputs?: { readonly environment?: Record<string, string>; readonly stdin?: string };
}

async function applyResources(...options: string[]): Promise<Exported[]> {
  const { stdout } = await stack.succeed("pulumi", "stack", "export", ...options);
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: Exported[] } };
  return deployment.resources.filter(({ urn }) => urn.endsWith("-apply"));
}

function specOf({ inputs }: Exported): ApplySpec {
  return JSON.parse(inputs?.environment?.KAFKA_CLUSTER_SPEC ?? "") as ApplySpec;
}

/** The deployer's private key as the state has it. */
async function deployerKey(): Promise<string> {
  const [apply] = await applyResources("--show-secrets");
  // The state wraps a secret, and says so even when it is shown.
  const { plaintext } = apply?.inputs?.stdin as unknown as { plaintext: string };
  return (JSON.parse(JSON.parse(plaintext) as string) as ApplySecrets).privateKey;
}

before(async () => {
  stack = await TestStack.create(STACK, PREFIX);
  configuration = await devConfiguration(PREFIX);
  await stack.configure(configuration);
  // Without it, Pulumi doesn't know its option --event-log.
  stack.setEnvironment("PULUMI_DEBUG_COMMANDS", "true");
});
after(() => stack.remove());

test("up: exits with 0, and its outputs are those that docs/outputs.md lists", async () => {
  const { outputs } = await deployed();
  const { partitions, ...verification } = outputs.verification;
  assert.equal(outputs.bootstrapServers, brokers.join(","));
  assert.equal(outputs.zookeeperConnect, MEMBER_NUMBERS.map((member) => `${address(member)}:2181`).join(","));
  assert.equal(outputs.kafkaVersion, "3.9.2");
  assert.deepEqual(outputs.reach, { via: "link" });
  assert.equal(outputs.deployerPrivateKey, "[secret]");
  assert.deepEqual(
    outputs.members,
    MEMBER_NUMBERS.map((id) => ({ name: `kafka-${id}`, address: address(id), brokerId: id, zookeeperId: id })),
  );
  assert.equal(verification.topic, "replica-yu1");
  assert.equal(verification.producedVia, brokers[2]);
  assert.deepEqual(verification.consumedVia, brokers.slice(0, 2));
  assert.equal(partitions.length, 1);
  const [{ partition, leader, replicas, isr }] = partitions as [(typeof partitions)[number]];
  assert.equal(partition, 0);
  assert.equal(new Set(replicas).size, 2, `replicas on brokers ${replicas.join(", ")}`);
  assert.deepEqual([...isr].sort(), [...replicas].sort());
  assert.ok(replicas.includes(leader));
  assert.ok(replicas.every((id) => MEMBER_NUMBERS.includes(id)));
});

test("up: ends with a summary for people", async () => {
  const { ended, outputs } = await deployed();
  const [first] = outputs.verification.partitions;
  assert.ok(first);
  const { leader, replicas, isr } = first;
  const listed = MEMBER_NUMBERS.map((id) => `${id} kafka-${id} ${address(id)}`).join(", ");
  for (const line of [
    /^ {2}Kafka +3\.9\.2$/m,
    new RegExp(`^ {2}brokers +${listed}$`, "m"),
    new RegExp(`^ {2}ensemble +${listed}$`, "m"),
    /^ {2}topic +replica-yu1$/m,
    new RegExp(`leader ${leader}, replicas on ${replicas.join(" and ")}, in sync ${isr.join(" and ")}$`, "m"),
    new RegExp(`taken by kafka-3 \\(${brokers[2]}\\)$`, "m"),
    new RegExp(`given back by kafka-1 \\(${brokers[0]}\\) and kafka-2 \\(${brokers[1]}\\)$`, "m"),
    /^ {2}time +set-up [\d.]+ s, pulumi [\d.]+ s, total [\d.]+ s$/m,
  ]) {
    assert.match(ended.text, line);
  }
});

test("up again: the set-up has nothing to do and nothing changes", async () => {
  await deployed();
  const { text } = await stack.succeed("up");
  const steps = [...text.matchAll(/^(ok|done|failed) +(.+) \([\d.]+ s\)$/gm)].map(
    ([, state, name]) => `${state} ${name}`,
  );
  assert.ok(steps.length >= 5, text);
  assert.deepEqual(
    steps.filter((step) => !step.startsWith("ok ")),
    [],
  );
  assert.deepEqual(resourceChanges(text), {});
  await stack.succeed("preview", "--expect-no-changes");
});

test("the note's commands with the console tools inside a member", async () => {
  await deployed();
  for (const ports of await onAll("ss -H -ltn | awk '{print $4}'")) {
    assert.match(ports, /:2181$/m);
    assert.match(ports, /:9092$/m);
  }
  const { topics, description, consumed } = await runNote({
    stack: STACK,
    distribution: "kafka_2.13-3.9.2",
    connection: "--bootstrap-server localhost:9092".replace("localhost", address(1)),
    brokerOption: "--bootstrap-server",
    prefix: PREFIX,
    topic: "note-yu1",
    message: "你好 kafka",
  });
  assert.ok(topics.includes("replica-yu1") && topics.includes("note-yu1"), topics.join(", "));
  assert.match(description, /PartitionCount: 1\s+ReplicationFactor: 2/);
  assert.deepEqual(consumed, ["你好 kafka", "你好 kafka"]);
  const ids = await inside(
    STACK,
    "kafka-2",
    "/opt/kafka_2.13-3.9.2/bin/zookeeper-shell.sh localhost:2181 ls /brokers/ids",
  );
  assert.match(ids, /^\[1, 2, 3\]$/m);
});

test("cloud-init's user data is valid and it ended without an error", async () => {
  await deployed();
  for (const text of await onAll("cloud-init schema --system 2>&1 && cloud-init status --long")) {
    assert.match(text, /Valid (cloud-config|schema)/);
    assert.match(text, /^status: done$/m);
  }
});

test("the files on the machines are the rendered ones", async () => {
  await deployed();
  const specs = (await applyResources()).map(specOf);
  assert.deepEqual(specs.map(({ name }) => name).sort(), MEMBERS);
  for (const { name, files } of specs) {
    for (const { path, content } of files) assert.equal(await inside(STACK, name, `cat ${path}`), content, path);
  }
  const { config } = parse(configuration) as { config: Record<string, Record<string, unknown>> };
  const wanted = Object.entries({
    "broker.id": 2,
    "log.dirs": "/opt/kafka-logs",
    "zookeeper.connect": MEMBER_NUMBERS.map((member) => `${address(member)}:2181`).join(","),
    listeners: `PLAINTEXT://${brokers[1]}`,
    "advertised.listeners": `PLAINTEXT://${brokers[1]}`,
    ...config["kafka-cluster:brokerProperties"],
  });
  // At the note's place, not only at ours.
  const properties = await inside(STACK, "kafka-2", "cat /opt/kafka_2.13-3.9.2/config/server.properties");
  for (const [key, value] of wanted) assert.ok(properties.split("\n").includes(`${key}=${String(value)}`), key);
});

test("a partition's log is on the data volumes of its replicas' brokers alone", async () => {
  const { outputs } = await deployed();
  const found = await onAll("ls -d /opt/kafka-logs/replica-yu1-0 2>/dev/null; findmnt -n -o TARGET /srv/kafka-data");
  const holders = MEMBER_NUMBERS.filter((id) => found[id - 1]?.includes("replica-yu1-0"));
  assert.deepEqual(holders, [...(outputs.verification.partitions[0]?.replicas ?? [])].sort());
  assert.ok(found.every((text) => text.includes("/srv/kafka-data")));
});

test("containers are unprivileged, services run as kafka and can't leave their folders", async () => {
  await deployed();
  const script = `for service in zookeeper kafka; do
    pid=$(systemctl show --property MainPID --value $service)
    echo "$service user $(ps -o user= -p $pid)"
    grep -E '^(NoNewPrivs|CapBnd|CapEff)' /proc/$pid/status
    nsenter --target $pid --mount touch /etc/probe 2>&1
    systemctl show --property ProtectSystem,ProtectHome,PrivateTmp,LimitNOFILE,Restart $service
  done
  cat /proc/self/uid_map`;
  for (const [index, text] of (await onAll(script)).entries()) {
    assert.match(text, /^zookeeper user kafka$/m);
    assert.match(text, /^kafka user kafka$/m);
    const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    assert.equal(count(/^NoNewPrivs:\s1$/gm), 2, text);
    assert.equal(count(/^Cap(Bnd|Eff):\s0+$/gm), 4, text);
    assert.equal(count(/Read-only file system/g), 2, text);
    assert.equal(count(/^ProtectSystem=strict$/gm), 2, text);
    assert.equal(count(/^LimitNOFILE=100000$/gm), 2, text);
    assert.doesNotMatch(text, /^\s+0\s+0\s+\d+$/m, "the machine's root is the computer's root");
    const machine = await findMachine(STACK, `kafka-${index + 1}`);
    assert.notEqual(machine?.expanded_config["security.privileged"], "true");
  }
});

test("no secret is on the machines or, as plain text, in the state", async () => {
  await deployed();
  const privateKey = await deployerKey();
  const keyLine = privateKey.split("\n")[2] ?? "";
  assert.match(keyLine, /^[A-Za-z0-9+/=]{40,}$/);
  const passphrase = readFileSync(join(stack.folder, "home", "passphrase"), "utf8").trim();
  const { stdout: exported } = await stack.succeed("pulumi", "stack", "export");
  for (const secret of [keyLine, passphrase]) {
    assert.ok(!stack.stateText().includes(secret) && !exported.includes(secret), "a secret stands in the state");
  }
  assert.match(exported, /ciphertext/);

  const search = `! grep -rlFs -e '${keyLine}' -e '${passphrase}' /var/lib/cloud /run/cloud-init /var/log /etc /srv /opt/kafka/config /tmp &&
    ! journalctl --no-pager --output cat | grep -F -e '${keyLine}' -e '${passphrase}' &&
    ! cat /proc/[0-9]*/environ | grep -aF 'PRIVATE KEY'`;
  await onAll(search);
  for (const member of MEMBERS) {
    const userData = (await findMachine(STACK, member))?.config["cloud-init.user-data"] ?? "";
    assert.match(userData, /^#cloud-config\n/);
    assert.doesNotMatch(userData, /PRIVATE KEY/);
  }
});

/**
 * Has Kafka's own producer write a message with each codec into a topic, and one into the verification's, and reads them.
 *
 * @param brokerOption what the producer calls its list of brokers
 */
async function readsEveryCodec(brokerOption: string): Promise<void> {
  const made = await stack.runScript("produce", "--topic", "codecs", "--key", "first");
  assert.equal(made.code, 0, made.text);
  const producer = `/opt/kafka/bin/kafka-console-producer.sh ${brokerOption} ${address(1)}:9092`;
  await inside(
    STACK,
    "kafka-1",
    `for codec in gzip snappy lz4 zstd; do
       echo "by $codec" | ${producer} --topic codecs --compression-codec $codec || exit 1
     done
     echo "of others" | ${producer} --topic replica-yu1 --compression-codec zstd`,
  );
  const read = await stack.runScript(
    "consume",
    "--topic",
    "codecs",
    "--group",
    "codecs",
    "--from-beginning",
    "--max",
    "5",
  );
  assert.equal(read.code, 0, read.text);
  const values = [...read.stdout.matchAll(/^value: (by .*)$/gm)].map(([, value]) => value);
  assert.deepEqual(values, ["by gzip", "by snappy", "by lz4", "by zstd"]);
}

/** Names that every object has, repeated and empty ones, a key and a value that are no text: all is shown, nothing is in the way. */
async function readsWhatOthersWrote(): Promise<void> {
  const run = async (...args: string[]): Promise<Ended> => {
    const ended = await stack.runScript(...(args as [string, ...string[]]));
    assert.equal(ended.code, 0, ended.text);
    return ended;
  };
  const names = ["__proto__", "constructor", "b", "b"];
  await run("produce", "--topic", "headers", "--key", "k", ...names.flatMap((name) => ["--header", `${name}=x`]));
  const producer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({
    topic: "headers",
    messages: [{ key: "line\nfeed", value: Buffer.from([0x61, 0xff]), headers: { "": "e" } }],
  });
  await producer.disconnect();
  const options = ["--topic", "headers", "--group", "headers", "--from-beginning"];
  const { stdout } = await run("consume", ...options, "--max", "2", "--json");
  const [first, second] = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    first?.headers,
    names.map((name) => ({ name, value: { text: "x" } })),
  );
  assert.deepEqual(
    [second?.offset, second?.key, second?.value, second?.headers],
    [1, { text: "line\nfeed" }, { base64: "Yf8=" }, [{ name: "", value: { text: "e" } }]],
  );
  // The group has a position now.
  const again = stack.runScript("consume", ...options, "--max", "1");
  await run("produce", "--topic", "headers");
  assert.match((await again).text, /group headers goes on at offset 2 of partition 0 .*; another --group reads/);
  const like = await stack.runScript("produce", "--topic", "codecs_1");
  assert.equal(like.code, 0, like.text);
  assert.match((await stack.runScript("produce", "--topic", "codecs.1")).text, /there is a topic codecs_1, whose name/);
}

test("the note's two JSON clients", async () => {
  await deployed();
  const produced = await stack.program(["npm", "run", "--silent", "produce"], 60_000);
  assert.equal(produced.code, 0, produced.text);
  assert.match(produced.stdout, /^written: topic taobao-yu1, partition 0, offset 0$/m);
  const consumed = await stack.program(
    ["npm", "run", "--silent", "consume", "--", "--from-beginning", "--max", "1"],
    60_000,
  );
  assert.equal(consumed.code, 0, consumed.text);
  assert.match(consumed.stdout, /超哥linux私房菜/);
  const [offsets] = await ask((admin) => admin.fetchOffsets({ groupId: "group2", topics: ["taobao-yu1"] }));
  assert.equal(offsets?.partitions[0]?.offset, "1", "group2 has kept its position");
  await readsWhatOthersWrote();
  // The verifications below meet what is in their topic now.
  await readsEveryCodec("--bootstrap-server");
});

test("through a bastion: a member's apply, the round trip, a host key", async () => {
  await deployed();
  const secrets: ReachSecrets = { privateKey: await deployerKey() };
  const [first, second, third] = (await applyResources()).map(specOf).sort((a, b) => a.name.localeCompare(b.name));
  assert.ok(first && second && third);
  const reach: Reach = { via: "bastion", host: first.address, user: DEPLOY_USER, hostKey: first.hostKey };

  const { health, ...done } = (await stack.script("apply update", { ...second, reach }, secrets)) as {
    health: { zookeeper: string; kafka: string };
  };
  assert.deepEqual(done, { written: [], actions: { zookeeper: "none", kafka: "none" } });
  assert.match(health.zookeeper, /^(leader|follower)$/);
  assert.equal(health.kafka, "one of 3 brokers, in sync");
  const logins = await inside(STACK, "kafka-2", "journalctl --output cat | grep 'Accepted publickey for'");
  assert.match(logins.trim().split("\n").at(-1) ?? "", new RegExp(`for ${DEPLOY_USER} from ${first.address} `));

  const verification: VerificationSpec = {
    brokers: MEMBER_NUMBERS.map((id) => ({ id, address: `${address(id)}:9092` })),
    reach,
    topic: "replica-yu1",
    partitions: 1,
    replicationFactor: 2,
    runId: randomUUID(),
    timeoutSeconds: 60,
    kafkaVersion: "3.9.2",
  };
  const proof = (await stack.script("verify", verification, secrets)) as VerificationResult;
  assert.equal(proof.runId, verification.runId);
  assert.deepEqual(proof.consumedVia, brokers.slice(0, 2));

  const learning: HostKeySpec = { name: third.name, address: third.address, user: DEPLOY_USER, reach };
  assert.deepEqual(await stack.script("hostKey", learning, secrets), { hostKey: third.hostKey });
});

/** How often a controller has been elected. */
async function controllerEpoch(): Promise<number> {
  const reader = await ZooKeeperReader.connect(plainSocket, { host: address(1), port: 2181 });
  try {
    return Number(await reader.data("/controller_epoch"));
  } finally {
    reader.close();
  }
}

/** Takes the state to the layout of before there was the component: all of it stood at the top of the program. */
function toOlderLayout(rename: (text: string) => string = (text) => text): void {
  stack.editState((latest) => {
    const of = (type: string): string => latest.resources.find((one) => one.type === type)?.urn ?? "";
    const [kafka, root] = [of(RECORD_TYPE), of("pulumi:pulumi:Stack")];
    assert.ok(kafka !== "" && root !== "");
    const others = latest.resources.filter(({ urn }) => urn !== kafka);
    const text = JSON.stringify(others).replaceAll(`"${kafka}"`, `"${root}"`).replaceAll(`${RECORD_TYPE}$`, "");
    latest.resources = JSON.parse(rename(text)) as typeof latest.resources;
  });
}

/** What tells whether a service was started again. */
const startTimes = (): Promise<string[]> =>
  onAll("systemctl show --property=ExecMainStartTimestampMonotonic --value kafka zookeeper");

test("a stack of before there was the component Kafka goes on without a change on any member", async () => {
  await deployed();
  const before = await startTimes();
  toOlderLayout();
  const { text } = await stack.succeed("preview");
  assert.match(text, /Resources:\s+\+ 1 to create\s+\d+ unchanged\n[\s\S]*3 members are left alone/);
  assert.deepEqual(resourceChanges((await stack.succeed("up")).text), { created: 1 });
  assert.deepEqual(await startTimes(), before);
  await stack.succeed("preview", "--expect-no-changes");
});

test("one whose record can't be found is refused", async () => {
  await deployed();
  const whole = stack.stateText();
  toOlderLayout((text) => text.replaceAll('"members":', '"nodes":'));
  try {
    const text = await stack.fail("up");
    assert.match(text, /the stack has members \(kafka-1, kafka-2, kafka-3\), .* no output "members"/);
  } finally {
    stack.editState((latest) =>
      Object.assign(latest, (JSON.parse(whole) as { checkpoint: { latest: object } }).checkpoint.latest),
    );
  }
  await stack.succeed("preview", "--expect-no-changes");
});

test("a changed broker property rolls through the members one after the other, the controller last", async () => {
  await deployed();
  const order = await nextRoll(stack, brokers);
  const elections = await controllerEpoch();
  const boots = (): Promise<string[]> => onAll("ps -o lstart= -p 1; cat /var/lib/cloud/data/instance-id");
  const before = await boots();
  await stack.configure(configuration.replace("log.retention.hours: 168", "log.retention.hours: 96"));
  const log = join(stack.folder, "events.json");
  // Also in the update that brings a stack from before the component Kafka, which is on record at once, without outputs.
  toOlderLayout();
  const { text } = await stack.succeed("up", "--event-log", log);
  // Three members, and the verification, which runs again under a new id.
  assert.deepEqual(resourceChanges(text), { created: 1, updated: 4, replaced: 1 });
  assert.deepEqual(await boots(), before, "no machine is replaced or rebooted");
  assert.deepEqual(
    applyEvents(log),
    order.flatMap((member) => [`${member} starts`, `${member} ends`]),
  );
  assert.equal((await controllerEpoch()) - elections, 1, "elections of the controller");
  assert.deepEqual(stack.outputs().rollOrder, order);

  assert.deepEqual(
    await onAll("grep ^log.retention.hours= /etc/kafka/server.properties"),
    Array(3).fill("log.retention.hours=96\n"),
  );
  const { resources } = await ask((admin) =>
    admin.describeConfigs({
      includeSynonyms: false,
      resources: MEMBER_NUMBERS.map((id) => ({
        type: kafkajs.ConfigResourceTypes.BROKER,
        name: String(id),
        configNames: ["log.retention.hours"],
      })),
    }),
  );
  assert.deepEqual(
    resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => configValue)),
    ["96", "96", "96"],
  );
});

test("down: nothing is left", async () => {
  await deployed();
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
  assert.equal(stack.resourceCount(), 0);
});

test("the note's version 2.4.0, with a key of the user's own: up, the note's own commands, another key, down", async () => {
  const [own, other] = [makeKeyPair(), makeKeyPair()];
  await stack.configure(configuration.replace("config:\n", "config:\n  kafka-cluster:kafkaVersion: 2.4.0\n"));
  await stack.setSecret("deployerPrivateKey", own.privateKey);
  await stack.succeed("up");
  const { kafkaVersion, verification } = stack.outputs();
  assert.equal(kafkaVersion, "2.4.0");
  assert.equal(verification.producedVia, brokers[2]);
  assert.deepEqual(verification.consumedVia, brokers.slice(0, 2));
  assert.equal(verification.partitions[0]?.isr.length, 2);
  const { topics, description, consumed } = await runNote({
    stack: STACK,
    distribution: "kafka_2.11-2.4.0",
    connection: "--zookeeper localhost:2181",
    brokerOption: "--broker-list",
    prefix: PREFIX,
    topic: "note-yu1",
    message: "你好 kafka",
  });
  assert.ok(topics.includes("replica-yu1") && topics.includes("note-yu1"), topics.join(", "));
  assert.match(description, /PartitionCount: ?1\s+ReplicationFactor: ?2/);
  assert.deepEqual(consumed, ["你好 kafka", "你好 kafka"]);
  await readsEveryCodec("--broker-list");
  const publicKey = own.publicKey.split(" ")[1] ?? "";
  const authorized = await onAll(`cat /home/${DEPLOY_USER}/.ssh/authorized_keys`);
  for (const keys of authorized) assert.ok(keys.includes(publicKey), keys);
  assert.ok(!stack.stateText().includes("deployer-pair"), "another key pair was made");
  await stack.setSecret("deployerPrivateKey", other.privateKey);
  const refused = await stack.fail("up");
  assert.match(refused, /1 setting can't be used:\s+deployerPrivateKey = /);
  assert.ok(!refused.includes("PRIVATE KEY"), "a key is shown");
  await stack.succeed("down");
  assert.deepEqual(await leftovers(STACK, PREFIX), []);
});

/** When each member's apply started and ended in an update, in order, from Pulumi's event log. */
function applyEvents(file: string): string[] {
  interface Event {
    readonly sequence: number;
    readonly resourcePreEvent?: { readonly metadata: { readonly urn: string } };
    readonly resOutputsEvent?: { readonly metadata: { readonly urn: string } };
  }
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Event)
    .sort((a, b) => a.sequence - b.sequence)
    .flatMap(({ resourcePreEvent, resOutputsEvent }) => {
      const urn = (resourcePreEvent ?? resOutputsEvent)?.metadata.urn ?? "";
      const member = /::([\w-]+)-apply$/.exec(urn)?.[1];
      return member ? [`${member} ${resourcePreEvent ? "starts" : "ends"}`] : [];
    });
}
