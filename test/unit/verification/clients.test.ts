import assert from "node:assert/strict";
import { test } from "node:test";
import { consumeOptions, produceOptions } from "../../../scripts/clients/clientOptions.ts";
import { UserError } from "../../../scripts/lib/report.ts";
import { entrance, NotDeployed } from "../../../scripts/stack/entrance.ts";

const userError = (message: RegExp) => (error: unknown) => error instanceof UserError && message.test(error.message);

/** What `produce` is told when it is told nothing. */
const NOTHING = { brokers: [], files: [], lines: false, headers: {}, tombstone: false };

test("the clients' defaults are the note's topic and group", () => {
  assert.deepEqual(produceOptions([]), { ...NOTHING, topic: "taobao-yu1" });
  assert.deepEqual(consumeOptions([]), {
    topic: "taobao-yu1",
    group: "group2",
    brokers: [],
    fromBeginning: false,
  });
});

test("every option is taken, --broker and --file more than once", () => {
  assert.deepEqual(produceOptions(["--topic", "t", "--broker", "a:1", "--broker=b:2", "--file", "x", "--file", "y"]), {
    ...NOTHING,
    topic: "t",
    brokers: ["a:1", "b:2"],
    files: ["x", "y"],
  });
  const headers = ["--header", "a=1", "--header", "b=x=y", "--header", "a="];
  assert.deepEqual(produceOptions(["--key", "", "--partition", "0", "--lines", "--file", "-", ...headers]), {
    ...NOTHING,
    topic: "taobao-yu1",
    files: ["-"],
    lines: true,
    key: "",
    partition: 0,
    headers: { a: ["1", ""], b: "x=y" },
  });
  assert.deepEqual(produceOptions(["--key", "k", "--tombstone"]), {
    ...NOTHING,
    topic: "taobao-yu1",
    key: "k",
    tombstone: true,
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
  for (const partition of ["-1", "1.5", "one", ""]) {
    assert.throws(() => produceOptions([`--partition=${partition}`]), userError(/--partition .*whole number from 0/));
  }
  assert.throws(() => produceOptions(["--header", "=x"]), userError(/--header "=x": expected NAME=VALUE/));
  assert.throws(() => produceOptions(["--tombstone"]), userError(/give --key/));
  assert.throws(() => produceOptions(["--tombstone", "--key", "k", "--file", "x"]), userError(/leave out --file/));
  assert.throws(() => produceOptions(["--lines"]), userError(/--lines .*give --file/));
  assert.throws(() => produceOptions(["--lines", "--tombstone", "--key", "k"]), userError(/leave out .*--lines/));
  assert.throws(() => produceOptions(["--file", "-", "--file", "-"]), userError(/only once/));
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
  await assert.rejects(
    entrance({ brokers: [] }, stack({})),
    userError(/^there is no deployment of stack \S+ yet: `npm run up` makes it; or give --broker HOST:PORT, or set/),
  );
  await assert.rejects(
    entrance({ brokers: [] }, () => Promise.reject(new NotDeployed())),
    userError(/^there is no deployment of stack \S+ yet: `npm run up` makes it; or give --broker HOST:PORT, or set/),
  );
  await assert.rejects(
    entrance({ brokers: [] }, stack({ reach: { via: "link" }, hostKeys: {} })),
    userError(/npm run up.*no output bootstrapServers/),
  );
  for (const broker of ["a:0", "a:65536", "a:b", "a b:1"]) {
    await assert.rejects(
      entrance({ brokers: [broker] }, never),
      userError(/^broker ".*" is not of the form HOST:PORT/),
    );
  }
  const members = [
    { name: "kafka-1", brokerId: 1 },
    { name: "zookeeper-1", brokerId: null },
  ];
  assert.deepEqual(await entrance({ brokers: [] }, stack({ bootstrapServers: "a:1", members })), {
    ...direct("a:1"),
    stackBrokers: [{ id: 1, name: "kafka-1" }],
  });
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

test("each option says in one sentence what is wrong with its value, nothing and a leading dash included", () => {
  const says = (read: () => unknown, message: string): void => {
    assert.throws(read, (error) => error instanceof UserError && error.message === message && !message.includes("\n"));
  };
  const number = "expected a whole number from";
  says(() => produceOptions(["--partition", "-1"]), `--partition -1: ${number} 0`);
  says(() => produceOptions(["--partition", ""]), `--partition "": ${number} 0`);
  says(() => consumeOptions(["--max", "-1"]), `--max -1: ${number} 1`);
  says(() => consumeOptions(["--max", " 1"]), `--max " 1": ${number} 1`);
  says(() => consumeOptions(["--group", ""]), '--group "": the name of a consumer group has 1 to 32767 bytes');
  says(
    () => consumeOptions([`--group=${"é".repeat(16_384)}`]),
    "--group of 32768 bytes: the name of a consumer group has 1 to 32767 bytes",
  );
  for (const options of [produceOptions, consumeOptions]) {
    says(() => options(["--broker", ""]), '--broker "": expected HOST:PORT');
    says(() => options(["--user", ""]), '--user "": expected the name of a user of the stack');
    says(() => options(["--nothing"]), "Unknown option '--nothing'; --help lists the options");
    says(() => options(["more"]), "Unexpected argument 'more'; --help lists the options");
    says(() => options(["--topic"]), "Option '--topic <value>' argument missing; --help lists the options");
    says(
      () => options(["--topic", "--user"]),
      "--topic needs a value; one that begins with '-' is given as --topic=VALUE; --help lists the options",
    );
  }
  says(() => produceOptions(["--file", ""]), '--file "": expected the path of a file, or - for standard input');
  says(() => produceOptions(["--header", ""]), '--header "": expected NAME=VALUE');
  says(() => consumeOptions(["--raw", "--json"]), "--json is one form and --raw another one: leave one of them out");
  const keyed = produceOptions(["--key", "-1", "--file", "-"]);
  assert.ok(keyed !== "help");
  assert.deepEqual([keyed.key, keyed.files], ["-1", ["-"]]);
  const json = consumeOptions(["--json"]);
  assert.equal(json !== "help" && json.form, "json");
});
