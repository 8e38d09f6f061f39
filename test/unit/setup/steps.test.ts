import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { runSteps, type Step } from "../../../scripts/setup/runSteps.ts";

function step(name: string, done: boolean, run: Step["run"] = () => Promise.resolve()): Step {
  return { name, isDone: () => Promise.resolve(done), run };
}

/** Runs steps and gives what they wrote, times left out. */
async function lines(steps: Step[], isTTY = false): Promise<{ text: string; error?: unknown }> {
  let text = "";
  const output = { isTTY, columns: 30, write: (piece: string) => (text += piece) };
  const error: unknown = await runSteps(steps, output).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { text: text.replace(/\d+\.\d s/g, "T"), error };
}

test("one line for each step, with its time, and how it was done", async () => {
  const { text, error } = await lines([
    step("there", true, () => assert.fail("ran")),
    step("missing", false),
    step("tool", false, () => Promise.resolve("from the cache")),
  ]);
  assert.equal(error, undefined);
  assert.equal(text, "ok     there (T)\ndone   missing (T)\ndone   tool: from the cache (T)\n");
});

test("the first step that fails ends the set-up with its error", async () => {
  const failure = new Error("no disk");
  const { text, error } = await lines([
    step("one", false),
    step("two", false, () => Promise.reject(failure)),
    step("three", false, () => assert.fail("ran")),
  ]);
  assert.equal(error, failure);
  assert.equal(text, "done   one (T)\nfailed two (T)\n");
});

test("on a terminal a step shows in place what it is at, in one row", async () => {
  const { text } = await lines(
    [
      step("tool", false, (note) => {
        note("downloading from somewhere far away");
        return Promise.resolve();
      }),
    ],
    true,
  );
  assert.equal(text, "\r\x1b[K...    tool: started\r\x1b[K...    tool: downloading from\r\x1b[Kdone   tool (T)\n");
});

/** Lets seconds pass, one by one: the clock that is in the place of the real one stands at the end of each tick. */
function pass(context: TestContext, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) context.mock.timers.tick(1_000);
}

test("what takes long gives signs of life in a pipe: a line when it begins, and one about every minute", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "Date"] });
  let text = "";
  const running = step("tool", false, async (note) => {
    note("downloading");
    await Promise.resolve();
    pass(context, 1);
    note("building, some 2 minutes");
    pass(context, 130);
    note("over at once");
  });
  await runSteps([running, step("quick", false)], { write: (piece) => (text += piece) });
  assert.equal(
    text.replace(/\(\d+\.\d s\)/g, "(T)"),
    [
      "...    tool (3 s): building, some 2 minutes",
      "...    tool (63 s): building, some 2 minutes",
      "...    tool (123 s): building, some 2 minutes",
      "done   tool (T)",
      "done   quick (T)",
      "",
    ].join("\n"),
  );
});

test("on a terminal the time goes on", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval", "Date"] });
  let text = "";
  const running = step("tool", false, (note) => {
    note("building");
    pass(context, 2);
    return Promise.resolve();
  });
  await runSteps([running], { isTTY: true, columns: 80, write: (piece) => (text += piece) });
  assert.match(
    text,
    /tool: building\r\x1b\[K\.{3} {4}tool \(1 s\): building\r\x1b\[K\.{3} {4}tool \(2 s\): building\r/,
  );
});
