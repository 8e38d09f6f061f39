import assert from "node:assert/strict";
import { test } from "node:test";
import type { Admin } from "kafkajs";
import { type Move, startMoves, without } from "../../../scripts/assignment/cluster.ts";
import { copiedBytes } from "../../../scripts/assignment/copied.ts";
import { carryOut } from "../../../scripts/assignment/moves.ts";
import { throttle } from "../../../scripts/assignment/throttle.ts";
import type { AdminRequests } from "../../../scripts/lib/adminRequests.ts";

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
  assert.deepEqual(throttle(present, goals, [1, 4], 1000), [
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
  assert.deepEqual(throttle(present, [row("b", 0, 2, 1)], [1, 2], 1000), []);
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
});

/** A cluster that does each move at the second look, and forgets a topic that was deleted. */
function clusterOf(partitions: ReturnType<typeof row>[]) {
  const state = new Map(partitions.map((p) => [`${p.topic}-${p.partition}`, p]));
  let under: { goal: ReturnType<typeof row>; looks: number }[] = [];
  const started: number[] = [];
  const admin = {
    listPartitionReassignments: () => {
      for (const move of under) {
        move.looks += 1;
        if (move.looks >= 2) state.set(`${move.goal.topic}-${move.goal.partition}`, move.goal);
      }
      under = under.filter(({ looks }) => looks < 2);
      return Promise.resolve({
        topics: under.map(({ goal: { topic, partition, replicas } }) => ({
          name: topic,
          partitions: [{ partition, replicas, addingReplicas: [], removingReplicas: [] }],
        })),
      });
    },
    fetchTopicMetadata: () =>
      Promise.resolve({
        topics: [...new Set([...state.values()].map(({ topic }) => topic))].map((name) => ({
          name,
          partitions: [...state.values()]
            .filter(({ topic }) => topic === name)
            .map(({ partition, replicas }) => ({
              partitionId: partition,
              leader: replicas[0],
              replicas,
              isr: [...replicas],
            })),
        })),
      }),
    alterPartitionReassignments: ({
      topics,
    }: {
      topics: { topic: string; partitionAssignment: { partition: number; replicas: number[] }[] }[];
    }) => {
      const goals = topics.flatMap(({ topic, partitionAssignment }) =>
        partitionAssignment.map(({ partition, replicas }) => ({ topic, partition, replicas })),
      );
      started.push(goals.length);
      under.push(...goals.map((goal) => ({ goal, looks: 0 })));
      return Promise.resolve();
    },
  } as unknown as Admin;
  return { admin, started, state };
}

test("moves are started a bounded number at a time, and waited for; a deleted topic is let be", async () => {
  const many = Array.from({ length: 120 }, (_, partition) => row("a", partition, 1));
  const { admin, started, state } = clusterOf(many);
  const goals = [...many.map(({ topic, partition }) => row(topic, partition, 2)), row("deleted", 0, 2)];
  await carryOut(admin, goals, () => Promise.resolve("0 of 0 MiB copied"));
  assert.deepEqual(started, [50, 50, 20]);
  assert.ok([...state.values()].every(({ replicas }) => replicas.join() === "2"));
});

test("nothing to start asks nothing", async () => {
  const { admin, started } = clusterOf([]);
  await startMoves(admin, []);
  assert.deepEqual(started, []);
});
