import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { UserError } from "../../../scripts/lib/report.ts";
import { commandLine } from "../../../scripts/stack/commandLine.ts";
import { destroyable } from "../../../scripts/stack/destroyable.ts";
import { stackName } from "../../../scripts/stack/engine.ts";
import { configured, readCheckpoint, stateFile, withSalt } from "../../../scripts/stack/prepare.ts";
import type { Deployment, ExportedResource } from "../../../scripts/stack/exportedState.ts";
import { cutOffMessages, markInterrupted } from "../../../scripts/stack/recovery.ts";
import { commandsToRunAgain, unfinished } from "../../../scripts/stack/unfinished.ts";
import { summary } from "../../../scripts/summary.ts";

test("the salt of the last run is kept, the user's text unchanged", () => {
  const config = "# A comment.\nconfig:\n  kafka-cluster:brokerCount: 3 # three\n";
  const salt = "encryptionsalt: v1:abc=:v1:def==\n";
  assert.equal(withSalt(config, undefined), config);
  assert.equal(withSalt(config, "config: {}\n"), config);
  assert.equal(withSalt(config, `config:\n  old: 1\n${salt}`), config + salt);
  assert.equal(withSalt(config.trimEnd(), salt), config + salt);
  assert.equal(withSalt(`encryptionsalt: own\n${config}`, salt), `encryptionsalt: own\n${config}`);
});

test("a state that is not whole is told with its file and the one before; none is no error", async () => {
  const home = await mkdtemp(join(tmpdir(), "state-"));
  process.env.KAFKA_CLUSTER_HOME = home;
  try {
    assert.equal(await readCheckpoint(), null);
    const file = await stateFile();
    await mkdir(dirname(file), { recursive: true });
    for (const [text, bytes] of [
      ["", 0],
      ['{"checkpoint": {', 16],
    ] as const) {
      await writeFile(file, text);
      await assert.rejects(readCheckpoint(), (error: Error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, new RegExp(`is not whole \\(${bytes} bytes\\).* cp ${file}\\.bak ${file}$`));
        return true;
      });
    }
  } finally {
    delete process.env.KAFKA_CLUSTER_HOME;
    await rm(home, { recursive: true });
  }
});

const resource = (name: string, type: string): ExportedResource => ({
  urn: `urn:pulumi:dev::project::${type}::${name}`,
  type,
  inputs: { create: name },
});

test("what a killed run left unfinished is marked for the next one", () => {
  const [network, volume, apply, machine] = ["network", "volume", "apply", "machine"].map((name) =>
    resource(name, "command:local:Command"),
  ) as [ExportedResource, ExportedResource, ExportedResource, ExportedResource];
  const instance = resource("instance", "aws:ec2/instance:Instance");
  const deployment: Deployment = {
    manifest: {},
    resources: [network, volume, apply],
    pending_operations: [
      { type: "creating", resource: machine },
      { type: "deleting", resource: volume },
      { type: "updating", resource: apply },
      { type: "creating", resource: resource("uuid", "random:index/randomUuid:RandomUuid") },
      { type: "creating", resource: resource("cert", "tls:index/selfSignedCert:SelfSignedCert") },
      { type: "creating", resource: instance },
    ],
  };
  const marked = markInterrupted(deployment);
  assert.deepEqual(marked, {
    manifest: {},
    resources: [
      network,
      { ...volume, taint: true },
      {
        ...apply,
        inputs: { create: "apply", environment: { KAFKA_CLUSTER_UNFINISHED: "the update was interrupted" } },
      },
      { ...machine, id: "interrupted", outputs: { create: "machine", stdout: "", stderr: "" }, taint: true },
    ],
    pending_operations: [{ type: "creating", resource: instance }],
  });
  // What is left to the user is not counted as done again.
  const [again, left, ...more] = cutOffMessages(deployment, marked);
  assert.equal(again, "the last run was cut off in the middle of 5 operations: they will be done again");
  assert.match(left ?? "", /creating instance \(urn:pulumi:dev::project::aws:ec2\/instance:Instance::instance\): /);
  assert.match(left ?? "", /refresh --clear-pending-creates --yes; or keep it: .* --import-pending-creates ID --yes$/);
  assert.deepEqual(more, []);
});

test("a change of AWS's that was cut off is asked for", () => {
  const deployment = {
    pending_operations: [{ type: "updating", resource: resource("volume", "aws:ebs/volume:Volume") }],
  };
  assert.deepEqual(cutOffMessages(deployment, markInterrupted(deployment)), [
    "the last run was cut off, and this is left to you: updating volume " +
      "(urn:pulumi:dev::project::aws:ebs/volume:Volume::volume): npm run pulumi -- refresh --yes asks what became of it",
  ]);
});

test("a creation that is an update, too, goes on and is not deleted first", () => {
  const inputs = { create: "ensure", update: "ensure", delete: "delete", environment: { KAFKA_CLUSTER_SPEC: "{}" } };
  const environment = { KAFKA_CLUSTER_SPEC: "{}", KAFKA_CLUSTER_UNFINISHED: "the creation was interrupted" };
  const topic = { ...resource("topic", "command:local:Command"), inputs };
  assert.deepEqual(markInterrupted({ pending_operations: [{ type: "creating", resource: topic }] }).resources, [
    {
      ...topic,
      id: "interrupted",
      inputs: { ...inputs, environment },
      outputs: { ...inputs, environment, stdout: "", stderr: "" },
    },
  ]);
});

