import assert from "node:assert/strict";
import { test } from "node:test";
import type { Partition } from "../../../scripts/status/brokerAnswers.ts";
import type { Look } from "../../../scripts/status/look.ts";
import { lags, stillLagging } from "../../../scripts/status/stalled.ts";
import { viewDifferences } from "../../../scripts/status/views.ts";
import { partition } from "./facts.ts";

const METADATA = { clusterId: "abc", controllerId: 1, brokerIds: [1, 2, 3] };

/** What brokers 1, 2 and 3 see of one partition that broker 1 leads, given the ends of their logs. */
function looks(ends: readonly (number | undefined)[], changes: Partial<Partition> = {}): Map<number, Look> {
  const metadata = { ...METADATA, partitions: [partition("a", 0, [1, 2, 3], changes)] };
  return new Map(
    ends.map((end, index) => [
      index + 1,
      { metadata, ends: end === undefined ? [] : [{ topic: "a", partition: 0, end: BigInt(end) }] },
    ]),
  );
}

const followers = (found: readonly { follower: number }[]): number[] => found.map(({ follower }) => follower);

test("who lacks something of its leader lags: in-sync followers alone, of whom it is known", () => {
  assert.deepEqual(lags(looks([10, 10, 11])), []);
  assert.deepEqual(lags(looks([10, 9, 10])), [
    { topic: "a", partition: 0, leader: 1, follower: 2, leaderEnd: 10n, followerEnd: 9n },
  ]);
  assert.deepEqual(followers(lags(looks([10, 9, 8]))), [2, 3]);
  assert.deepEqual(lags(looks([10, 9, 10], { isr: [1, 3] })), [], "it is told as under-replicated");
  assert.deepEqual(lags(looks([10, undefined, 10])), []);
  assert.deepEqual(lags(looks([undefined, 9, 10])), []);
  assert.deepEqual(lags(looks([10, 9, 10], { leader: null })), []);
});

test("a follower that gets something, is out of sync by now, or has another leader stands still no more", () => {
  const found = lags(looks([10, 9, 8]));
  assert.deepEqual(followers(stillLagging(found, looks([50, 9, 8]))), [2, 3]);
  assert.deepEqual(followers(stillLagging(found, looks([50, 12, 8]))), [3]);
  assert.deepEqual(followers(stillLagging(found, looks([50, 9, 8], { isr: [1, 2] }))), [2]);
  assert.deepEqual(stillLagging(found, looks([50, 9, 8], { leader: 2 })), []);
  assert.deepEqual(followers(stillLagging(found, looks([50, 9, undefined]))), [2]);
});

test("in what a broker sees another cluster", () => {
  const partitions = [partition("a", 0, [1, 2]), partition("a", 1, [2, 3]), partition("b", 0, [3])];
  const reference = { ...METADATA, partitions };
  assert.deepEqual(viewDifferences(reference, { ...reference, partitions: [...partitions].reverse() }), []);
  // Up to Kafka 2.6 brokers learn of in-sync replicas seconds later.
  const withoutIsr = partitions.map((each) => ({ ...each, isr: [] }));
  assert.deepEqual(viewDifferences(reference, { ...reference, partitions: withoutIsr }), []);
  assert.deepEqual(
    viewDifferences(reference, {
      ...METADATA,
      controllerId: null,
      brokerIds: [1, 3, 4],
      partitions: [partition("a", 0, [1, 2], { leader: 2 }), partition("a", 1, [2, 3]), partition("c", 0, [1])],
    }),
    [
      "takes none for the controller, not broker 1",
      "does not see broker 2",
      "sees broker 4, which is gone",
      "knows other leaders of a-0",
      "does not know b-0",
      "knows c-0, which is gone",
    ],
  );
  const many = [0, 1, 2, 3, 4].map((number) => partition("a", number, [1]));
  assert.deepEqual(viewDifferences({ ...METADATA, partitions: many }, { ...METADATA, partitions: [] }), [
    "does not know a-0, a-1, a-2 and 2 more",
  ]);
});
