import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetDetached } from "../../../scripts/stack/halfReplaced.ts";

/** A machine with its attachment and an apply that depends on both. */
function member(
  name: string,
  pendingReplacement: boolean,
): { urn: string; type: string; [property: string]: unknown }[] {
  const [machine, attachment] = [`urn:::${name}-machine`, `urn:::${name}-attachment`];
  const pending = pendingReplacement ? { pendingReplacement } : {};
  return [
    { urn: machine, type: "aws:ec2/instance:Instance", id: `i-${name}`, ...pending },
    {
      urn: attachment,
      type: "aws:ec2/volumeAttachment:VolumeAttachment",
      inputs: { instanceId: `i-${name}` },
      dependencies: [machine],
      ...pending,
    },
    {
      urn: `urn:::${name}-apply`,
      type: "command:local:Command",
      dependencies: [machine, attachment],
      propertyDependencies: { environment: [attachment, machine] },
      ...pending,
    },
  ];
}

test("an attachment whose instance is gone in a replacement goes from the state, and nothing points at it any more", () => {
  const { resources = [] } = forgetDetached({ resources: [...member("kafka-1", false), ...member("kafka-2", true)] });
  const [, apply] = member("kafka-2", true).filter(({ type }) => !type.includes("Attachment"));
  assert.deepEqual(resources, [
    ...member("kafka-1", false),
    member("kafka-2", true)[0],
    {
      ...apply,
      dependencies: ["urn:::kafka-2-machine"],
      propertyDependencies: { environment: ["urn:::kafka-2-machine"] },
    },
  ]);
});

test("a state without a replacement that failed halfway is left as it is", () => {
  const deployment = { resources: member("kafka-1", false) };
  assert.equal(forgetDetached(deployment), deployment);
});
