import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { test } from "node:test";
import { PROGRAM } from "../../../scripts/stack/lastUpdate.ts";

interface Ended {
  code: number | null;
  stderr: string;
}

function node(args: string[], cwd?: string, path = process.env.PATH): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, PATH: path } });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject).on("close", (code) => {
      done({ code, stderr });
    });
  });
}

const UNKNOWN_COMMAND = 'error: unknown command "nothing": expected up, down, preview, replace, setup or pulumi\n';

test("run.mjs runs a script by its name, also when several start at once", async () => {
  const runs = await Promise.all([1, 2, 3].map(() => node(["scripts/run.mjs", "main", "nothing"])));
  for (const ended of runs) assert.deepEqual(ended, { code: 1, stderr: UNKNOWN_COMMAND });
});

test("run.mjs names a script that does not exist", async () => {
  for (const name of ["missing", "../index", ""]) {
    const stderr = `error: there is no script "${name}": expected a file scripts/NAME.ts, given as NAME\n`;
    assert.deepEqual(await node(["scripts/run.mjs", name]), { code: 1, stderr });
  }
});

test("program.mjs runs the program that it names, and bundles it anew when it names another one", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "program-"));
  context.after(() => rm(folder, { recursive: true }));
  for (const name of ["components", "scripts"]) await mkdir(join(folder, name));
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  for (const own of ["bundle.mjs", "lazyClosures.mjs"])
    await copyFile(join("scripts", own), join(folder, "scripts", own));
  for (const name of ["index", "own"])
    await writeFile(join(folder, `${name}.ts`), `export const is: string = "${name}";`);
  const text = await readFile("program.mjs", "utf8");
  const outputs = 'import("./program.mjs").then(({ default: { is } }) => console.error(is))';
  for (const name of ["index", "own"]) {
    await writeFile(join(folder, "program.mjs"), text.replace('"index.ts"', `"${name}.ts"`));
    assert.deepEqual(await node(["-e", outputs], folder), { code: 0, stderr: `${name}\n` });
    assert.match(await readFile(join(folder, PROGRAM), "utf8"), new RegExp(`"${name}"`));
  }
});

test("bootstrap.mjs installs the packages when they are not those of package-lock.json", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "bootstrap-"));
  context.after(() => rm(folder, { recursive: true }));
  const write = (file: string, content: unknown): Promise<void> =>
    writeFile(join(folder, file), JSON.stringify(content));
  const locked = {
    "": {},
    "node_modules/a": { version: "1.0.1" },
    "node_modules/b": { version: "2.0.0", optional: true },
  };
  await write("package-lock.json", { packages: locked });
  await mkdir(join(folder, "node_modules"));
  await mkdir(join(folder, "bin"));
  /** Runs with an npm of the test's, which ends with an exit code. */
  const bootstrap = async (code: number): Promise<Ended> => {
    await writeFile(join(folder, "bin", "npm"), `#!/bin/sh\nexit ${code}\n`);
    await chmod(join(folder, "bin", "npm"), 0o755);
    const path = `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}`;
    return node([resolve("scripts/bootstrap.mjs"), "nothing"], folder, path);
  };

  const failed = await bootstrap(1);
  assert.equal(failed.code, 1);
  assert.match(
    failed.stderr,
    /^\.{3} {4}npm packages: installing\nfailed npm packages \(\d+\.\d s\)\nerror: npm ci ended with exit code 1; see above/,
  );

  const older = { "node_modules/a": { version: "1.0.0" } };
  await write("node_modules/.package-lock.json", { packages: older });
  assert.match((await bootstrap(0)).stderr, /^\.{3} .*\ndone {3}npm packages \(\d+\.\d s\)\nerror: unknown command/);

  const current = { "node_modules/a": { version: "1.0.1" } };
  await write("node_modules/.package-lock.json", { packages: current });
  assert.equal((await bootstrap(1)).stderr, UNKNOWN_COMMAND);
});
