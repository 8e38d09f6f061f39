import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import packageJson from "../../../package.json" with { type: "json" };
import { UserError } from "../../../scripts/lib/report.ts";
import { downloadVerified } from "../../../scripts/setup/download.ts";
import { buildGo } from "../../../scripts/setup/goBuild.ts";
import {
  CLI_VERSION,
  LANGUAGE_HOST_FLAGS,
  PLATFORM_PLUGINS,
  pluginExecutable,
  PLUGINS,
  pulumiSteps,
} from "../../../scripts/setup/pulumi.ts";

test("the versions of package.json, of go.mod and of the set-up are the same", async () => {
  assert.equal(packageJson.dependencies["@pulumi/command"], PLUGINS.command);
  assert.equal(packageJson.dependencies["@pulumi/random"], PLUGINS.random);
  assert.equal(packageJson.dependencies["@pulumi/tls"], PLUGINS.tls);
  assert.equal(packageJson.dependencies["@pulumi/aws"], PLATFORM_PLUGINS.aws?.aws);
  const goMod = await readFile("scripts/setup/pulumi-cli/go.mod", "utf8");
  assert.match(goMod, new RegExp(`pulumi/pkg/v3 v${CLI_VERSION}\n`));
  assert.match(goMod, new RegExp(`pulumi/sdk/v3 v${CLI_VERSION}\n`));
});

test("the language host's flags are the runtime's options in Pulumi.yaml", async () => {
  const { runtime } = parse(await readFile("Pulumi.yaml", "utf8")) as { runtime: { options: Record<string, unknown> } };
  assert.deepEqual(
    LANGUAGE_HOST_FLAGS,
    Object.entries(runtime.options).map(([name, value]) => `-${name}=${String(value)}`),
  );
});

test("a download is compared with the published checksum", async () => {
  const content = Buffer.from("archive");
  const good = createHash("sha256").update(content).digest("hex");
  const sums: Record<string, string> = {
    "/good": `${"0".repeat(64)}  other.tar.gz\n${good}  tool.tar.gz\n`,
    "/bad": `${"0".repeat(64)}  tool.tar.gz\n`,
    "/other": `${good}  other.tar.gz\n`,
  };
  const server = createServer((request, response) => {
    const body = request.url === "/tool.tar.gz" ? content : sums[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await mkdtemp(join(tmpdir(), "download-"));
  const file = join(folder, "tool.tar.gz");
  const download = (list: string): Promise<void> => downloadVerified(`${site}/tool.tar.gz`, `${site}/${list}`, file);
  try {
    await download("good");
    assert.deepEqual(await readFile(file), content);
    await assert.rejects(download("bad"), /tool\.tar\.gz has SHA-256 [0-9a-f]{64}, published is 0{64}$/);
    await assert.rejects(download("other"), /does not list tool\.tar\.gz$/);
    await assert.rejects(download("missing"), /missing answered 404/);
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(folder, { recursive: true });
  }
  await assert.rejects(download("good"), /ECONNREFUSED/);
});

test("a missing Go is one error that names the version and the remedy", async () => {
  const { PATH } = process.env;
  process.env.PATH = "/nowhere";
  try {
    await assert.rejects(
      buildGo({ folder: "scripts/setup/pulumi-cli", importPath: "example.org/tool", variables: {} }, "/nowhere/tool"),
      {
        name: "UserError",
        message: /^Go is missing, needed to build example\.org\/tool: install Go 1\.25\.\d+ or newer/,
      },
    );
  } finally {
    process.env.PATH = PATH;
  }
});

test("a platform's plugin is a step of its stacks alone, and is asked of nobody where only registries are", async (context) => {
  const home = await mkdtemp(join(tmpdir(), "plugin-step-"));
  const { KAFKA_CLUSTER_HOME, KAFKA_CLUSTER_SOURCES } = process.env;
  Object.assign(process.env, { KAFKA_CLUSTER_HOME: home, KAFKA_CLUSTER_SOURCES: "registries" });
  context.after(async () => {
    for (const [name, value] of Object.entries({ KAFKA_CLUSTER_HOME, KAFKA_CLUSTER_SOURCES })) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await rm(home, { recursive: true });
  });
  const names = (platform?: string): string[] => pulumiSteps(platform).map(({ name }) => name);
  const version = PLATFORM_PLUGINS.aws?.aws ?? "";
  assert.deepEqual(names("aws"), [...names("local"), `Pulumi plugin aws ${version}`]);
  assert.deepEqual(names(), names("local"));

  const step = pulumiSteps("aws").at(-1);
  assert.ok(step);
  assert.equal(await step.isDone(), false);
  await assert.rejects(
    step.run(() => undefined),
    (error) =>
      error instanceof UserError &&
      error.message.startsWith(`provider plugin aws ${version} is not to be had (KAFKA_CLUSTER_SOURCES=registries`) &&
      error.message.endsWith(`unpack it into ${dirname(pluginExecutable("aws", version))}`),
  );
  await mkdir(dirname(pluginExecutable("aws", version)), { recursive: true });
  await writeFile(pluginExecutable("aws", version), "", { mode: 0o755 });
  assert.equal(await step.isDone(), true);
});