test("the creation of a replacement that is already on record adds nothing", () => {
  const machine = resource("machine", "command:local:Command");
  const deployment = { resources: [machine], pending_operations: [{ type: "creating", resource: machine }] };
  assert.deepEqual(markInterrupted(deployment), { resources: [machine], pending_operations: [] });
});

test("a mark leaves secrets as they are", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" };
  const command = { ...resource("a", "command:local:Command"), inputs: { environment: { SPEC: secret } } };
  const marked = unfinished({ ...command, outputs: { environment: secret } }, "why");
  assert.deepEqual(marked.inputs, { environment: { SPEC: secret, KAFKA_CLUSTER_UNFINISHED: "why" } });
  assert.deepEqual(marked.outputs, { environment: secret });
});

test("what failed is run again; in the middle of an upgrade every member is, and the ensemble", () => {
  const urn = (parent: string, name: string): string =>
    `urn:pulumi:dev::p::kafka-cluster:index:KafkaCluster$kafka-cluster:index:${parent}$command:local:Command::${name}`;
  const command = (parent: string, name: string, spec = {}): ExportedResource => ({
    urn: urn(parent, name),
    type: "command:local:Command",
    inputs: { environment: { KAFKA_CLUSTER_SPEC: JSON.stringify(spec) } },
  });
  const stack = (kafkaVersion: string): ExportedResource => ({
    ...resource("stack", "pulumi:pulumi:Stack"),
    outputs: { kafkaVersion, members: [] },
  });
  const [first, second] = [command("Member", "kafka-1-apply"), command("Member", "kafka-2-apply")];
  const machine = command("Member", "kafka-1-machine");
  const ensemble = (kafkaVersion?: string): ExportedResource =>
    command("EnsembleUpgrade", "zookeeper-upgrade-servers", { servers: kafkaVersion ? [{ kafkaVersion }] : [] });
  const all = (upgraded: ExportedResource): ExportedResource[] => [stack("2.4.0"), machine, first, second, upgraded];
  const everything = [first.urn, second.urn, ensemble().urn];

  assert.deepEqual(commandsToRunAgain(all(ensemble()), [second.urn]), [second.urn]);
  assert.deepEqual(commandsToRunAgain(all(ensemble("2.4.0")), [second.urn]), [second.urn]);
  assert.deepEqual(commandsToRunAgain(all(ensemble("3.9.2")), [second.urn]), everything);
  assert.deepEqual(commandsToRunAgain(all(ensemble()), [ensemble().urn]), everything);
  // Who may change znodes is looked at again after any failure: it waits for all members.
  const access: ExportedResource = { ...second, urn: urn("ZnodeAccess", "znode-access-znodes") };
  assert.deepEqual(commandsToRunAgain([...all(ensemble()), access], [second.urn]), [second.urn, access.urn]);
  assert.deepEqual(commandsToRunAgain([...all(ensemble()), access], []), []);
  // What failed before it was on record, and what is no Command.
  assert.deepEqual(commandsToRunAgain(all(ensemble("3.9.2")), []), []);
  assert.deepEqual(commandsToRunAgain(all(ensemble()), [urn("Member", "kafka-4-apply"), stack("").urn]), []);
});

const times = { setUp: 400, pulumi: 30_060 };

test("the summary says what a person wants to know", () => {
  const member = (id: number): { name: string; brokerId: number; zookeeperId: number; address: string } => ({
    name: `kafka-${id}`,
    brokerId: id,
    zookeeperId: id,
    address: `10.0.0.${17 + id}`,
  });
  const text = summary(
    {
      bootstrapServers: "10.0.0.18:9092,10.0.0.19:9092,10.0.0.20:9092",
      zookeeperConnect: "10.0.0.18:2181,10.0.0.19:2181,10.0.0.20:2181",
      kafkaVersion: "3.9.2",
      members: [1, 2, 3].map(member),
      verification: {
        topic: "replica-yu1",
        partitions: [{ partition: 0, leader: 2, replicas: [2, 3], isr: [2, 3] }],
        producedVia: "10.0.0.20:9092",
        consumedVia: ["10.0.0.18:9092", "10.0.0.19:9092"],
        milliseconds: { clusterReady: 300, firstMessage: 850 },
      },
    },
    times,
  );
  assert.equal(
    text,
    `  Kafka         3.9.2
  brokers       1 kafka-1 10.0.0.18, 2 kafka-2 10.0.0.19, 3 kafka-3 10.0.0.20
  ensemble      1 kafka-1 10.0.0.18, 2 kafka-2 10.0.0.19, 3 kafka-3 10.0.0.20
  bootstrap     10.0.0.18:9092,10.0.0.19:9092,10.0.0.20:9092
  topic         replica-yu1
  partition 0   leader 2, replicas on 2 and 3, in sync 2 and 3
  message       taken by kafka-3 (10.0.0.20:9092)
                given back by kafka-1 (10.0.0.18:9092) and kafka-2 (10.0.0.19:9092)
  verification  clusterReady after 0.3 s, firstMessage after 0.8 s
  time          set-up 0.4 s, pulumi 30.1 s, total 30.5 s
`,
  );
});

