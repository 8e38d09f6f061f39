import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplySpec } from "../../../model/specs/applySpec.ts";
import type { Phase } from "../../../model/security/phase.ts";
import { movesLeftOut } from "../../../scripts/plan/assignmentStep.ts";
import { memberPlans, plannedRoll, planText } from "../../../scripts/plan/memberPlans.ts";
import { recordedRoll } from "../../../scripts/plan/record.ts";
import type { Checkpoint } from "../../../scripts/stack/prepare.ts";
import { readSpec } from "../../../scripts/apply/spec.ts";
import { serviceChanges } from "../../../scripts/plan/serviceChanges.ts";
import { inOrder, partOf, readFailures, readPlan, type Step, textInput } from "../../../scripts/plan/planSteps.ts";
import { secret, UNKNOWN } from "../../../model/engineValues.ts";
import { applySpec, RECORDED, stepsOf, told, urnOf } from "./recorded.ts";

/** The plan's lines, without the title. */
function lines(recorded: string, states?: Record<string, Pick<Step, "old" | "new">>): string[] {
  return planText(memberPlans(stepsOf(recorded, states)))
    .split("\n")
    .slice(1);
}

const machine = (image: string, spec: object = {}): ReturnType<typeof told> =>
  told(spec, { triggers: [image, "10.0.0.18", "10.0.0.1/24", "kafka-1"] });

test("the engine's event log: steps in order, secrets masked and unknown values not read", () => {
  const urn = urnOf("kafka-2-apply");
  const inputs = {
    environment: { KAFKA_CLUSTER_SPEC: UNKNOWN, OTHER: "text" },
    stdin: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" },
  };
  const log = [
    { sequence: 0, timestamp: 1, preludeEvent: { config: {} } },
    { sequence: 1, timestamp: 1, resourcePreEvent: { metadata: { op: "same", urn, keys: null, old: {}, new: {} } } },
    { sequence: 2, timestamp: 1, diagnosticEvent: { message: "a\nb", severity: "info" } },
    {
      sequence: 3,
      timestamp: 1,
      resourcePreEvent: { metadata: { op: "update", urn, new: { inputs } }, planning: true },
    },
    { sequence: 4, timestamp: 1, resOutputsEvent: { metadata: { op: "update", urn } } },
    { sequence: 5, timestamp: 1, resOpFailedEvent: { metadata: { op: "update", urn }, status: 2, steps: 1 } },
  ];
  const text = log.map((event) => `${JSON.stringify(event)}\n`).join("");
  const { steps } = readPlan(`${text}{"sequence":6,"resourcePre`);
  assert.deepEqual(readFailures(text), [urn]);
  assert.deepEqual(readFailures(""), []);
  assert.deepEqual(
    steps.map(({ op }) => op),
    ["same", "update"],
  );
  assert.equal(textInput(steps[1]?.new, "KAFKA_CLUSTER_SPEC"), undefined);
  assert.equal(textInput(steps[1]?.new, "OTHER"), "text");
  assert.equal(textInput({ inputs: { environment: secret({ OTHER: "text" }) } }, "OTHER"), undefined);
  assert.equal(textInput({ inputs: { environment: UNKNOWN } }, "OTHER"), undefined);
  assert.equal(textInput(undefined, "OTHER"), undefined);
  assert.deepEqual(readPlan("").steps, []);
});

