import assert from "node:assert/strict";
import { test } from "node:test";
import { type ClusterLook, look, seenInTime } from "../../../program/clusterLook.ts";

const partition = (id: number, ...replicas: readonly number[]) => ({
  topic: "orders",
  partition: id,
  leader: replicas[0] ?? -1,
  replicas,
  isr: replicas,
});
const metadata = { clusterId: "c", controllerId: 2, brokers: [], partitions: [partition(0, 1, 2), partition(1, 3)] };

type Requests = Parameters<typeof look>[0];
const never = (): Promise<never> => new Promise(() => undefined);
const fails = (): Promise<never> => Promise.reject(new Error("no such broker"));

/** What is seen where some requests are answered otherwise. */
function seen(requests: Partial<Requests>): Promise<ClusterLook> {
  const answers: Requests = {
    metadata: () => Promise.resolve(metadata),
    movesUnderWay: () => Promise.resolve([]),
    describeConfigs: () => Promise.resolve({ resources: [], throttleTime: 0 }),
    ...requests,
  };
  return seenInTime(50, (part) => look(answers, part));
}

const nothing = { limitsLeft: false, replicas: {}, singleHolders: {} };
const all = { limitsLeft: false, replicas: { orders: 1 }, singleHolders: { orders: [3] }, controller: 2 };

test("what was answered is kept when a later request fails or is late", async () => {
  assert.deepEqual(await seen({}), all);
  for (const answer of [never, fails]) {
    assert.deepEqual(await seen({ describeConfigs: answer }), all);
    assert.deepEqual(await seen({ movesUnderWay: answer }), { ...nothing, controller: 2 });
    assert.deepEqual(await seen({ metadata: answer }), nothing);
  }
});

test("limits that are left are seen, and no controller where there is none", async () => {
  const config = { configName: "leader.replication.throttled.replicas", configValue: "0:1", configSource: 1 };
  const resources = [{ resourceName: "orders", configEntries: [config] }];
  const { limitsLeft, controller } = await seen({
    metadata: () => Promise.resolve({ ...metadata, controllerId: -1 }),
    describeConfigs: () => Promise.resolve({ resources, throttleTime: 0 } as never),
  });
  assert.deepEqual([limitsLeft, controller], [true, undefined]);
});