test("the summary leaves out what the outputs don't have", () => {
  assert.equal(summary({}, times), "  time          set-up 0.4 s, pulumi 30.1 s, total 30.5 s\n");
  const partly = summary({ bootstrapServers: "a:9092", verification: { producedVia: "a:9092" } }, times);
  assert.equal(
    partly.split("\n").slice(0, -2).join("\n"),
    "  brokers       a:9092\n  bootstrap     a:9092\n  message       taken by a:9092",
  );
});

test("a protected stack is refused before anything is destroyed", () => {
  const state = (...protect: boolean[]): Parameters<typeof destroyable>[1] => ({
    checkpoint: { latest: { resources: protect.map((each, index) => ({ urn: `urn::v-${index}`, protect: each })) } },
  });
  assert.throws(
    () => destroyable("prod", state(false, true, true)),
    (error: unknown) =>
      error instanceof UserError &&
      error.message ===
        'stack "prod" has 2 protected resource(s) (v-1, v-2), and nothing was destroyed. To delete them and their ' +
          "data: set aws.protect to false in the stack's configuration, then npm run up, then npm run down",
  );
  assert.throws(() => destroyable("prod", state(true, true, true, true)), /has 4 .* \(v-0, v-1, v-2, …\)/);
  assert.equal(destroyable("staging", state(false)), "resources");
});

test("a stack that does not exist is told from one without resources, and from one with operations cut off", () => {
  assert.equal(destroyable("dev", null), "no stack");
  assert.equal(destroyable("dev", {}), "empty");
  assert.equal(destroyable("dev", { checkpoint: { latest: { resources: [] } } }), "empty");
  assert.equal(destroyable("dev", { checkpoint: { latest: { pending_operations: [{}] } } }), "resources");
});

test("Pulumi's commands get the copy of the configuration, config the user's own file, and stack rm keeps it", () => {
  const line = (...args: string[]): string => commandLine(args, { copy: "COPY", own: "OWN" }).join(" ");
  assert.equal(line("refresh", "--yes"), "refresh --config-file COPY --yes");
  assert.equal(line("config", "set", "a", "--", "-1"), "config --config-file OWN set a -- -1");
  assert.equal(line("config"), "config --config-file OWN");
  assert.equal(line("config", "--config-file=x"), "config --config-file=x");
  assert.equal(line("up", "--config-file", "x"), "up --config-file x");
  assert.equal(line("stack", "rm", "--yes"), "stack rm --preserve-config --yes");
  assert.equal(line("stack", "remove"), "stack rm --preserve-config");
  assert.equal(line("stack", "output", "reach"), "stack output reach");
});

test("a configuration that is not YAML is an error with its line, without what stands there", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kafka-cluster-"));
  const file = join(folder, "stack.yaml");
  process.env.KAFKA_CLUSTER_CONFIG = file;
  try {
    await writeFile(file, "config:\n  a: b: hidden\n");
    await assert.rejects(configured("platform"), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.ok(error.message.startsWith(`${file} is not YAML: `), error.message);
      assert.match(error.message, /at line 2, column \d+$/);
      assert.doesNotMatch(error.message, /hidden/);
      return true;
    });
    const twice =
      "config:\n  kafka-cluster:brokerCount: 3\n  kafka-cluster:heap: { broker: 1g }\n  kafka-cluster:brokerCount: 4\n";
    await writeFile(file, twice);
    await assert.rejects(configured("platform"), {
      message: `${file} is not YAML: the key kafka-cluster:brokerCount stands twice, at line 2 and at line 4, column 3: keep one`,
    });
    await writeFile(file, "a:\n  x: 1\nb: { x: 1, y: { z: 1 }, x: hidden }\n");
    await assert.rejects(configured("platform"), {
      message: `${file} is not YAML: the key x stands twice, at line 3 and at line 3, column 25: keep one`,
    });
    await writeFile(file, "config:\n  kafka-cluster:platform: aws\n");
    assert.equal(await configured("platform"), "aws");
  } finally {
    delete process.env.KAFKA_CLUSTER_CONFIG;
    await rm(folder, { recursive: true });
  }
});

test("a name that no stack can have is refused with what is allowed", () => {
  const before = process.env.KAFKA_CLUSTER_STACK;
  try {
    for (const name of ["", "a/b", "a b", "x".repeat(101)]) {
      process.env.KAFKA_CLUSTER_STACK = name;
      assert.throws(stackName, UserError, name);
    }
    process.env.KAFKA_CLUSTER_STACK = "My.stack_1-a";
    assert.equal(stackName(), "My.stack_1-a");
  } finally {
    if (before === undefined) delete process.env.KAFKA_CLUSTER_STACK;
    else process.env.KAFKA_CLUSTER_STACK = before;
  }
});
