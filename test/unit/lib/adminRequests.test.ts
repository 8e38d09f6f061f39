import assert from "node:assert/strict";
import { test } from "node:test";
import Encoder from "kafkajs/src/protocol/encoder.js";
import { metadataRequest } from "../../../scripts/lib/adminProtocol.ts";
import { AdminRequests } from "../../../scripts/lib/adminRequests.ts";
import { kafkaClient } from "../../../scripts/lib/kafka.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import { plainSocket } from "../../../scripts/lib/sockets.ts";
import { type Answer, KafkaServer } from "./kafkaServer.ts";

const ALTER_CONFIGS = 44;
const ELECT_LEADERS = 43;

/** Runs a test against three brokers, and counts the connections that the given socket factory opened. */
async function withCluster(
  answers: Record<number, Answer>,
  use: (requests: AdminRequests, cluster: KafkaServer) => Promise<void>,
): Promise<number> {
  const cluster = await KafkaServer.start(
    3,
    new Map(Object.entries(answers).map(([key, answer]) => [Number(key), answer])),
  );
  let opened = 0;
  const client = kafkaClient({
    brokers: cluster.addresses,
    clientId: "test",
    openSocket: (to) => {
      opened += 1;
      return plainSocket(to);
    },
  });
  const requests = new AdminRequests(client);
  try {
    await use(requests, cluster);
  } finally {
    await requests.close();
    client.close();
    cluster.close();
  }
  return opened;
}

interface Received {
  readonly at: number;
  readonly type: number;
  readonly name: string | null;
  readonly configs: readonly (readonly [name: string | null, operation: number, value: string | null])[];
}

/** Takes IncrementalAlterConfigs apart, and answers with the error that `errorOf` gives for a resource. */
function configsAnswer(
  received: Received[],
  errorOf: (resource: Received) => readonly [code: number, message: string | null] = () => [0, null],
): Answer {
  return (body, at) => {
    const resources = body.readArray((resource): Received => ({
      at,
      type: resource.readInt8(),
      name: resource.readString(),
      configs: resource.readArray((config) => [config.readString(), config.readInt8(), config.readString()] as const),
    }));
    assert.equal(body.readBoolean(), false, "not only validated");
    received.push(...resources);
    const outcome = (resource: Received) => {
      const [code, message] = errorOf(resource);
      return new Encoder().writeInt16(code).writeString(message).writeInt8(resource.type).writeString(resource.name);
    };
    return new Encoder().writeInt32(0).writeArray(resources.map(outcome));
  };
}

test("a broker's configs go to the broker itself, those of topics and of all brokers to the controller", async () => {
  const received: Received[] = [];
  const opened = await withCluster({ [ALTER_CONFIGS]: configsAnswer(received) }, async (requests, cluster) => {
    cluster.controller = 2;
    await requests.incrementalAlterConfigs([
      { resource: { type: "broker", id: 3 }, set: { "leader.replication.throttled.rate": "1000" } },
      { resource: { type: "brokers" }, remove: ["log.cleaner.threads"] },
      { resource: { type: "topic", name: "Bücher" }, set: { "retention.ms": "1" }, remove: ["segment.ms"] },
      { resource: { type: "broker", id: 1 } },
    ]);
    assert.equal(cluster.received.filter((request) => request === "44v0 at 3").length, 1);
  });
  assert.ok(opened >= 2, "over the given sockets");
  assert.deepEqual(
    received.sort((a, b) => a.at - b.at),
    [
      { at: 2, type: 4, name: "", configs: [["log.cleaner.threads", 1, null]] },
      {
        at: 2,
        type: 2,
        name: "Bücher",
        configs: [
          ["retention.ms", 0, "1"],
          ["segment.ms", 1, null],
        ],
      },
      { at: 3, type: 4, name: "3", configs: [["leader.replication.throttled.rate", 0, "1000"]] },
    ],
  );
});

test("refused configs are named with their resource, value and the broker's reason, all in one error", async () => {
  const answer = configsAnswer([], ({ name }) =>
    name === "2" ? [42, "not a size"] : name === "t" ? [3, null] : [0, null],
  );
  await withCluster({ [ALTER_CONFIGS]: answer }, async (requests) => {
    const changes = [
      { resource: { type: "broker", id: 1 } as const, set: { "num.io.threads": "8" } },
      { resource: { type: "broker", id: 2 } as const, set: { "num.io.threads": "x" } },
      { resource: { type: "topic", name: "t" } as const, remove: ["segment.ms"] },
    ];
    await assert.rejects(requests.incrementalAlterConfigs(changes), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(
        error.message,
        "broker 2: num.io.threads = x can't be changed: not a size; " +
          "topic t: segment.ms can't be changed: This server does not host this topic-partition",
      );
      return true;
    });
  });
});

