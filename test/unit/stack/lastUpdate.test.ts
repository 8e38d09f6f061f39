import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  fingerprint,
  forgetUpdate,
  isOfLastUpdate,
  onlyReads,
  rememberUpdate,
} from "../../../scripts/stack/lastUpdate.ts";

let home: string;
let program: string;
let config: string;

before(async () => {
  home = await mkdtemp(join(tmpdir(), "last-update-"));
  program = join(home, "program.mjs");
  config = join(home, "config.yaml");
  process.env.KAFKA_CLUSTER_HOME = home;
  process.env.KAFKA_CLUSTER_STACK = "last";
  process.env.KAFKA_CLUSTER_CONFIG = config;
  await mkdir(join(home, "stacks"));
  await mkdir(join(home, "pem"));
  await configure("config: {}\n");
  await writeFile(program, "program");
});
after(() => rm(home, { recursive: true }));

async function configure(yaml: string): Promise<void> {
  await writeFile(config, yaml);
  await writeFile(join(home, "stacks", "Pulumi.last.yaml"), yaml);
}

test("an update counts as the last one until the program, its settings or its certificates change", async () => {
  const isLast = async (): Promise<boolean> => isOfLastUpdate(await fingerprint(program));
  assert.equal(await isLast(), false, "there was none");
  const remember = async (): Promise<void> => rememberUpdate(await fingerprint(program));
  await remember();
  assert.equal(await isLast(), true);
  await writeFile(program, "another program");
  assert.equal(await isLast(), false);
  await remember();
  await configure(`config:\n  kafka-cluster:certificates: { folder: ${join(home, "pem")} }\n`);
  assert.equal(await isLast(), false);
  await remember();
  await writeFile(join(home, "pem", "deployer.pem"), "key");
  assert.equal(await isLast(), false);
  await remember();
  assert.equal(await isLast(), true);
  await forgetUpdate();
  assert.equal(await isLast(), false);
});

test("without a program or a folder of certificates nothing is remembered, and nothing counts", async () => {
  assert.equal(await fingerprint(join(home, "none")), undefined);
  await configure("config:\n  kafka-cluster:certificates: { folder: /nowhere/at/all }\n");
  assert.equal(await fingerprint(program), undefined);
  await rememberUpdate(undefined);
  assert.equal(await isOfLastUpdate(undefined), false);
});

test("a command of Pulumi's that may change the state is told from one that reads it", () => {
  const reads = ["stack", "stack output --json", "stack --show-urns", "preview --diff", "config set a b", "about"];
  const changes = ["up", "refresh", "import", "state delete x", "stack import", "stack rm", "destroy", "cancel"];
  for (const line of reads) assert.ok(onlyReads(line.split(" ")), line);
  for (const line of changes) assert.ok(!onlyReads(line.split(" ")), line);
});
