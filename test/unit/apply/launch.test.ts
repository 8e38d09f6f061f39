/** The program that restarts services on a machine, with a systemctl that only writes down what it is told. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { END_OF_LINES, LAUNCH } from "../../../scripts/apply/services.ts";
import { rememberLines, type Running, STARTED_WITH } from "../../../scripts/apply/started.ts";

const HASH = "ab".repeat(32);
const FORMER = "cd".repeat(32);
const running: Running = { hash: HASH, rest: "r", properties: { "log.dirs": "a\tb\n'c'" }, overrides: [] };
const INPUT = `${rememberLines([
  { service: "zookeeper", running },
  { service: "kafka", running },
])}${END_OF_LINES}\n`;

interface Launched {
  readonly code: number | null;
  readonly told: string;
  readonly hash: string;
  readonly json: unknown;
}

function launch(t: TestContext, input: string, restart = "exit 0"): Launched {
  const folder = mkdtempSync(join(tmpdir(), "launch-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("kafka"), `${FORMER}\n`);
  writeFileSync(
    path("systemctl"),
    `#!/bin/bash\necho "$*" >>'${path("told")}'\n[ "$1" != restart ] || { ${restart}; }\n`,
    { mode: 0o755 },
  );
  const { status } = spawnSync(
    "bash",
    ["-c", LAUNCH.replaceAll(STARTED_WITH, folder), "launch", "zookeeper", "kafka"],
    {
      input,
      env: { PATH: `${folder}:${process.env.PATH}` },
    },
  );
  const text = (name: string): string => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : "");
  const json = text("kafka.json");
  return {
    code: status,
    told: text("told"),
    hash: text("kafka").trim(),
    json: json === "" ? undefined : JSON.parse(json),
  };
}

test("systemd is told once, and with what the services run is remembered", (t) => {
  const { code, told, hash, json } = launch(t, INPUT);
  assert.equal(code, 0);
  assert.equal(told, "reset-failed zookeeper kafka\nrestart --no-block zookeeper kafka\n");
  assert.equal(hash, HASH);
  assert.deepEqual(json, running);
});

test("where the deployer is gone before all has come, nothing begins", (t) => {
  for (const length of [0, 20, INPUT.indexOf("\n") + 1, INPUT.length - 3]) {
    const { code, told, hash } = launch(t, INPUT.slice(0, length));
    assert.deepEqual([code, told, hash], [1, "", FORMER], String(length));
  }
});

test("cut off when systemd was told, it is not known with what they run: neither the former files nor the new ones", (t) => {
  const { code, hash } = launch(t, INPUT, "exit 1");
  assert.notEqual(code, 0);
  assert.equal(hash, "restarting");
});
