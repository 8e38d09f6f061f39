import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { judge, type Judgement } from "../../traffic/judge.ts";
import { type Acknowledged, type Failed, type Read, silentPartitions } from "../../traffic/log.ts";

/** A write that was acknowledged after 5 ms. */
function acknowledged(partition: number, offset: number, sequence = offset): Acknowledged {
  const startedAt = 1_000 + 10 * sequence;
  return { partition, sequence, value: `${partition}/${sequence}`, offset, startedAt, endedAt: startedAt + 5 };
}

function failed(partition: number, sequence: number): Failed {
  const { offset: _, ...write } = acknowledged(partition, sequence);
  return { ...write, error: "no answer" };
}

function read({ partition, offset, value }: Acknowledged): Read {
  return { partition, offset, value };
}

/** How many faults of each kind there are. */
function kinds({ lost, duplicated, reordered, failed: given, unknown }: Judgement): number[] {
  return [lost.length, duplicated.length, reordered.length, given.length, unknown.length];
}

const CLEAN = [0, 0, 0, 0, 0];
const three = [0, 1, 2].map((offset) => acknowledged(0, offset));
const [first, second, third] = three as [Acknowledged, Acknowledged, Acknowledged];

test("a faithful log is clean, in whatever order it was read, and a record that was handed out twice counts once", () => {
  const other = acknowledged(1, 0);
  const judgement = judge(
    { acknowledged: [...three, other], failed: [] },
    [other, third, first, second, first].map(read),
  );
  assert.deepEqual(kinds(judgement), CLEAN);
  assert.equal(judgement.acknowledged, 4);
  assert.equal(judgement.read, 4);
});

test("no traffic: nothing to find", () => {
  assert.deepEqual(kinds(judge({ acknowledged: [], failed: [] }, [])), CLEAN);
});

test("an acknowledged write that is not there is lost: nothing, or another one, at its place", () => {
  const log = { acknowledged: three, failed: [] };
  assert.deepEqual(judge(log, [first, third].map(read)).lost, [{ write: second, seen: "nothing there" }]);
  assert.deepEqual(judge(log, [first, { ...third, offset: 1 }].map(read)).lost, [
    { write: second, seen: "0/2 there" },
    { write: third, seen: "it at partition 0 offset 1" },
  ]);
});

test("a write at another offset or in another partition than acknowledged is lost", () => {
  const log = { acknowledged: three, failed: [] };
  for (const [moved, seen] of [
    [{ ...third, offset: 3 }, "it at partition 0 offset 3"],
    [{ ...third, partition: 1 }, "it at partition 1 offset 2"],
  ] as const) {
    const judgement = judge(log, [first, second, moved].map(read));
    assert.deepEqual(judgement.lost, [{ write: third, seen }]);
    assert.deepEqual(kinds(judgement), [1, 0, 0, 0, 0]);
  }
});

test("a damaged value is a loss and an unknown record", () => {
  const judgement = judge({ acknowledged: [first], failed: [] }, [{ ...read(first), value: "?" }]);
  assert.deepEqual(judgement.lost, [{ write: first, seen: "? there" }]);
  assert.deepEqual(kinds(judgement), [1, 0, 0, 0, 1]);
});

test("two acknowledgements of one offset: the one that is not there is lost", () => {
  const judgement = judge({ acknowledged: [first, { ...second, offset: 0 }], failed: [] }, [read(first)]);
  assert.deepEqual(
    judgement.lost.map(({ write }) => write.value),
    [second.value],
  );
});

test("a value that stands there twice is a duplicate, and no reorder", () => {
  const again = { ...read(first), offset: 3 };
  const judgement = judge({ acknowledged: three, failed: [] }, [...three.map(read), again]);
  assert.deepEqual(judgement.duplicated, [{ value: first.value, at: [read(first), again] }]);
  assert.deepEqual(kinds(judgement), [0, 1, 0, 0, 0]);
});

test("a write behind a later one of its partition is out of order", () => {
  const [early, late] = [acknowledged(0, 0, 1), acknowledged(0, 1, 0)];
  const judgement = judge({ acknowledged: [early, late], failed: [] }, [early, late].map(read));
  assert.deepEqual(judgement.reordered, [{ write: late, behind: early }]);
  assert.deepEqual(kinds(judgement), [0, 0, 1, 0, 0]);
});

