import assert from "node:assert/strict";
import { test } from "node:test";
import { failureText } from "../../../scripts/stack/failures.ts";
import { urnOf } from "../plan/recorded.ts";

/** An event log as Pulumi 3.259.0 wrote it in an update that the gate stopped, cut down to what is of the failure. */
const APPLY = urnOf("kafka-1-apply");
const COMMAND_LINE = 'exit status 1: running "node scripts/run.mjs apply update":\n';
const REFUSED =
  "error: kafka-1: kafka was not stopped: \n  newone-0: broker 1 has its only in-sync replica\nRemedy: name in the setting…\n";
const RECORDED = [
  { diagnosticEvent: { urn: APPLY, message: "error: kafka-1: kafka was not stopped: \n", severity: "info" } },
  error(APPLY, COMMAND_LINE + REFUSED),
  failed(APPLY),
  { diagnosticEvent: { prefix: "error: ", message: "update failed\n", color: "never", severity: "error" } },
];

function error(urn: string, message: string): object {
  return { diagnosticEvent: { urn, prefix: "error: ", message, color: "never", severity: "error" } };
}

function failed(urn: string): object {
  return { resOpFailedEvent: { metadata: { op: "update", urn, type: "command:local:Command" }, status: 2, steps: 1 } };
}

function log(...events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

test("what failed is repeated in its own words, without what stands before them, and once", () => {
  const lines = [
    "what failed:",
    "  kafka-1-apply: kafka was not stopped:",
    "      newone-0: broker 1 has its only in-sync replica",
    "    Remedy: name in the setting…",
  ];
  assert.equal(failureText(log(...RECORDED), false), lines.join("\n"));
  assert.equal(
    failureText(log(...RECORDED, ...RECORDED), true),
    ['outputs that are shown as removed ("-") are still on record', ...lines].join("\n"),
  );
});

test("of a long error its head and its end; what the script said before it is left out", () => {
  const log30 = Array.from({ length: 30 }, (_, index) => `    line ${index}`).join("\n");
  const message = `${COMMAND_LINE}kafka-1: stopping kafka\nerror: kafka-1 (10.0.0.18) is not healthy: it ends\n${log30}\nRemedy`;
  assert.equal(
    failureText(log(error(APPLY, message), failed(APPLY)), false),
    [
      "what failed:",
      "  kafka-1-apply: kafka-1 (10.0.0.18) is not healthy: it ends",
      "        line 0",
      "    …",
      "        line 27",
      "        line 28",
      "        line 29",
      "    Remedy",
    ].join("\n"),
  );
});

test("a resource of a provider, and one that was interrupted without a word", () => {
  const [volume, machine] = [urnOf("kafka-2-volume"), urnOf("kafka-2-machine")];
  assert.equal(
    failureText(log(error(APPLY, 'cancelled: running "node scripts/run.mjs apply update":\n'), failed(APPLY)), false),
    'what failed:\n  kafka-1-apply: cancelled: running "node scripts/run.mjs apply update"',
  );
  const text = failureText(
    log(error(volume, "creating EBS Volume: api error: no room\n"), failed(volume), failed(machine)),
    false,
  );
  assert.equal(
    text,
    "what failed:\n  kafka-2-volume: creating EBS Volume: api error: no room\n  kafka-2-machine: failed or was interrupted",
  );
});

test("a program that refuses its settings is shown by Pulumi as the last thing", () => {
  const stack = "urn:pulumi:dev::kafka-cluster::pulumi:pulumi:Stack::kafka-cluster-dev";
  assert.equal(failureText(log(error(stack, "brokerCount = 0: 1 or more")), true), undefined);
  assert.equal(failureText("", true), undefined);
});