test("a broker that the cluster does not know is named", async () => {
  await withCluster({}, async (requests) => {
    await assert.rejects(
      requests.incrementalAlterConfigs([{ resource: { type: "broker", id: 9 }, remove: ["a"] }]),
      (error) =>
        error instanceof UserError &&
        error.message === "broker 9: a can't be changed: broker 9 is not registered; 1, 2, 3 are",
    );
  });
});

/** Answers ElectLeaders with an error code for each partition, `topic-partition`. */
function electionAnswer(codes: Record<string, number>, whole = 0): Answer {
  return (body) => {
    assert.equal(body.readInt8(), 0, "preferred");
    const topics = body.readArray((topic) => ({
      topic: topic.readString() ?? "",
      partitions: topic.readArray((partition) => partition.readInt32()),
    }));
    assert.equal(body.readInt32(), 5_000);
    const outcomes = topics.map(({ topic, partitions }) =>
      new Encoder().writeString(topic).writeArray(
        partitions.map((partition) =>
          new Encoder()
            .writeInt32(partition)
            .writeInt16(codes[`${topic}-${partition}`] ?? 0)
            .writeString(null),
        ),
      ),
    );
    return new Encoder().writeInt32(0).writeInt16(whole).writeArray(outcomes);
  };
}

test("an election that is not needed is a success, a leader that is not available is reported", async () => {
  await withCluster({ [ELECT_LEADERS]: electionAnswer({ "a-1": 84, "b-0": 80 }) }, async (requests, cluster) => {
    const topics = [
      { topic: "a", partitions: [0, 1] },
      { topic: "b", partitions: [0] },
    ];
    assert.deepEqual(await requests.electPreferredLeaders(topics), [
      { topic: "b", partition: 0, errorCode: 80, reason: "The preferred leader was not available" },
    ]);
    assert.deepEqual(await requests.electPreferredLeaders([{ topic: "a", partitions: [] }]), []);
    assert.deepEqual(
      cluster.received.filter((request) => request.startsWith("43")),
      ["43v1 at 1"],
    );
  });
});

test("an election that is refused as a whole is an error", async () => {
  await withCluster({ [ELECT_LEADERS]: electionAnswer({}, 31) }, async (requests) => {
    await assert.rejects(requests.electPreferredLeaders([{ topic: "a", partitions: [0] }]), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^preferred leaders can't be elected: .*[Cc]luster authorization failed/);
      return true;
    });
  });
});

test("a controller that is no longer one is looked for again", async () => {
  let asked = 0;
  const elect = electionAnswer({});
  await withCluster(
    {
      [ELECT_LEADERS]: (body, at) => {
        asked += 1;
        return (at === 3 ? elect : electionAnswer({ "a-0": 41 }))(body, at);
      },
    },
    async (requests, cluster) => {
      const election = requests.electPreferredLeaders([{ topic: "a", partitions: [0] }]);
      setTimeout(() => (cluster.controller = 3), 100);
      assert.deepEqual(await election, []);
      assert.equal(cluster.received.at(-1), "43v1 at 3");
    },
  );
  assert.ok(asked >= 2);
});

test("metadata with a partition that has no leader: its last in-sync replicas are told, and the other partitions", async () => {
  const ids = (...values: number[]) => values;
  const partition = (error: number, id: number, leader: number, replicas: number[], isr: number[]) =>
    new Encoder()
      .writeInt16(error)
      .writeInt32(id)
      .writeInt32(leader)
      .writeArray(replicas)
      .writeArray(isr)
      .writeArray(ids(2));
  const topic = new Encoder()
    .writeInt16(0)
    .writeString("orders")
    .writeBoolean(false)
    .writeArray([partition(5, 0, -1, ids(2, 3), ids(2)), partition(0, 1, 1, ids(1, 2), ids(1))]);
  const broker = new Encoder().writeInt32(1).writeString("10.0.0.18").writeInt32(9092).writeString("zone-a");
  const answer = new Encoder()
    .writeInt32(0)
    .writeArray([broker])
    .writeString("cluster-a")
    .writeInt32(1)
    .writeArray([topic]);
  assert.deepEqual(await metadataRequest().response.decode(answer.buffer), {
    clusterId: "cluster-a",
    controllerId: 1,
    brokers: [{ id: 1, address: "10.0.0.18:9092" }],
    topics: [{ topic: "orders", errorCode: 0 }],
    partitions: [
      { topic: "orders", partition: 0, leader: -1, replicas: [2, 3], isr: [2] },
      { topic: "orders", partition: 1, leader: 1, replicas: [1, 2], isr: [1] },
    ],
  });
});
