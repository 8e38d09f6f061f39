import assert from "node:assert/strict";
import { test } from "node:test";
import { brokerDefinitions } from "../../../model/kafka/definitions.ts";
import type { BrokerConfig } from "../../../scripts/apply/clusterView.ts";
import { configCommand, formerValues, HurtBroker, notInForce } from "../../../scripts/apply/dynamicUpdate.ts";
import { corrections, type Stated } from "../../../scripts/apply/inForce.ts";
import { alsoBack } from "../../../scripts/apply/settleBroker.ts";
import { UserError } from "../../../scripts/lib/report.ts";

const SOURCES = { own: 2, everybodys: 3, file: 4, kafkas: 5 } as const;

/** A property with its values, the first of which is in force: `["own", "5"]`, or with another name as third. */
function config(
  name: string,
  ...values: readonly (readonly [keyof typeof SOURCES, string | null, string?])[]
): BrokerConfig {
  const synonyms = values.map(([source, value, other = name]) => ({ name: other, value, source: SOURCES[source] }));
  return { name, value: synonyms[0]?.value ?? null, sensitive: false, synonyms };
}

function correct(found: BrokerConfig, stated: Partial<Stated>): Omit<ReturnType<typeof corrections>, "says"> {
  const known = { definitions: brokerDefinitions("3.9.2"), file: {}, ours: [], fresh: true, ...stated };
  const { set, remove, changed, kept } = corrections([found], known);
  return { set, remove, changed, kept };
}

const NOTHING = { set: {}, remove: [], changed: [], kept: [] };

test("against a default of all brokers a broker gets its file's value of its own, in the unit of the default", () => {
  const found = config(
    "log.retention.ms",
    ["everybodys", "3600000"],
    ["file", "168", "log.retention.hours"],
    ["kafkas", "168", "log.retention.hours"],
  );
  const known = { definitions: brokerDefinitions("3.9.2"), ours: [], fresh: true };
  assert.deepEqual(corrections([found], { ...known, file: { "log.retention.hours": "168" } }), {
    set: { "log.retention.ms": "604800000" },
    remove: [],
    changed: ["log.retention.ms"],
    kept: ["log.retention.ms"],
    says: ["log.retention.ms=604800000 of its own: the default of all brokers, 3600000, would go before its file"],
  });
  assert.deepEqual(correct(found, { file: { "log.retention.hours": "-1" } }).set, { "log.retention.ms": "-1" });
  assert.deepEqual(correct(found, { file: {} }), NOTHING);
});

test("a config that is called as what every object has is none of the file's", () => {
  assert.deepEqual(correct(config("constructor", ["own", "1"]), {}), NOTHING);
});

test("it keeps that as long as the default stands, and has it no more when it is gone", () => {
  const file = { "log.retention.hours": "168" };
  const rest = ["file", "168", "log.retention.hours"] as const;
  const standing = config("log.retention.ms", ["own", "604800000"], ["everybodys", "3600000"], rest);
  assert.deepEqual(correct(standing, { file }), { ...NOTHING, kept: ["log.retention.ms"] });
  assert.deepEqual(correct(config("log.retention.ms", ["own", "604800000"], rest), { file }), {
    ...NOTHING,
    remove: ["log.retention.ms"],
  });
});

test("a default that says what the file says takes nothing", () => {
  const found = config("message.max.bytes", ["everybodys", "5242880"], ["file", "5242880"]);
  assert.deepEqual(correct(found, { file: { "message.max.bytes": "5242880" } }), NOTHING);
});

test("what an operator has set for one broker ends where the settings say otherwise", () => {
  const file = { "message.max.bytes": "5242880" };
  const started = config("message.max.bytes", ["own", "99"], ["file", "5242880"]);
  const gone = { ...NOTHING, remove: ["message.max.bytes"], changed: ["message.max.bytes"] };
  assert.deepEqual(correct(started, { file }), gone);
  assert.deepEqual(correct(started, { file, fresh: false }), gone);
  // It runs with another file than it has by now.
  const running = config("message.max.bytes", ["own", "99"], ["file", "7"]);
  assert.deepEqual(correct(running, { file, fresh: false }).set, { "message.max.bytes": "5242880" });
});

test("what the program has let it take stays until it reads its file", () => {
  const file = { "log.cleaner.min.cleanable.ratio": "0.50", "num.io.threads": "12" };
  const taken = config("num.io.threads", ["own", "12"], ["file", "8"]);
  assert.deepEqual(correct(taken, { file, fresh: false }), { ...NOTHING, kept: ["num.io.threads"] });
  const read = config("num.io.threads", ["own", "12"], ["file", "12"]);
  assert.deepEqual(correct(read, { file }), { ...NOTHING, remove: ["num.io.threads"] });
  const ratio = config("log.cleaner.min.cleanable.ratio", ["everybodys", "0.5"], ["file", "0.5"]);
  assert.deepEqual(correct(ratio, { file }), NOTHING);
});

