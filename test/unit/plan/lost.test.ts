import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../../scripts/lib/report.ts";
import { lostParts } from "../../../scripts/plan/lost.ts";
import { deployedMembers, recordedMembers, recordedParts } from "../../../scripts/plan/record.ts";
import { previewOptions } from "../../../scripts/stack/planning.ts";
import type { Checkpoint, RecordedResource } from "../../../scripts/stack/prepare.ts";
import { readReplacement } from "../../../scripts/stack/replacement.ts";
import { told, urnOf } from "./recorded.ts";

const COMMAND = "command:local:Command";
const spec = { space: "kc-dev", address: "10.0.0.18" };
const part = (name: string): RecordedResource => ({ urn: urnOf(name), type: COMMAND, ...told(spec) });
const NAMES = ["kafka-2", "kafka-10", "zookeeper-1"];
const PARTS = NAMES.flatMap((member) => ["volume", "machine", "apply"].map((name) => part(`${member}-${name}`)));

function checkpoint(resources: readonly RecordedResource[]): Checkpoint {
  return { checkpoint: { latest: { resources } } };
}

const recorded = recordedParts(checkpoint([...PARTS, part("local-image")]));

test("what the stack has on record of its members", () => {
  assert.deepEqual(recordedMembers(recorded), ["zookeeper-1", "kafka-2", "kafka-10"]);
  assert.equal(recorded.length, 9);
  assert.deepEqual(recorded[1], { member: "kafka-2", part: "machine", urn: urnOf("kafka-2-machine"), spec });
  // What the apply is told is not what made the machine.
  assert.deepEqual(recorded[2], { member: "kafka-2", part: "apply", urn: urnOf("kafka-2-apply") });
  const instance = { urn: urnOf("kafka-1-machine"), type: "aws:ec2/instance:Instance", inputs: {} };
  assert.deepEqual(recordedParts(checkpoint([instance, { ...part("kafka-1-volume"), delete: true }])), [
    { member: "kafka-1", part: "machine", urn: urnOf("kafka-1-machine") },
  ]);
  assert.deepEqual(recordedParts(null), []);
});

test("the members that live are those of the last deployment that succeeded", () => {
  const stack = (outputs: object): RecordedResource => ({
    urn: "urn:pulumi:dev::p::pulumi:pulumi:Stack::p-dev",
    type: "pulumi:pulumi:Stack",
    outputs: outputs as Record<string, unknown>,
  });
  assert.deepEqual(
    [...deployedMembers(checkpoint([stack({ members: [{ name: "kafka-1" }], kafkaVersion: "3.9.2" })]))],
    ["kafka-1"],
  );
  assert.deepEqual([...deployedMembers(checkpoint([stack({})]))], []);
  assert.deepEqual([...deployedMembers(checkpoint(PARTS))], []);
  assert.deepEqual([...deployedMembers(null)], []);
});

test("machines and data volumes that are gone are replaced, machines that are stopped are started", () => {
  const lost = lostParts(recorded, {
    machines: new Map([
      ["zookeeper-1", "Stopped"],
      ["stranger", "Stopped"],
    ]),
    volumes: new Set(["kafka-2", "zookeeper-1"]),
  });
  assert.deepEqual(
    [...lost.replace],
    [
      // Its machine goes with it.
      [urnOf("kafka-10-volume"), "the data volume is gone"],
      [urnOf("kafka-2-machine"), "the machine is gone"],
    ],
  );
  assert.deepEqual([...lost.volumes], ["kafka-10"]);
  assert.deepEqual(
    lost.stopped.map(({ member }) => member),
    ["zookeeper-1"],
  );
  assert.deepEqual(lost.says, [
    "kafka-10: its data volume is gone: machine and data volume are made anew",
    "kafka-2: its machine is gone: it is made again, with its data volume",
    "zookeeper-1: its machine is stopped: it is started, and looked at",
  ]);
});

test("nothing is lost where all machines run, and nothing is known of another platform's", () => {
  const machines = new Map(NAMES.map((name) => [name, "Running"]));
  const all = lostParts(recorded, { machines, volumes: new Set(NAMES) });
  assert.deepEqual([all.replace.size, all.volumes.size, all.stopped, all.says], [0, 0, [], []]);
  const instance = { member: "kafka-1", part: "machine" as const, urn: urnOf("kafka-1-machine") };
  assert.deepEqual(lostParts([instance], { machines: new Map(), volumes: new Set() }).says, []);
});

test("replace: a member of the stack, its machine alone or with its data volume, and options for Pulumi", () => {
  assert.deepEqual(readReplacement(["kafka-2", "--diff"], recorded), {
    member: "kafka-2",
    urns: [urnOf("kafka-2-machine")],
    volumeToo: false,
    options: ["--diff"],
  });
  const both = readReplacement(["kafka-2", "--data-volume-too"], recorded);
  assert.deepEqual(both.urns, [urnOf("kafka-2-volume"), urnOf("kafka-2-machine")]);
  assert.deepEqual([both.volumeToo, both.options], [true, []]);
});

test("replace: no member, one that there is not, and more than one are refused with the list", () => {
  const refuses = (args: readonly string[], message: RegExp, parts = recorded): void => {
    assert.throws(
      () => readReplacement(args, parts),
      (error: unknown) => error instanceof UserError && message.test(error.message),
    );
  };
  refuses([], /^no member is named: npm run replace -- MEMBER .*members are zookeeper-1, kafka-2, kafka-10$/);
  refuses(["--diff"], /^no member is named/);
  refuses(["kafka-1"], /^there is no member "kafka-1": the stack's members are zookeeper-1, kafka-2, kafka-10$/);
  refuses(["kafka-2", "--diff", "kafka-10"], /^kafka-2, kafka-10: .* of one member at a time/);
  refuses(["kafka-2"], /: the stack has none: npm run up$/, []);
});

test("a plan is made with the options of the update, without those that a preview does not know", () => {
  const args = [
    "--yes",
    "--replace",
    "a",
    "-f",
    "--skip-preview=true",
    "--target",
    "b",
    "--json",
    "--event-log",
    "mine",
    "--policy-pack",
    "p",
    "--event-log=mine",
  ];
  assert.deepEqual(previewOptions(args), ["--replace", "a", "--target", "b", "--policy-pack", "p"]);
});
