import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";

/** Runs a script whose reader goes after the first piece of its output, and gives how it ended. */
async function unread(main: string): Promise<{ code: number | null; stderr: string }> {
  const script = `import { progress, runScript, written } from "./scripts/lib/report.ts"; runScript(${main});`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script]);
  child.stdout.once("data", () => child.stdout.destroy());
  const [stderr] = await Promise.all([text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stderr };
}

test("a script that goes on ends in good order when nothing reads its output any more", async () => {
  const main = `async () => { while (await written("message\\n")); progress("group left"); }`;
  assert.deepEqual(await unread(main), { code: 0, stderr: "group left\n" });
});

test("a script that has an end gets there when nothing reads its output any more, and its exit code stands", async () => {
  const main = `async () => {
    const gone = new Promise((resolve) => process.stdout.once("error", resolve));
    const writes = setInterval(() => process.stdout.write("written\\n"), 5);
    await gone;
    setTimeout(() => { clearInterval(writes); progress("all sent"); process.exitCode = 2; }, 50);
  }`;
  assert.deepEqual(await unread(main), { code: 2, stderr: "all sent\n" });
});
