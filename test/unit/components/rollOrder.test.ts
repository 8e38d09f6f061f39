import assert from "node:assert/strict";
import { test } from "node:test";
import { readRoll, type Roll, rollOrder } from "../../../model/rollOrder.ts";

const plans = [1, 2, 3].map((id) => ({ name: `kafka-${id}`, brokerId: id }));
const names = (...ids: number[]): string[] => ids.map((id) => `kafka-${id}`);
const order = (roll: Roll, more: Partial<Parameters<typeof rollOrder>[1]> = {}): string[] =>
  rollOrder(roll, { plans, down: new Set(), ...more });

test("without a record the order is that of the plans; with one it is kept", () => {
  assert.deepEqual(order({}), names(1, 2, 3));
  assert.deepEqual(order({}, { last: names(2, 3, 1) }), names(2, 3, 1));
  assert.deepEqual(order({ order: names(3, 1, 2) }, { last: names(2, 3, 1) }), names(3, 1, 2));
});

test("the controller comes last where that is asked for, and the others keep their order", () => {
  assert.deepEqual(order({ controllerLast: true }, { controller: 1 }), names(2, 3, 1));
  assert.deepEqual(order({ order: names(2, 3, 1), controllerLast: true }, { controller: 3 }), names(2, 1, 3));
  assert.deepEqual(order({}, { controller: 1 }), names(1, 2, 3));
  // None is known, or it is a broker that goes.
  assert.deepEqual(order({ controllerLast: true }), names(1, 2, 3));
  assert.deepEqual(order({ controllerLast: true }, { controller: 9 }), names(1, 2, 3));
});

test("one that is down comes first, also the controller", () => {
  assert.deepEqual(order({ controllerLast: true }, { controller: 1, down: new Set(names(3)) }), names(3, 2, 1));
  assert.deepEqual(order({ controllerLast: true }, { controller: 1, down: new Set(names(1)) }), names(1, 2, 3));
});

test("nothing changes a fixed order", () => {
  const roll = { order: names(2, 3, 1), fixed: true };
  assert.deepEqual(order(roll, { controller: 3, down: new Set(names(1)) }), names(2, 3, 1));
});

test("brokers come and go", () => {
  assert.deepEqual(order({ order: [...names(4, 2, 3, 1), "zookeeper-1"] }), names(2, 3, 1));
  assert.deepEqual(order({ order: names(3, 1) }), names(3, 1, 2));
});

test("the variable is JSON; none says nothing", () => {
  assert.deepEqual(readRoll('{"order":["kafka-1"],"fixed":true}'), { order: ["kafka-1"], fixed: true });
  assert.deepEqual(readRoll(""), {});
  assert.deepEqual(readRoll(undefined), {});
});
