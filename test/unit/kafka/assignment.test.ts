import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planAssignment, tooManyReplicas } from "../../../model/kafka/replicaAssignment.ts";
import type { PartitionReplicas } from "../../../model/kafka/partition.ts";
import type { AssignmentBroker } from "../../../model/kafka/replicaTable.ts";

function ids(...brokers: number[]): AssignmentBroker[] {
  return brokers.map((id) => ({ id }));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A topic as Kafka places it on brokers 1 to `brokers`: one after the other. */
function topic(name: string, partitions: number, factor: number, brokers: number): PartitionReplicas[] {
  return Array.from({ length: partitions }, (_, partition) => ({
    topic: name,
    partition,
    replicas: Array.from({ length: factor }, (_, place) => ((partition + place) % brokers) + 1),
  }));
}

/** The whole assignment after a plan. */
function after(present: readonly PartitionReplicas[], plan: readonly PartitionReplicas[]): PartitionReplicas[] {
  return present.map((old) => plan.find((p) => p.topic === old.topic && p.partition === old.partition) ?? old);
}

/** Number of replicas whose data has to be copied. */
function moved(present: readonly PartitionReplicas[], next: readonly PartitionReplicas[]): number {
  return next.reduce(
    (sum, { replicas }, index) => sum + replicas.filter((broker) => !present[index]?.replicas.includes(broker)).length,
    0,
  );
}

function loads(assignment: readonly PartitionReplicas[], brokers: readonly AssignmentBroker[]): number[] {
  return brokers.map(({ id }) => assignment.filter(({ replicas }) => replicas.includes(id)).length);
}

function leaders(assignment: readonly PartitionReplicas[], brokers: readonly AssignmentBroker[]): number[] {
  return brokers.map(({ id }) => assignment.filter(({ replicas }) => replicas[0] === id).length);
}

function range(numbers: readonly number[]): number {
  return Math.max(...numbers) - Math.min(...numbers);
}

/** The fewest replicas that any plan moves that gets brokers to a difference of one: what leaves, and what is too much. */
function leastMovement(present: readonly PartitionReplicas[], brokers: readonly AssignmentBroker[]): number {
  const kept = loads(present, brokers);
  const all = present.reduce((sum, { replicas }) => sum + replicas.length, 0);
  const leaving = all - kept.reduce((sum, load) => sum + load, 0);
  const [low, high] = [Math.floor(all / brokers.length), Math.ceil(all / brokers.length)];
  const over = kept.reduce((sum, load) => sum + Math.max(0, load - high), 0);
  const under = kept.reduce((sum, load) => sum + Math.max(0, low - load), 0);
  return Math.max(leaving + over, under);
}

test("from 3 brokers to 5 and back: only what has to move moves, and each topic is spread", () => {
  const three = [...topic("a", 10, 3, 3), ...topic("b", 10, 2, 3)];
  const plan = planAssignment(three, ids(1, 2, 3, 4, 5), { spread: true });
  const five = after(three, plan);
  assert.deepEqual(loads(five, ids(1, 2, 3, 4, 5)), [10, 10, 10, 10, 10]);
  assert.deepEqual(leaders(five, ids(1, 2, 3, 4, 5)), [4, 4, 4, 4, 4]);
  assert.equal(moved(three, five), 20, "what two new brokers get, and no more");
  for (const name of ["a", "b"]) {
    const spread = loads(
      five.filter((p) => p.topic === name),
      ids(1, 2, 3, 4, 5),
    );
    assert.ok(range(spread) <= 2, `${name}: ${spread.join(", ")}`);
  }
  const back = after(five, planAssignment(five, ids(1, 2, 3), { spread: true }));
  assert.deepEqual(loads(back, ids(1, 2, 3)).sort(), [16, 17, 17]);
  assert.equal(moved(five, back), 20);
});

test("without spreading only what is on brokers that go is moved", () => {
  const three = topic("a", 6, 2, 3);
  assert.deepEqual(planAssignment(three, ids(1, 2, 3, 4), { spread: false }), []);
  const plan = planAssignment(three, ids(1, 2), { spread: false });
  assert.deepEqual(
    plan.map(({ partition }) => partition),
    [1, 2, 4, 5],
  );
});

test("a third rack gets a replica of every partition, and the leader stays", () => {
  const racked = [1, 2, 3].map((id) => ({ id, rack: `z${(id % 2) + 1}` }));
  const three = topic("a", 3, 3, 3);
  assert.deepEqual(planAssignment(three, racked, { spread: true }), []);
  const next = after(three, planAssignment(three, [...racked, { id: 4, rack: "z3" }], { spread: true }));
  assert.ok(next.every(({ replicas }) => replicas.includes(4)));
  assert.deepEqual(range(leaders(next, [...racked, { id: 4 }])) <= 1, true);
});

test("topics with more replicas than brokers are named", () => {
  const present = [...topic("b", 2, 3, 3), ...topic("a", 1, 3, 3), ...topic("c", 1, 2, 3)];
  assert.deepEqual(tooManyReplicas(present, 2), [
    { topic: "a", replicationFactor: 3 },
    { topic: "b", replicationFactor: 3 },
  ]);
  assert.deepEqual(tooManyReplicas(present, 3), []);
  assert.throws(() => planAssignment(present, ids(1, 2), { spread: true }), /a-0 has 3 replicas for 2 brokers/);
});

/** Any assignment on some brokers, and the brokers that are wanted then. */
const change = fc
  .record({ before: fc.integer({ min: 1, max: 7 }), wanted: fc.subarray(upTo(8), { minLength: 1 }) })
  .chain(({ before, wanted }) =>
    fc.record({
      wanted: fc.constant(wanted),
      racks: fc.array(fc.constantFrom("z1", "z2", "z3"), { minLength: 8, maxLength: 8 }),
      topics: fc.array(
        fc.integer({ min: 1, max: Math.min(3, before, wanted.length) }).chain((factor) =>
          fc.array(fc.shuffledSubarray(upTo(before), { minLength: factor, maxLength: factor }), {
            minLength: 1,
            maxLength: 12,
          }),
        ),
        { maxLength: 4 },
      ),
    }),
  )
  .map(({ wanted, racks, topics }) => ({
    plain: ids(...wanted),
    racked: wanted.map((id) => ({ id, rack: racks[id - 1] ?? "z1" })),
    present: topics.flatMap((partitions, index) =>
      partitions.map((replicas, partition) => ({ topic: `t${index}`, partition, replicas })),
    ),
  }));

const runs = { numRuns: 1000 };

test("property: replicas keep their number, on different wanted brokers; a second run changes nothing", () => {
  fc.assert(
    fc.property(change, fc.boolean(), fc.boolean(), ({ plain, racked, present }, withRacks, spread) => {
      const brokers = withRacks ? racked : plain;
      const plan = planAssignment(present, brokers, { spread });
      const next = after(present, plan);
      for (const [index, { replicas }] of next.entries()) {
        assert.equal(replicas.length, present[index]?.replicas.length);
        assert.equal(new Set(replicas).size, replicas.length);
        assert.ok(replicas.every((replica) => brokers.some(({ id }) => id === replica)));
      }
      assert.ok(plan.every((p) => !present.some((old) => JSON.stringify(old) === JSON.stringify(p))));
      assert.deepEqual(planAssignment(next, brokers, { spread }), []);
      assert.deepEqual(planAssignment([...present].reverse(), brokers, { spread }), plan, "deterministic");
    }),
    runs,
  );
});

test("property: partitions are on as many racks as there can be", () => {
  fc.assert(
    fc.property(change, ({ racked, present }) => {
      const rackOf = new Map(racked.map(({ id, rack }) => [id, rack]));
      const there = new Set(rackOf.values()).size;
      for (const { replicas } of after(present, planAssignment(present, racked, { spread: true }))) {
        assert.equal(new Set(replicas.map((id) => rackOf.get(id))).size, Math.min(replicas.length, there));
      }
    }),
    runs,
  );
});

test("property: without racks, loads differ by one at most, and hardly more is moved than that takes", () => {
  fc.assert(
    fc.property(change, ({ plain, present }) => {
      const next = after(present, planAssignment(present, plain, { spread: true }));
      assert.ok(range(loads(next, plain)) <= 1, `loads ${loads(next, plain).join(", ")}`);
      const least = leastMovement(present, plain);
      // What may go where can make the bound unreachable: 97 of 30000 such changes take one replica more, or two.
      assert.ok(moved(present, next) <= least + 3, `moved ${moved(present, next)}, least ${least}`);
    }),
    runs,
  );
});
