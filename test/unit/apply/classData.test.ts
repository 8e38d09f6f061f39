import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeFile } from "../../../model/render/nodeFile.ts";
import { CLASS_DATA_SCRIPT, INSTALL_SETTINGS } from "../../../model/render/machinePaths.ts";
import { startClassData } from "../../../scripts/apply/classData.ts";
import type { RemoteResult } from "../../../scripts/lib/ssh.ts";

const FILE: NodeFile = { path: CLASS_DATA_SCRIPT, content: "", mode: "0755", restarts: [] };
const DONE: RemoteResult = { code: 0, stdout: "", stderr: "" };

/** What a member is told after an apply that has written files. */
async function told(
  written: readonly string[],
  { files = [FILE], answer = DONE }: { files?: NodeFile[]; answer?: RemoteResult | Error } = {},
): Promise<string[]> {
  const commands: string[] = [];
  const exec = (command: readonly string[]): Promise<RemoteResult> => {
    commands.push(command.join(" "));
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  await startClassData({ name: "kafka-1", files }, { exec }, written);
  return commands;
}

test("a member that has the program begins, and is not waited for", async () => {
  assert.deepEqual(await told([]), ["sudo -n systemctl --no-block start kafka-class-data.service"]);
  assert.deepEqual(await told(["/etc/kafka/server.properties"]), await told([]));
});

test("with another program or distribution it begins anew", async () => {
  for (const path of [CLASS_DATA_SCRIPT, INSTALL_SETTINGS]) {
    assert.deepEqual(await told([path]), ["sudo -n systemctl --no-block restart kafka-class-data.service"]);
  }
});

test("a member that has none is left alone, and a failure is none of the apply's", async () => {
  assert.deepEqual(await told([], { files: [] }), []);
  assert.equal((await told([], { answer: { code: 1, stdout: "", stderr: "no such unit" } })).length, 1);
  assert.equal((await told([], { answer: new Error("the connection was lost") })).length, 1);
});
