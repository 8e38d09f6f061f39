import assert from "node:assert/strict";
import { test } from "node:test";
import { without } from "../../../scripts/mover/clusterConfigs.ts";
import { movable } from "../../../scripts/assignment/movable.ts";
import { copiedBytes } from "../../../scripts/mover/copied.ts";
import { carryOut, type MoveRequests } from "../../../scripts/mover/moves.ts";
import { limitsOf } from "../../../scripts/mover/limits.ts";
import type { AdminRequests } from "../../../scripts/lib/adminRequests.ts";
import type { Move } from "../../../scripts/lib/kafkajsCluster.ts";

const row = (topic: string, partition: number, ...replicas: number[]) => ({ topic, partition, replicas });

test("a partition that is being moved is where it was, or where it will be", () => {
  const live = [row("a", 0, 4, 1, 2), row("a", 1, 1, 2)];
  const moves: Move[] = [{ ...row("a", 0, 4, 1, 2), adding: [4], removing: [2] }];
  assert.deepEqual(without("adding", live, moves), [row("a", 0, 1, 2), row("a", 1, 1, 2)]);
  assert.deepEqual(without("removing", live, moves), [row("a", 0, 4, 1), row("a", 1, 1, 2)]);
});

test("limits hold for what is copied alone, at senders and takers", () => {
  const present = [row("a", 0, 1, 2), row("a", 1, 2, 3), row("b", 0, 1, 2)];
  // The last goal is another order only.
  const goals = [row("a", 0, 4, 2), row("a", 1, 2, 4), row("b", 0, 2, 1)];
  assert.deepEqual(limitsOf(present, goals, [1, 4], 1000), [
    ...[1, 4].map((id) => ({
      resource: { type: "broker", id },
      set: { "leader.replication.throttled.rate": "1000", "follower.replication.throttled.rate": "1000" },
    })),
    {
      resource: { type: "topic", name: "a" },
      set: {
        "leader.replication.throttled.replicas": "0:1,0:2,1:2,1:3",
        "follower.replication.throttled.replicas": "0:4,1:4",
      },
    },
  ]);
  assert.deepEqual(limitsOf(present, [row("b", 0, 2, 1)], [1, 2], 1000), []);
});

test("copies are measured on the brokers' disks, also when the source is gone", async () => {
  const MIB = 1024 * 1024;
  const sizes = new Map([
    [1, [{ topic: "a", partition: 0, size: 4 * MIB }]],
    [4, [{ topic: "a", partition: 0, size: MIB }]],
  ]);
  const requests = { replicaSizes: (id: number) => Promise.resolve(sizes.get(id) ?? []) } as unknown as AdminRequests;
  const copied = copiedBytes(requests, [row("a", 0, 1)], [row("a", 0, 4)], [1, 4]);
  assert.equal(await copied(), "1.0 of 4.0 MiB copied");
  sizes.delete(1);
  sizes.set(4, [{ topic: "a", partition: 0, size: 4 * MIB }]);
  assert.equal(await copied(), "4.0 of 4.0 MiB copied");
  const empty = copiedBytes(requests, [row("a", 1, 1)], [row("a", 1, 4)], [1, 4]);
  assert.equal(await empty(), "", "0.0 of 0.0 MiB would tell nothing");
});

/** A cluster that does each move at the second look, and forgets a topic that was deleted. */
function clusterOf(partitions: ReturnType<typeof row>[]) {
  const state = new Map(partitions.map((p) => [`${p.topic}-${p.partition}`, p]));
  let under: { goal: ReturnType<typeof row>; looks: number }[] = [];
  const started: number[] = [];
  const requests: MoveRequests = {
    movesUnderWay: () => {
      for (const move of under) {
        move.looks += 1;
        if (move.looks >= 2) state.set(`${move.goal.topic}-${move.goal.partition}`, move.goal);
      }
      under = under.filter(({ looks }) => looks < 2);
      return Promise.resolve(under.map(({ goal }) => ({ ...goal, adding: [], removing: [] })));
    },
    metadata: () =>
      Promise.resolve({
        clusterId: "a",
        controllerId: 1,
        brokers: [],
        partitions: [...state.values()].map((each) => ({
          ...each,
          leader: each.replicas[0] ?? -1,
          isr: [...each.replicas],
        })),
      }),
    startMoves: (goals) => {
      if (goals.length > 0) started.push(goals.length);
      under.push(
        ...goals.map(({ topic, partition, replicas }) => ({ goal: row(topic, partition, ...replicas), looks: 0 })),
      );
      return Promise.resolve();
    },
  };
  return { requests, started, state };
}

test("moves are started a bounded number at a time, and waited for; a deleted topic is let be", async () => {
  const many = Array.from({ length: 120 }, (_, partition) => row("a", partition, 1));
  const { requests, started, state } = clusterOf(many);
  const goals = [...many.map(({ topic, partition }) => row(topic, partition, 2)), row("deleted", 0, 2)];
  await carryOut(
    requests,
    goals,
    () => Promise.resolve("0 of 0 MiB copied"),
    () => Promise.resolve(),
  );
  assert.deepEqual(started, [50, 50, 20]);
  assert.ok([...state.values()].every(({ replicas }) => replicas.join() === "2"));
});

test("progress of a move is in the singular where there is one, and without bytes where there are none", async (context) => {
  let said = "";
  context.mock.method(process.stderr, "write", (text: string) => (said += text) !== "");
  const { requests } = clusterOf([row("a", 0, 1)]);
  const nothing = (): Promise<string> => Promise.resolve("");
  await carryOut(requests, [row("a", 0, 2)], nothing, () => Promise.resolve());
  context.mock.restoreAll();
  assert.equal(said, "1 partition begins to move\n");
});

test("a partition without a leader stays where it is, unless its broker goes: then nothing is moved", () => {
  const live = [
    { ...row("a", 0, 1, 2), leader: 1, isr: [1, 2] },
    { ...row("a", 1, 2, 3), leader: -1, isr: [2] },
  ];
  const plan = [row("a", 0, 4, 2), row("a", 1, 4, 3)];
  assert.deepEqual(movable(plan, live, [1, 2, 3, 4]), { moves: [row("a", 0, 4, 2)], left: [live[1]] });
  assert.deepEqual(movable([row("a", 0, 4, 2)], live, [1, 2, 3, 4]).left, []);
  assert.throws(
    () => movable(plan, live, [1, 2, 4]),
    /can't be moved off brokers that go: a-1 \(brokers 2, 3\); nothing/,
  );
});
