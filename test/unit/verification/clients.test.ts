import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readDocuments } from "../../../scripts/clients/documents.ts";
import { formatMessage, SEPARATOR } from "../../../scripts/clients/format.ts";
import { consumeOptions, produceOptions } from "../../../scripts/clients/options.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import { entrance } from "../../../scripts/lib/stack.ts";
import goodsListing from "../../../scripts/messages/goodsListing.json" with { type: "json" };

const userError = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);

test("the clients' defaults are the note's topic and group", () => {
  assert.deepEqual(produceOptions([]), { topic: "taobao-yu1", brokers: [], files: [] });
  assert.deepEqual(consumeOptions([]), { topic: "taobao-yu1", group: "group2", brokers: [], fromBeginning: false });
});

test("every option is taken, --broker and --file more than once", () => {
  assert.deepEqual(produceOptions(["--topic", "t", "--broker", "a:1", "--broker=b:2", "--file", "x", "--file", "y"]), {
    topic: "t",
    brokers: ["a:1", "b:2"],
    files: ["x", "y"],
  });
  assert.deepEqual(
    consumeOptions(["--topic", "t", "--group", "g", "--broker", "a:1", "--from-beginning", "--max", "3"]),
    {
      topic: "t",
      group: "g",
      brokers: ["a:1"],
      fromBeginning: true,
      max: 3,
    },
  );
  assert.equal(produceOptions(["--help"]), "help");
  assert.equal(consumeOptions(["--help"]), "help");
});

test("an unknown option, a missing value and a bad number are the user's mistakes", () => {
  assert.throws(() => produceOptions(["--group", "g"]), userError(/--group.*--help lists the options/s));
  assert.throws(() => produceOptions(["--topic"]), userError(/--topic.*--help/s));
  for (const max of ["0", "-1", "1.5", "many", ""]) {
    assert.throws(() => consumeOptions([`--max=${max}`]), userError(/--max .*whole number from 1/));
  }
});

test("brokers come from the command line, else from the environment, else from the stack", async (t) => {
  const before = process.env.KAFKA_CLUSTER_BOOTSTRAP;
  t.after(() => {
    if (before === undefined) delete process.env.KAFKA_CLUSTER_BOOTSTRAP;
    else process.env.KAFKA_CLUSTER_BOOTSTRAP = before;
  });
  const stack = (outputs: Record<string, unknown>) => () => Promise.resolve(outputs);
  const never = () => Promise.reject(new Error("the stack was asked"));
  const direct = (...brokers: string[]) => ({ brokers, reach: { via: "direct" }, privateKey: "" });
  process.env.KAFKA_CLUSTER_BOOTSTRAP = "10.0.0.18:9092, 10.0.0.19:9092";
  assert.deepEqual(await entrance({ brokers: [] }, never), direct("10.0.0.18:9092", "10.0.0.19:9092"));
  assert.deepEqual(await entrance({ brokers: ["10.0.0.20:9092"] }, never), direct("10.0.0.20:9092"));
  await assert.rejects(
    entrance({ brokers: ["10.0.0.20"] }, never),
    userError(/"10\.0\.0\.20" is not of the form HOST:PORT/),
  );
  delete process.env.KAFKA_CLUSTER_BOOTSTRAP;
  assert.deepEqual(await entrance({ brokers: [] }, stack({ bootstrapServers: "a:1,b:2" })), direct("a:1", "b:2"));
  await assert.rejects(entrance({ brokers: [] }, stack({})), userError(/npm run up.*no output bootstrapServers/));
  await assert.rejects(
    entrance({ brokers: [] }, stack({ bootstrapServers: "" })),
    userError(/list of brokers is empty/),
  );
  await assert.rejects(entrance({ brokers: [] }, never), userError(/no broker is named.*the stack was asked/));
});

test("the stack's brokers are reached as its members are, and the key is asked for a bastion only", async () => {
  const asked: boolean[] = [];
  const stack = (reach: unknown) => (secrets?: boolean) => {
    asked.push(secrets ?? false);
    return Promise.resolve({ bootstrapServers: "a:1", reach, deployerPrivateKey: secrets ? "PRIVATE" : "[secret]" });
  };
  const link = { via: "link" };
  assert.deepEqual(await entrance({ brokers: [] }, stack(link)), { brokers: ["a:1"], reach: link, privateKey: "" });
  assert.deepEqual(asked, [false]);
  const bastion = { via: "bastion", host: "203.0.113.7", user: "admin", hostKey: "ssh-ed25519 KEY" };
  assert.deepEqual(await entrance({ brokers: [] }, stack(bastion)), {
    brokers: ["a:1"],
    reach: bastion,
    privateKey: "PRIVATE",
  });
  assert.deepEqual(asked, [false, false, true]);
  const keyless = () => Promise.resolve({ bootstrapServers: "a:1", reach: bastion });
  await assert.rejects(entrance({ brokers: [] }, keyless), userError(/npm run up.*no output deployerPrivateKey/));
});