test("a resource belongs to a member by the component that it is in, not by its name alone", () => {
  assert.deepEqual(partOf(urnOf("kafka-2-machine")), { member: "kafka-2", part: "machine" });
  const aws = "urn:pulumi:prod::p::kafka-cluster:index:ZooKeeperEnsemble$kafka-cluster:index:Member$";
  assert.deepEqual(partOf(`${aws}kafka-cluster:aws:AwsMachine$aws:ec2/instance:Instance::zookeeper-10-machine`), {
    member: "zookeeper-10",
    part: "machine",
  });
  assert.equal(partOf(urnOf("kafka-2")), undefined);
  assert.equal(partOf(`${aws}kafka-cluster:aws:AwsMachine::kafka-2-ec2`), undefined);
  assert.equal(
    partOf("urn:pulumi:dev::p::kafka-cluster:aws:Bastion$aws:ec2/instance:Instance::bastion-machine"),
    undefined,
  );
  assert.deepEqual(inOrder(["kafka-10", "kafka-2", "zookeeper-1", "kafka-2"]), ["zookeeper-1", "kafka-2", "kafka-10"]);
});

test("what becomes of machines and data volumes", () => {
  assert.deepEqual(lines(RECORDED.nothing), ["  3 members are left alone"]);
  assert.deepEqual(lines(RECORDED.replace), [
    "  kafka-2   machine is replaced, its data volume is kept: --replace",
    "  2 members are left alone",
  ]);
  assert.deepEqual(lines(RECORDED.all), [
    "  kafka-2   machine and data volume are made anew, all data on the volume is lost: --replace",
    "  2 members are left alone",
  ]);
  assert.deepEqual(lines(RECORDED.more).at(-1), "  kafka-4   machine and data volume are made");
  assert.deepEqual(lines(RECORDED.fewer).at(-1), "  kafka-4   machine and data volume are deleted");
  assert.deepEqual(lines(RECORDED.goneInstance), [
    "  kafka-2   machine is made, its data volume is kept",
    "  2 members are left alone",
  ]);
  assert.deepEqual(lines("create kafka-2-volume\ncreate kafka-2-attachment\nupdate kafka-1-interface"), [
    "  kafka-1   interface is changed",
    "  kafka-2   data volume is made; attachment is made",
    "  1 member is left alone",
  ]);
});

test("why a machine is replaced: its image, its type, the wrapper's reason, or a creation that was cut off", () => {
  const states = { "kafka-1-machine": { old: machine("one"), new: machine(UNKNOWN) } };
  assert.equal(lines(RECORDED.recipe, states)[0], "  kafka-1   machine is replaced, its data volume is kept: image");
  const without = {
    "kafka-1-machine": { old: told({}, { triggers: ["one", "10.0.0.18", "10.0.0.1/24"] }), new: machine("one") },
  };
  assert.match(lines(RECORDED.recipe, without)[0] ?? "", /: a newer program$/);
  assert.match(lines(RECORDED.recipe)[0] ?? "", /: triggers$/);
  assert.match(lines(RECORDED.replace.replaceAll("machine id", "machine instanceType"))[0] ?? "", /: instanceType$/);
  const tainted = { "kafka-2-machine": { old: { taint: true } } };
  assert.match(lines(RECORDED.replace, tainted)[0] ?? "", /: it was left half made$/);
  const reasons = new Map([[urnOf("kafka-2-machine"), "the machine is gone"]]);
  assert.match(planText(memberPlans(stepsOf(RECORDED.replace), reasons)), /is kept: the machine is gone$/m);
});

test("a machine that changes while it runs: what changes, and that its apply is not known", () => {
  const old = machine("one", { machine: "kafka-1", cpus: 2, memory: "1GiB" });
  const states = { "kafka-1-machine": { old, new: machine("one", { machine: "kafka-1", cpus: 3, memory: "1GiB" }) } };
  const [first, second] = lines(RECORDED.cpus, states);
  assert.equal(first, "  kafka-1   machine takes cpus while it runs; is looked at, what differs shows only then");
  assert.match(second ?? "", /machine takes what is known only then while it runs/);
  const size = {
    "kafka-1-volume": { old: { inputs: { size: 10, tags: {} } }, new: { inputs: { size: 20, tags: {} } } },
  };
  assert.equal(lines("update kafka-1-volume", size)[0], "  kafka-1   data volume takes size");
});

