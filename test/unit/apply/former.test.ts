import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { keepFiles, restoreFiles } from "../../../scripts/apply/former.ts";
import { run } from "../../../scripts/lib/exec.ts";
import type { Ssh } from "../../../scripts/lib/ssh.ts";

const NAMES = ["a", "b c", "new", "newer"];
let folder: string;
let ssh: Ssh;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "former-"));
  await mkdir(join(folder, "etc"));
  // The scripts as they are, but for the folder that they keep files in.
  const sudo = ([program = "", ...args]: readonly string[]): Promise<string> =>
    run(
      program,
      args.map((arg) => arg.replaceAll("/var/lib/kafka-cluster/former", join(folder, "former"))),
    );
  ssh = { sudo } as unknown as Ssh;
});
after(() => rm(folder, { recursive: true }));

function path(name: string): string {
  return join(folder, "etc", name);
}

/** Two files that there were and two that there were not, all written anew. */
async function written(): Promise<void> {
  for (const name of NAMES) await rm(path(name), { force: true });
  for (const name of NAMES.slice(0, 2)) await writeFile(path(name), `old ${name}`);
  await keepFiles(ssh, NAMES.map(path));
  for (const name of NAMES) await writeFile(path(name), "written");
}

function shown(): Promise<(string | undefined)[]> {
  return Promise.all(NAMES.map(async (name) => (existsSync(path(name)) ? readFile(path(name), "utf8") : undefined)));
}

test("former files come back, and those that there were not go", async () => {
  await written();
  await restoreFiles(ssh);
  assert.deepEqual(await shown(), ["old a", "old b c", undefined, undefined]);
});

test("of some files alone, the others stay as they were written", async () => {
  await written();
  await restoreFiles(ssh, [path("b c"), path("newer")]);
  assert.deepEqual(await shown(), ["written", "old b c", "written", undefined]);
});