test("a cluster that asks is logged in to as a user of the stack, over TLS", async () => {
  const link = { via: "link" };
  const user = (username: string) => ({
    kafkajs: {
      brokers: ["a:9094"],
      ssl: { ca: ["PEM"] },
      sasl: { mechanism: "scram-sha-512", username, password: "p" },
    },
  });
  const stack =
    (phase: string, ...names: string[]) =>
    (secrets?: boolean) =>
      Promise.resolve({
        bootstrapServers: phase === "secured" ? "a:9094" : "a:9092",
        reach: link,
        security: { phase, authorities: [] },
        users: secrets ? Object.fromEntries(names.map((name) => [name, user(name)])) : "[secret]",
      });
  const as = (username: string) => ({
    brokers: ["a:9094"],
    reach: link,
    privateKey: "",
    tls: { authorities: "PEM" },
    login: { username, password: "p" },
  });
  assert.deepEqual(await entrance({ brokers: [], user: "orders" }, stack("secured", "audit", "orders")), as("orders"));
  assert.deepEqual(await entrance({ brokers: [] }, stack("secured", "audit")), as("audit"));
  const plain = { brokers: ["a:9092"], reach: link, privateKey: "" };
  assert.deepEqual(await entrance({ brokers: [] }, stack("opened", "audit")), plain);
  assert.deepEqual(await entrance({ brokers: [], user: "audit" }, stack("opened", "audit")), as("audit"));
  const named = { ...as("audit"), brokers: ["b:9094"], reach: { via: "direct" } };
  assert.deepEqual(await entrance({ brokers: ["b:9094"], user: "audit" }, stack("secured", "audit")), named);
  const refused = (options: { user?: string }, outputs: ReturnType<typeof stack>, message: RegExp) =>
    assert.rejects(entrance({ brokers: [], ...options }, outputs), userError(message));
  await refused({}, stack("secured", "audit", "orders"), /is secured.*give --user NAME; it has audit, orders/);
  await refused({}, stack("switched"), /is switched.*it has none: name one in the setting users/);
  await refused({ user: "order" }, stack("secured", "orders"), /--user order: .*no such user; it has orders/);
  await refused({ user: "orders" }, stack("plaintext"), /--user orders: .*it is plaintext and has none/);
});

test("documents come from files, else the goods listing; what isn't JSON is named", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "documents-"));
  t.after(() => rm(folder, { recursive: true }));
  const [good, bad] = [join(folder, "good.json"), join(folder, "bad.json")];
  await writeFile(good, '{"名": [1]}');
  await writeFile(bad, "{");
  assert.deepEqual(await readDocuments([]), [goodsListing]);
  assert.deepEqual(await readDocuments([good]), [{ 名: [1] }]);
  await assert.rejects(readDocuments([good, bad]), userError(/bad\.json is not one JSON document/));
  await assert.rejects(readDocuments([join(folder, "none")]), userError(/none can't be read: ENOENT/));
});

test("a message is shown with its fields, its value as JSON and the separator", () => {
  const message = {
    offset: "5",
    timestamp: "0",
    key: Buffer.from("k"),
    value: Buffer.from('{"name":"系列课"}'),
    headers: { h: Buffer.from("v"), many: [Buffer.from("1"), "2"] },
    attributes: 0,
  };
  assert.equal(
    formatMessage("taobao-yu1", 0, message),
    [
      "message: topic taobao-yu1, partition 0, offset 5, timestamp 1970-01-01T00:00:00.000Z, key k, " +
        'headers {"h":"v","many":["1","2"]}',
      "value: {",
      '  "name": "系列课"',
      "}",
      "*".repeat(100),
    ].join("\n"),
  );
  const bare = formatMessage("t", 1, { ...message, key: null, headers: {}, value: Buffer.from("plain") });
  assert.match(bare, /key none, headers none\nvalue: \(not JSON\) plain\n/);
  assert.match(formatMessage("t", 1, { ...message, value: null }), /\nvalue: none\n/);
  assert.equal(SEPARATOR.length, 100);
});
