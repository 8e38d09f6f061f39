import assert from "node:assert/strict";
import { test } from "node:test";
import { rollNotes } from "../../../scripts/plan/rollNotes.ts";
import { readPlan, type Step } from "../../../scripts/plan/planSteps.ts";
import { applySpec, RECORDED, stepsOf, told, urnOf } from "./recorded.ts";

const peers = [1, 2, 3].map((id) => ({ id, address: `10.0.0.${17 + id}` }));
const before = applySpec({}, { brokers: peers });

/** A plan that changes a broker's properties, and whatever else is given. */
function plan(more: readonly Step[], properties: Record<string, string>, changes: Partial<typeof before> = {}): Step[] {
  const after = applySpec({ brokerProperties: properties }, { brokers: peers, ...changes });
  return [...stepsOf("update kafka-1-apply", { "kafka-1-apply": { old: told(before), new: told(after) } }), ...more];
}

const RESTARTS = { "log.retention.ms": "7200000", "num.network.threads": "3", "log.retention.hours": "96" };
const TAKEN = { "log.retention.ms": "7200001", "num.network.threads": "3" };

function command(component: string, name: string, op: string, old: object | undefined, next: object): Step {
  const urn = urnOf(name).replace(/:index:\w+\$/, `:index:${component}$`);
  return { op, urn, old: old ? told(old) : null, new: told(next) };
}

const topic = (name: string, op: string, was: number, is: number): Step =>
  command("Topic", `topic-${name}-managed`, op, { name, replicationFactor: was }, { name, replicationFactor: is });
const verification = (replicationFactor: number): Step => {
  const spec = { topic: "replica-yu1", replicationFactor };
  return command("Verification", "verification-round-trip", "update", spec, spec);
};
const STOPS =
  "the roll stops at its broker, unless the settings name more replicas or rollout.acceptUnavailable is true";

test("topics that the settings give one replica are named where a broker is restarted", () => {
  const single = [topic("orders", "same", 1, 1), topic("wide", "same", 3, 3), verification(2)];
  assert.deepEqual(rollNotes(plan(single, RESTARTS), undefined), [`topic orders (topics) has one replica: ${STOPS}`]);
  assert.deepEqual(rollNotes(plan([verification(1)], RESTARTS), undefined), [
    `topic replica-yu1 (verification) has one replica: ${STOPS}`,
  ]);
  const replaced = [
    ...stepsOf(RECORDED.replace, { "kafka-2-apply": { old: told(before), new: told(undefined) } }),
    ...single,
  ];
  assert.equal(rollNotes(replaced, undefined).length, 1, "a machine that is replaced");
});

test("nothing is said where no broker is stopped, where that is accepted, and where there is one broker", () => {
  const single = [topic("orders", "same", 1, 1)];
  assert.deepEqual(rollNotes(plan(single, TAKEN), ["orders"]), []);
  const rollout = { ...before.rollout, acceptUnavailable: true };
  assert.deepEqual(rollNotes(plan(single, RESTARTS, { rollout }), ["orders"]), []);
  assert.deepEqual(rollNotes(plan(single, RESTARTS, { brokers: peers.slice(0, 1) }), ["orders"]), []);
  assert.deepEqual(rollNotes(stepsOf(RECORDED.nothing), ["orders"]), []);
});

test("a topic that gets more replicas does not stop the roll, nor one that gets fewer after it", () => {
  const changed = [topic("more", "update", 1, 3), topic("fewer", "update", 3, 1)];
  assert.deepEqual(rollNotes(plan(changed, RESTARTS), undefined), []);
  const grows = command("Growth", "growth-replicas", "update", { factors: {} }, { factors: { more: 3 } });
  assert.deepEqual(rollNotes(plan([...changed, grows], RESTARTS), []), [
    "before a broker is stopped, topics with fewer replicas get them: more (3)",
  ]);
});

test("what the cluster says goes before what the settings say", () => {
  const single = [topic("orders", "same", 1, 1), topic("by-hand", "same", 1, 1)];
  assert.deepEqual(rollNotes(plan(single, RESTARTS), ["orders", "a", "b", "c", "d", "e", "f"]), [
    "topics orders (topics), a, b, c, d and 2 more have one replica: " +
      "the roll stops at their brokers, unless the settings name more replicas or rollout.acceptUnavailable is true",
  ]);
  assert.equal(readPlan("").single, undefined, "it says nothing");
});

test("a topic stops the roll only where its broker is stopped", () => {
  const log = (steps: readonly Step[], holders: object): string => {
    const message = `topics with one replica: ${JSON.stringify(holders)}`;
    const events = [
      { diagnosticEvent: { message: "something else", severity: "debug" } },
      { diagnosticEvent: { message, severity: "debug" } },
      ...steps.map((metadata) => ({ resourcePreEvent: { metadata } })),
    ];
    return events.map((event) => `${JSON.stringify(event)}\n`).join("");
  };
  const replaced = stepsOf(RECORDED.replace, { "kafka-2-apply": { old: told(before), new: told(undefined) } });
  assert.deepEqual(readPlan(log(replaced, { x: [1], y: [1, 2], constructor: [3] })).single, ["y"]);
  assert.deepEqual(readPlan(log(replaced, { x: [1], y: [1], constructor: [3] })).single, []);
  assert.deepEqual(readPlan(log(plan([], RESTARTS), { x: [1], y: [2], constructor: [1, 3] })).single, [
    "x",
    "constructor",
  ]);
  assert.deepEqual(readPlan(log([], { x: [1] })).single, [], "the plan stops none");
});
