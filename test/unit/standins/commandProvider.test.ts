import assert from "node:assert/strict";
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandProvider } from "../../../standins/commandProvider.ts";
import { type Properties, secret, UNKNOWN } from "../../../model/engineValues.ts";

const URN = "urn:pulumi:dev::project::kafka-cluster:index:Member$command:local:Command::kafka-1-apply";

let log: [urn: string, line: string][];
let provider: CommandProvider;
let folder: string;

beforeEach(async () => {
  log = [];
  provider = new CommandProvider((urn, line) => {
    log.push([urn, line]);
    return Promise.resolve();
  });
  folder = await realpath(await mkdtemp(join(tmpdir(), "plugin-")));
});
afterEach(() => rm(folder, { recursive: true }));

test("create gives stdout and stderr without the last line break, beside the inputs", async () => {
  const inputs = { create: "echo one; echo two; echo three >&2", triggers: ["a"] };
  const { id, outs } = await provider.create(URN, inputs);
  assert.match(id, /^kafka-1-apply[0-9a-f]{8}$/);
  assert.deepEqual(outs, { ...inputs, stdout: "one\ntwo", stderr: "three" });
});

test("only one line break is taken off the end", async () => {
  const { outs } = await provider.create(URN, { create: "printf ' a \\n\\n'" });
  assert.equal(outs.stdout, " a \n");
});

test("without a command nothing runs", async () => {
  const { outs } = await provider.create(URN, { delete: "false" });
  assert.deepEqual(outs, { delete: "false", stdout: "", stderr: "" });
});

test("stdin, environment, dir and interpreter reach the command", async () => {
  const { outs } = await provider.create(URN, {
    create: "echo $0 $NAME $(pwd) $(cat)",
    stdin: "from stdin",
    environment: { NAME: "value with 'quotes'" },
    dir: folder,
    interpreter: ["/bin/bash", "-c"],
  });
  assert.equal(outs.stdout, `/bin/bash value with 'quotes' ${folder} from stdin`);
});

test("a command that does not read its input is judged by its exit code", async () => {
  const { outs } = await provider.create(URN, { create: "echo done", stdin: "x".repeat(1_000_000) });
  assert.equal(outs.stdout, "done");
});

test("update runs update, or create when there is none, with what the last command wrote", async () => {
  const state = { stdout: "old out", stderr: "old err" };
  const show = 'echo "$PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR"';
  const own = await provider.update("id", URN, state, { create: "false", update: show });
  assert.equal(own.outs.stdout, "old out/old err");
  const fallback = await provider.update("id", URN, state, { create: "echo created" });
  assert.equal(fallback.outs.stdout, "created");
  const hidden = await provider.update("id", URN, state, { update: show, addPreviousOutputInEnv: false });
  assert.equal(hidden.outs.stdout, "/");
});

test("update without a command keeps the output", async () => {
  const { outs } = await provider.update("id", URN, { stdout: "old", stderr: "" }, { delete: "true" });
  assert.equal(outs.stdout, "old");
});

test("delete runs the state's command with the state's input and environment", async () => {
  const file = join(folder, "trace");
  await provider.delete("id", URN, {
    create: "false",
    delete: 'echo "$NAME $(cat) $PULUMI_COMMAND_STDOUT" > trace',
    stdin: secret("input"),
    environment: { NAME: "name" },
    dir: folder,
    stdout: secret("before"),
  });
  assert.equal(await readFile(file, "utf8"), "name input before\n");
  await provider.delete("id", URN, { create: "false" });
});

test("a failing command is an error with exit status, command and output", async () => {
  await assert.rejects(provider.create(URN, { create: "echo shown; echo why >&2; exit 3" }), (error: Error) => {
    assert.match(error.message, /^exit status 3: running "echo shown; echo why >&2; exit 3":\n/);
    assert.match(error.message, /shown\n/);
    assert.match(error.message, /why\n/);
    return true;
  });
  await assert.rejects(
    provider.delete("id", URN, { delete: "kill -9 $$" }),
    /^CommandFailure: signal: SIGKILL: running/,
  );
  await assert.rejects(provider.create(URN, { create: "true", dir: "/nowhere" }), /ENOENT/);
});