test("what an earlier update has replaced and left to be deleted says nothing", () => {
  const states = { "kafka-2-volume": { old: { delete: true } } };
  assert.deepEqual(lines("delete-replaced kafka-2-volume", states), ["  3 members are left alone"]);
});

test("an apply whose spec is not known, or that was interrupted", () => {
  const [old, unknown] = [told(applySpec()), told(undefined)];
  const says = (after: typeof old): string =>
    lines("update kafka-1-apply", { "kafka-1-apply": { old, new: after } })[0] ?? "";
  assert.equal(says(unknown), "  kafka-1   is looked at, what differs shows only then");
  assert.equal(says(old), "  kafka-1   is looked at, nothing is changed");
  assert.equal(
    lines("delete-replaced kafka-1-apply\ncreate-replacement kafka-1-apply")[0]?.slice(12),
    "services are stopped and started",
  );
});

const before = applySpec();
const properties = (changed: Record<string, string>): ApplySpec =>
  applySpec({ brokerProperties: { "log.retention.ms": "7200000", "num.network.threads": "3", ...changed } });

test("what a service does: takes properties, is restarted by some of them, by its heap, by its files", () => {
  assert.deepEqual(serviceChanges(before, properties({ "log.retention.ms": "3600000" })), [
    "kafka takes log.retention.ms=3600000 while it runs",
  ]);
  // What it could take does not restart it, and is not named beside what does.
  assert.deepEqual(serviceChanges(before, properties({ "log.retention.ms": "3600000", "log.retention.hours": "9" })), [
    "kafka is restarted: log.retention.hours",
  ]);
  assert.deepEqual(serviceChanges(before, properties({ "num.network.threads": "30" })), [
    "kafka is restarted: num.network.threads",
  ]);
  assert.deepEqual(serviceChanges(before, applySpec({ heap: { broker: "1g", zookeeper: "128m" } })), [
    "kafka is restarted: heap.broker",
  ]);
  assert.deepEqual(serviceChanges(before, applySpec({ heap: { broker: "384m", zookeeper: "1g" } })), [
    "zookeeper is restarted: heap.zookeeper",
  ]);
  const options = { broker: ["-XX:+UseZGC"], zookeeper: [] };
  const optioned = applySpec({ jvmOptions: options });
  const unit = optioned.files.find(({ path }) => path.endsWith("/kafka.service"))?.content ?? "";
  assert.deepEqual(unit.match(/-XX:\+Use\w*GC/g), ["-XX:+UseZGC"], "the program's collector goes");
  assert.deepEqual(serviceChanges(before, optioned), ["kafka is restarted: jvmOptions.broker"]);
  const both = applySpec({ jvmOptions: options, heap: { broker: "1g", zookeeper: "128m" } });
  assert.deepEqual(serviceChanges(before, both), ["kafka is restarted: heap.broker, jvmOptions.broker"]);
  const distribution = { name: "kafka_2.13-3.9.2", url: "file:///kafka.tar", sha512: "abc" };
  const withData = (kafka: string): ApplySpec =>
    applySpec({ distribution: { ...distribution, classData: { zookeeper: "/z.jsa", kafka } } });
  assert.deepEqual(serviceChanges(withData("/k.jsa"), withData("/other.jsa")), ["kafka is restarted: class data"]);
  assert.deepEqual(serviceChanges(before, withData("/k.jsa")), [
    "zookeeper is restarted: class data",
    "kafka is restarted: class data",
  ]);
  const host = { ownKernel: true, timeServer: "169.254.169.123" };
  // A machine on EC2 that was deployed before it made its own.
  assert.deepEqual(serviceChanges(applySpec({ host }), applySpec({ host: { ...host, makesClassData: true } })), [
    "zookeeper is restarted: class data",
    "kafka is restarted: class data",
  ]);
  // As units were before.
  const files = before.files.map((file) => ({
    ...file,
    content: file.content.replace(/@(\S+)\/classpath\.args/, "-cp $1/libs/*"),
  }));
  assert.deepEqual(serviceChanges({ ...before, files }, withData("/k.jsa")), [
    "zookeeper is restarted: class data, class path",
    "kafka is restarted: class data, class path",
  ]);
  const archive = { name: "kafka_2.13-3.9.2", url: "file:///other.tar", sha512: "def" };
  assert.deepEqual(serviceChanges(before, applySpec({ distribution: archive })), [
    "zookeeper is restarted: Kafka's distribution",
    "kafka is restarted: Kafka's distribution",
  ]);
});