test("what the settings do not state is the operator's", () => {
  const throttle = config("leader.replication.throttled.rate", ["own", "1000"]);
  assert.deepEqual(correct(throttle, {}), NOTHING);
  // A line that is gone was given Kafka's default while the broker ran.
  const ours = ["num.io.threads"];
  const left = config("num.io.threads", ["own", "8"], ["file", "12"]);
  assert.deepEqual(correct(left, { ours, fresh: false }).kept, ours);
  // Its own goes before the file also after a restart, so what a removal changes is looked at.
  assert.deepEqual(correct(left, { ours }), { ...NOTHING, remove: ours, changed: ours });
  assert.deepEqual(correct(config("num.io.threads", ["own", "8"], ["kafkas", "8"]), { ours }).changed, []);
  const default_ = config("num.io.threads", ["own", "8"], ["everybodys", "9"], ["file", "12"]);
  assert.deepEqual(correct(default_, { ours, fresh: false }), { ...NOTHING, remove: ours, changed: ours });
});

test("a secret is not compared, nor shown: it is told, and ends with a restart", () => {
  const secret = { ...config("ssl.keystore.password", ["own", null], ["file", null]), sensitive: true };
  const stated = { definitions: brokerDefinitions("3.9.2"), file: { "ssl.keystore.password": "hunter2" }, ours: [] };
  const told = corrections([secret], { ...stated, fresh: false });
  assert.match(told.says[0] ?? "", /^ssl\.keystore\.password was set for this broker while they ran/);
  assert.ok(!JSON.stringify(told).includes("hunter2"));
  assert.deepEqual(corrections([secret], { ...stated, fresh: true }).remove, ["ssl.keystore.password"]);
});

test("a change is in force when the broker works with it, not when it has been told", () => {
  const told = config("num.io.threads", ["own", "12"], ["file", "8"]);
  const change = { set: { "num.io.threads": "12" } };
  assert.deepEqual(notInForce([told], change), []);
  assert.deepEqual(notInForce([{ ...told, value: "8" }], change), ["num.io.threads"]);
  assert.deepEqual(notInForce([], change), ["num.io.threads"]);
  // Kafka shows a double as Java does.
  const ratio = config("log.cleaner.min.cleanable.ratio", ["own", "1"], ["file", "0.5"]);
  const whole = { set: { "log.cleaner.min.cleanable.ratio": "1" } };
  assert.deepEqual(notInForce([{ ...ratio, value: "1.0" }], whole), []);
  assert.deepEqual(notInForce([{ ...ratio, value: "0.5" }], whole), ["log.cleaner.min.cleanable.ratio"]);
  assert.deepEqual(notInForce([told], { remove: ["num.io.threads"] }), ["num.io.threads"]);
});

test("a broker gets back what it had of its own, and no value where it had none", () => {
  const before = [config("num.io.threads", ["own", "12"], ["file", "8"]), config("num.network.threads", ["file", "3"])];
  assert.deepEqual(formerValues(["num.io.threads", "num.network.threads"], before), {
    set: { "num.io.threads": "12" },
    remove: ["num.network.threads"],
  });
});

test("what fails after a change that was taken has that taken back, too, to what was before both", () => {
  const own = { set: { a: "1" }, remove: ["b"] };
  const plain = alsoBack(new UserError("refused"), own);
  assert.deepEqual([plain.message, plain.back], ["refused", own]);
  const hurt = new HurtBroker("it ended", { set: { a: "2", c: "3" }, remove: ["b", "d"] });
  assert.deepEqual(alsoBack(hurt, own).back, { set: { c: "3", a: "1" }, remove: ["d", "b"] });
});

test("Kafka's tool gets to ZooKeeper as the broker does", () => {
  const back = {
    set: { "log.cleanup.policy": "compact,delete", "num.io.threads": "8" },
    remove: ["message.max.bytes"],
  };
  const plain = configCommand(3, back, { "zookeeper.connect": "10.0.0.18:2181" }).slice(5).join(" ");
  assert.equal(
    plain,
    "--zookeeper 10.0.0.18:2181 --alter --entity-type brokers --entity-name 3 " +
      "--add-config log.cleanup.policy=[compact,delete],num.io.threads=8 --delete-config message.max.bytes",
  );
  const secured = { "zookeeper.connect": "10.0.0.18:2182", "zookeeper.ssl.client.enable": "true" };
  assert.match(
    configCommand(3, back, secured).join(" "),
    /--zookeeper 10\.0\.0\.18:2182 --zk-tls-config-file \/etc\/kafka\/server\.properties --alter/,
  );
});