test("output is logged line by line while the command runs", async () => {
  const running = provider.create(URN, {
    create: "echo first; while ! [ -e go ]; do sleep 0.02; done; printf last",
    dir: folder,
  });
  for (let tries = 0; log.length === 0 && tries < 200; tries++) await sleep(10);
  assert.deepEqual(log, [[URN, "first"]]);
  await provider.create(URN, { create: "touch go", dir: folder });
  await running;
  assert.deepEqual(log.at(-1), [URN, "last"]);
});

for (const [logging, expected] of [
  ["stdout", ["out"]],
  ["stderr", ["err"]],
  ["stdoutAndStderr", ["err", "out"]],
  ["none", []],
] as const) {
  test(`logging "${logging}"`, async () => {
    const { outs } = await provider.create(URN, { create: "echo out; echo err >&2", logging });
    assert.deepEqual(log.map(([, line]) => line).sort(), expected);
    assert.equal(outs.stdout, "out");
  });
}

test("a secret input makes the output secret and stays secret itself", async () => {
  const environment = { PASSWORD: secret("pa55") };
  const { outs } = await provider.create(URN, { create: "echo $PASSWORD", environment });
  assert.deepEqual(outs, { create: "echo $PASSWORD", environment, stdout: secret("pa55"), stderr: secret("") });
});

test("creates run at the same time", async () => {
  // Each waits for the other's file.
  const meet = (mine: string, other: string): Promise<unknown> =>
    provider.create(URN, { create: `touch ${mine}; until [ -e ${other} ]; do sleep 0.02; done`, dir: folder });
  await Promise.all([meet("a", "b"), meet("b", "a")]);
});

test("cancel ends the command with its children and lets no other start", async () => {
  const running = provider.create(URN, { create: "trap 'echo cleaned; exit 1' TERM; echo up; sleep 60 & wait" });
  for (let tries = 0; log.length === 0 && tries < 200; tries++) await sleep(10);
  const cancelled = assert.rejects(running, /cancelled: running .*\nup\ncleaned\n$/s);
  await provider.cancel();
  await cancelled;
  await assert.rejects(provider.create(URN, { create: "true" }), /cancelled/);
});

test("check refuses what is not supported or of the wrong type, and lets unknown values pass", async () => {
  const failures = async (inputs: Properties, urn = URN): Promise<string[]> =>
    (await provider.check(urn, {}, inputs)).failures.map(({ property, reason }) => `${property}: ${reason}`);
  assert.deepEqual(
    await failures({ create: UNKNOWN, environment: { A: UNKNOWN }, triggers: [1, { a: 2 }], __defaults: [] }),
    [],
  );
  assert.deepEqual(await failures({ stdin: secret("text"), environment: secret({ A: "b" }), logging: "none" }), []);
  assert.match((await failures({ assetPaths: ["a"] }))[0] ?? "", /^assetPaths: not supported by this stand-in/);
  assert.match((await failures({ archivePaths: ["a"] }))[0] ?? "", /^archivePaths: not supported/);
  assert.deepEqual(
    await failures({ create: 1, environment: { A: 1 }, interpreter: "sh", triggers: "a", logging: "all" }),
    [
      "create: has to be a string",
      "environment: has to be an object of strings",
      "interpreter: has to be an array of strings",
      "triggers: has to be an array",
      "logging: has to be one of stdout, stderr, stdoutAndStderr, none",
    ],
  );
  const other = await failures({}, "urn:pulumi:dev::project::command:remote:Command::x");
  assert.match(other[0] ?? "", /command:remote:Command is not supported/);
});

test("diff: a changed input updates, a changed trigger replaces, a secret is compared by value", async () => {
  const state = { create: "a", triggers: ["1"], environment: { A: secret("x") }, stdout: "out", stderr: "" };
  const inputs = { create: "a", triggers: ["1"], environment: { A: "x" } };
  const diff = (news: Properties): Promise<unknown> => provider.diff("id", URN, state, news);
  assert.deepEqual(await diff(inputs), { changes: false, replaces: [] });
  assert.deepEqual(await diff({ ...inputs, create: "b" }), { changes: true, replaces: [] });
  assert.deepEqual(await diff({ ...inputs, environment: { A: secret("y") } }), { changes: true, replaces: [] });
  assert.deepEqual(await diff({ ...inputs, stdin: UNKNOWN }), { changes: true, replaces: [] });
  assert.deepEqual(await diff({ ...inputs, triggers: ["2"] }), { changes: true, replaces: ["triggers"] });
});
