import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import type { UserSpec } from "../../../model/specs/userSpec.ts";
import { KafkaServer } from "../lib/kafkaServer.ts";
import { FakeSecurity } from "./fakeSecurity.ts";

const PASSWORD = "correctHorse9BatteryStaple";
const PROJECT = join(import.meta.dirname, "../../..");

/** Runs the script as Pulumi's Command does. */
async function run(action: string, spec: UserSpec, stdin: string): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/user.ts", action], {
    cwd: PROJECT,
    env: { ...process.env, KAFKA_CLUSTER_SPEC: JSON.stringify(spec) },
  });
  child.stdin.end(stdin);
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? -1)));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}

test("the script gives a user its password and permissions, and takes them away; it never prints the password", async () => {
  const security = new FakeSecurity();
  const cluster = await KafkaServer.start(3, security.answers());
  const spec: UserSpec = {
    name: "etl",
    permissions: [{ resource: "topic", name: "orders", pattern: "literal", operations: ["Read"], hosts: ["*"] }],
    brokers: cluster.addresses.map((address, index) => ({ id: index + 1, address })),
    reach: { via: "direct" },
  };
  const secrets = JSON.stringify({ privateKey: "PRIVATE", password: PASSWORD });
  try {
    assert.deepEqual(await run("ensure", spec, secrets), {
      code: 0,
      out: '{"name":"etl","acls":1}\n',
      err: "user etl: added: Allow Read on topic orders from *\nuser etl: password set\n",
    });
    assert.ok(security.credentials.has("etl"));
    // Plaintext by now, and run again after an interruption.
    for (const id of [1, 2, 3]) security.open.add(id);
    const left = "user etl: the brokers have no authorizer, so what permissions it has mean nothing: they are left\n";
    assert.deepEqual(await run("delete", spec, secrets), {
      code: 0,
      out: "",
      err: `${left}user etl deleted: it can't log in any more\n`,
    });
    assert.deepEqual(await run("delete", spec, secrets), {
      code: 0,
      out: "",
      err: `${left}user etl is gone already\n`,
    });
    assert.equal(security.credentials.size, 0);

    const broken = await run("ensure", spec, secrets.slice(1));
    assert.equal(broken.code, 1);
    assert.match(broken.err, /standard input is not JSON/);
    assert.ok(!broken.err.includes(PASSWORD) && !broken.err.includes("PRIVATE"), broken.err);
  } finally {
    cluster.close();
  }
});