test("partitions have no order among each other", () => {
  const log = [acknowledged(0, 0, 5), acknowledged(1, 0, 0)];
  assert.deepEqual(kinds(judge({ acknowledged: log, failed: [] }, log.map(read))), CLEAN);
});

test("a failed write that is there twice is a duplicate", () => {
  const again = [2, 3].map((offset) => ({ partition: 0, offset, value: "0/2" }));
  const judgement = judge(
    { acknowledged: [first, second], failed: [failed(0, 2)] },
    [first, second].map(read).concat(again),
  );
  assert.deepEqual(judgement.duplicated, [{ value: "0/2", at: again }]);
  assert.deepEqual(kinds(judgement), [0, 1, 0, 1, 0]);
});

test("a failed write is told, and no fault of the log whether it is there or not, and wherever", () => {
  const late = { ...read(third), value: "0/1" };
  const [before, after] = [acknowledged(0, 0), acknowledged(0, 1, 2)];
  const log = { acknowledged: [before, after], failed: [failed(0, 1), failed(0, 3)] };
  const judgement = judge(log, [read(before), read(after), late]);
  assert.deepEqual(judgement.failed, log.failed);
  assert.deepEqual(kinds(judgement), [0, 0, 0, 2, 0]);
  assert.equal(judgement.read, 3);
});

test("partitions without a write since then", () => {
  const log = [acknowledged(0, 0), acknowledged(1, 0, 1), acknowledged(0, 1, 2)];
  assert.deepEqual(silentPartitions(log, 2, 1_000), []);
  assert.deepEqual(silentPartitions(log, 2, 1_011), [1], "begun before, ended after");
  assert.deepEqual(silentPartitions(log, 2, 1_020), [1]);
  assert.deepEqual(silentPartitions(log, 2, 1_021), [0, 1]);
});

/** Writes to three partitions. */
const faithful = fc.array(fc.nat(2), { minLength: 2, maxLength: 60 }).map((partitions) => {
  const ends = [0, 0, 0];
  return partitions.map((partition) => {
    const offset = ends[partition] ?? 0;
    ends[partition] = offset + 1;
    return acknowledged(partition, offset);
  });
});
const chosen = fc.nat();

test("property: a faithful log is clean", () => {
  fc.assert(
    fc.property(faithful, (log) => {
      const judgement = judge({ acknowledged: log, failed: [] }, log.map(read).reverse());
      assert.deepEqual(kinds(judgement), CLEAN);
      assert.equal(judgement.read, log.length);
    }),
  );
});

test("property: any one loss is found, and it alone", () => {
  fc.assert(
    fc.property(faithful, chosen, (log, number) => {
      const gone = number % log.length;
      const judgement = judge({ acknowledged: log, failed: [] }, log.filter((_, index) => index !== gone).map(read));
      assert.deepEqual(judgement.lost, [{ write: log[gone], seen: "nothing there" }]);
      assert.deepEqual(kinds(judgement), [1, 0, 0, 0, 0]);
    }),
  );
});

test("property: any one duplicate is found, and it alone", () => {
  fc.assert(
    fc.property(faithful, chosen, fc.nat(2), (log, number, partition) => {
      const twice = log[number % log.length] ?? first;
      const copy = { partition, offset: log.length, value: twice.value };
      const judgement = judge({ acknowledged: log, failed: [] }, [...log.map(read), copy]);
      assert.deepEqual(
        judgement.duplicated.map(({ value }) => value),
        [twice.value],
      );
      assert.deepEqual(kinds(judgement), [0, 1, 0, 0, 0]);
    }),
  );
});

test("property: any two writes that changed places are found, as lost, and as reordered when they are of one partition", () => {
  fc.assert(
    fc.property(faithful, chosen, chosen, (log, one, two) => {
      const [left, right] = [log[one % log.length] ?? first, log[two % log.length] ?? first];
      fc.pre(left !== right);
      const swapped = log.map((write) => {
        const place = write === left ? right : write === right ? left : write;
        return { ...read(place), value: write.value };
      });
      const judgement = judge({ acknowledged: log, failed: [] }, swapped);
      assert.equal(judgement.lost.length, 2);
      assert.equal(judgement.duplicated.length, 0);
      assert.equal(judgement.reordered.length > 0, left.partition === right.partition);
    }),
  );
});