test("files that restart a service are named; another mode, or a file that no service reads, restarts nothing", () => {
  const edited = (path: string, change: object): ApplySpec => ({
    ...before,
    files: before.files.map((file) => (file.path === path ? { ...file, ...change } : file)),
  });
  const log4j = "/etc/kafka/log4j.properties";
  assert.deepEqual(serviceChanges(before, edited(log4j, { content: "other" })), [`kafka is restarted: files ${log4j}`]);
  assert.deepEqual(serviceChanges(before, edited(log4j, { mode: "0600" })), [`nothing is restarted: files ${log4j}`]);
  const script = "/usr/local/lib/kafka-cluster/install";
  assert.deepEqual(serviceChanges(before, edited(script, { content: "other" })), [
    `nothing is restarted: files ${script}`,
  ]);
  const without = { ...before, files: before.files.filter(({ path }) => path !== log4j) };
  assert.deepEqual(serviceChanges(before, without), [`kafka is restarted: files ${log4j}`]);
  assert.deepEqual(serviceChanges(without, before), [`kafka is restarted: files ${log4j}`]);
});

test("another version of Kafka is the reason, whatever else it changes", () => {
  const next = applySpec(
    { distribution: { name: "kafka_2.13-3.9.2", url: "file:///other.tar", sha512: "def" } },
    { kafkaVersion: "3.9.2" },
  );
  assert.deepEqual(serviceChanges({ ...before, kafkaVersion: "2.4.0" }, next), [
    "zookeeper is restarted: kafkaVersion 2.4.0 becomes 3.9.2",
    "kafka is restarted: kafkaVersion 2.4.0 becomes 3.9.2",
  ]);
});

test("a change of the security, and other certificates, are the reasons", () => {
  const spec = (security: Phase, hash?: string): ApplySpec => {
    const hashes = Object.fromEntries(
      ["kafka/tls/broker.pem", "zookeeper/tls/server.pem"].map((path) => [`/etc/${path}`, hash]),
    );
    return readSpec(JSON.stringify(applySpec({ security }, { security })), hash && JSON.stringify(hashes));
  };
  assert.deepEqual(serviceChanges(spec("plaintext"), spec("opened", "a")), [
    "zookeeper is restarted: security plaintext becomes opened",
    "kafka is restarted: security plaintext becomes opened",
  ]);
  for (const shown of ["b", undefined]) {
    assert.deepEqual(serviceChanges(spec("opened", "a"), spec("opened", shown)), [
      "zookeeper is restarted: certificates",
      "kafka is restarted: certificates",
    ]);
  }
  assert.deepEqual(serviceChanges(spec("opened", "a"), spec("opened", "a")), ["is looked at, nothing is changed"]);
});

test("a member that was found down is brought up, and said to be", () => {
  const apply = (foundDown: string | undefined, spec = applySpec()) => ({
    inputs: {
      environment: {
        KAFKA_CLUSTER_SPEC: JSON.stringify(spec),
        ...(foundDown !== undefined && { KAFKA_CLUSTER_FOUND_DOWN: foundDown }),
      },
    },
  });
  const step = (after: ReturnType<typeof apply>): Step[] => [
    { op: "update", urn: urnOf("kafka-1-apply"), old: apply(undefined), new: after },
  ];
  assert.deepEqual(memberPlans(step(apply("2026-11-24T12:00:00.000Z")))[0]?.says, ["is down, and brought up first"]);
  const hotter = applySpec({ heap: { broker: "400m", zookeeper: "128m" } });
  assert.deepEqual(memberPlans(step(apply("2026-11-24T12:00:00.000Z", hotter)))[0]?.says, [
    "is down, and brought up first",
    "kafka is restarted: heap.broker",
  ]);
});

test("a member whose last update did not end is said to be looked at, and what is changed beside", () => {
  const mark = { KAFKA_CLUSTER_UNFINISHED: "its last update did not end well" };
  const apply = (spec: ApplySpec, more = {}): NonNullable<Step["new"]> => ({
    inputs: { environment: { KAFKA_CLUSTER_SPEC: JSON.stringify(spec), ...more } },
  });
  const says = (after: ApplySpec): readonly string[] | undefined =>
    memberPlans([{ op: "update", urn: urnOf("kafka-1-apply"), old: apply(applySpec(), mark), new: apply(after) }])[0]
      ?.says;
  const lookedAt = "is looked at, what differs shows only then (its last update did not end well)";
  assert.deepEqual(says(applySpec()), [lookedAt]);
  assert.deepEqual(says(applySpec({ heap: { broker: "400m", zookeeper: "128m" } })), [
    lookedAt,
    "kafka is restarted: heap.broker",
  ]);
});

test("brokers that go without a move of their partitions are found", () => {
  const without = RECORDED.fewer.replace("update assignment-partitions", "same assignment-partitions");
  assert.equal(movesLeftOut(stepsOf(without)), urnOf("assignment-partitions"));
  assert.equal(movesLeftOut(stepsOf(RECORDED.fewer)), undefined);
  assert.equal(movesLeftOut(stepsOf(`${RECORDED.replace}\nsame assignment-partitions`)), undefined);
  // A cluster from before there was an assignment gets one in this update.
  assert.equal(movesLeftOut(stepsOf(RECORDED.fewer.replace("update assign", "create assign"))), undefined);
});

test("members that are changed stand in the order in which the engine comes to them", () => {
  const turned = ["kafka-3", "kafka-1", "kafka-2"];
  const recorded = turned.map((member) => `same ${member}-machine\nupdate ${member}-apply`).join("\n");
  const volumes = ["kafka-1", "kafka-2", "kafka-3"].map((member) => `same ${member}-volume`).join("\n");
  const steps = stepsOf(`\n${volumes}\n${recorded}`);
  assert.deepEqual(plannedRoll(steps), turned);
  assert.deepEqual(
    memberPlans(steps).map(({ member }) => member),
    turned,
  );
});

test("the order on record: each member after those that it depends on, by way of others too, and else by number", () => {
  const part = (name: string, dependencies: string[] = [], more: object = {}): object => ({
    ...{ urn: urnOf(name), type: "t", dependencies: dependencies.map(urnOf) },
    ...more,
  });
  const recorded = (...resources: object[]): string[] =>
    recordedRoll({ checkpoint: { latest: { resources } } } as unknown as Checkpoint);
  const all = ["kafka-2", "kafka-10", "kafka-1"];
  // As a first deployment leaves it: nobody waits for anybody.
  assert.deepEqual(recorded(...all.map((member) => part(`${member}-apply`))), ["kafka-1", "kafka-2", "kafka-10"]);
  assert.deepEqual(
    recorded(
      part("kafka-2-machine"),
      part("kafka-2-apply", ["kafka-2-machine"]),
      part("other", ["kafka-2-apply"]),
      part("kafka-10-machine", ["other"]),
      part("kafka-10-apply", ["kafka-10-machine"]),
      part("kafka-1-apply", ["kafka-10-apply"]),
      // Replaced, and still to be deleted.
      part("kafka-2-apply", ["kafka-1-apply"], { delete: true }),
    ),
    all,
  );
  assert.deepEqual(recordedRoll(null), []);
});
