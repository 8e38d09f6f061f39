import { createHash } from "node:crypto";
import { access, chmod, constants, mkdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exec, run } from "../lib/exec.ts";
import { cacheDirectory, projectDirectory } from "../lib/projectPaths.ts";
import { UserError } from "../lib/report.ts";
import { downloadVerified } from "./download.ts";
import { buildGo, type GoProgram } from "./goBuild.ts";
import type { Step } from "./runSteps.ts";

/** Version of the CLI. */
export const CLI_VERSION = "3.259.0";
/** Provider plugins, of the versions of their SDKs in package.json. */
export const PLUGINS: Readonly<Record<string, string>> = { command: "1.2.1", random: "4.21.2", tls: "5.6.1" };
/** Provider plugins that only stacks of a platform need: for these there is no stand-in. */
export const PLATFORM_PLUGINS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws: { aws: "7.48.0" },
};

const CLI: GoProgram = {
  folder: "scripts/setup/pulumi-cli",
  importPath: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${CLI_VERSION}` },
};
/** The last version of the language host that is to be had as a Go module. */
const LANGUAGE_HOST: GoProgram = {
  folder: "scripts/setup/pulumi-language-nodejs",
  importPath: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  variables: {},
};

/**
 * Options of the runtime in Pulumi.yaml, as flags: the CLI sends them with each request, which a language host that
 * old does not know, and it fails to load TypeScript.
 */
export const LANGUAGE_HOST_FLAGS = ["-typescript=false"];

/** Pulumi's home folder: its CLI, plugins and credentials, apart from the user's own. */
export function pulumiHome(...segments: string[]): string {
  return projectDirectory("pulumi", ...segments);
}

/** The CLI's executable. */
export function pulumiExecutable(): string {
  return pulumiHome("versions", CLI_VERSION, "bin", "pulumi");
}

/** Whether the makers' own download sites are asked first. */
function asksMakers(): boolean {
  return process.env.KAFKA_CLUSTER_SOURCES !== "registries";
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** A shell word for a text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The folder of the makers' own executables in the cache. */
function releaseFolder(): string {
  return cacheDirectory("pulumi", `${CLI_VERSION}-release`, "bin");
}

/** The folder of the executables that are built here: another one for other modules or flags. */
async function buildFolder(): Promise<string> {
  const hash = createHash("sha256").update(LANGUAGE_HOST_FLAGS.join("\n"));
  for (const { folder } of [CLI, LANGUAGE_HOST]) {
    for (const file of ["go.mod", "go.sum"]) hash.update(await readFile(join(folder, file)));
  }
  return cacheDirectory("pulumi", `${CLI_VERSION}-${hash.digest("hex").slice(0, 16)}`, "bin");
}

/** Fetches the makers' archive: CLI and language hosts. */
async function download(into: string): Promise<void> {
  const architecture = process.arch === "arm64" ? "arm64" : "x64";
  const release = `https://github.com/pulumi/pulumi/releases/download/v${CLI_VERSION}`;
  const name = `pulumi-v${CLI_VERSION}-linux-${architecture}.tar.gz`;
  const work = `${dirname(into)}.${process.pid}`;
  try {
    await mkdir(join(work, "bin"), { recursive: true });
    await downloadVerified(
      `https://get.pulumi.com/releases/sdk/${name}`,
      `${release}/pulumi-${CLI_VERSION}-checksums.txt`,
      join(work, name),
    );
    await run("tar", ["-xzf", join(work, name), "-C", join(work, "bin"), "--strip-components=1"]);
    await rm(join(work, name));
    await rm(dirname(into), { recursive: true, force: true });
    await rename(work, dirname(into));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Points Pulumi's home at a folder of executables. The CLI looks for language hosts beside its real file. */
async function link(folder: string): Promise<void> {
  const place = dirname(pulumiExecutable());
  const partial = `${place}.${process.pid}`;
  await mkdir(dirname(place), { recursive: true });
  await symlink(folder, partial);
  await rename(partial, place);
}

const cliStep: Step = {
  name: `Pulumi CLI ${CLI_VERSION}`,
  isDone: async () => {
    const target = await readlink(dirname(pulumiExecutable())).catch(() => undefined);
    const fresh = target === releaseFolder() || target === (await buildFolder());
    return fresh && (await isExecutable(pulumiExecutable()));
  },
  run: async (note) => {
    const built = await buildFolder();
    let how = "from the cache";
    let folder = built;
    if (await isExecutable(join(releaseFolder(), "pulumi"))) {
      folder = releaseFolder();
    } else if (!(await isExecutable(join(built, "pulumi")))) {
      let why = "";
      if (asksMakers()) {
        note("downloading");
        try {
          await download(releaseFolder());
          folder = releaseFolder();
          how = "downloaded from its makers";
        } catch (error) {
          why = `, its makers' archive is not to be had (${(error as Error).message})`;
        }
      }
      if (folder === built) {
        note("building from Go modules, some 5 minutes");
        await buildGo(CLI, join(built, "pulumi"));
        how = `built from Go modules${why}`;
      }
    }
    await link(folder);
    return how;
  },
};

const languageHostStep: Step = {
  name: "Pulumi's Node.js language host",
  isDone: () => isExecutable(join(dirname(pulumiExecutable()), "pulumi-language-nodejs")),
  run: async (note) => {
    const host = join(await buildFolder(), "language-host-nodejs");
    if (!(await isExecutable(host))) {
      note("building from Go modules, some 50 seconds");
      await buildGo(LANGUAGE_HOST, host);
    }
    const flags = LANGUAGE_HOST_FLAGS.map(quoted).join(" ");
    await writeExecutable(
      join(dirname(host), "pulumi-language-nodejs"),
      `#!/bin/sh\nexec ${quoted(host)} ${flags} "$@"\n`,
    );
    return "built from Go modules";
  },
};

async function writeExecutable(file: string, content: string): Promise<void> {
  const partial = `${file}.${process.pid}`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(partial, content);
  await chmod(partial, 0o755);
  await rename(partial, file);
}

/** The executable of a provider plugin in Pulumi's home. */
export function pluginExecutable(name: string, version: string): string {
  return pulumiHome("plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

/** Fetches a provider plugin from its makers and gives what the CLI says when that fails. */
async function installPlugin(name: string, version: string): Promise<string | undefined> {
  const env = { PULUMI_HOME: pulumiHome(), PULUMI_SKIP_UPDATE_CHECK: "true" };
  // The largest one, of AWS, has over 100 MB.
  const args = ["300", pulumiExecutable(), "plugin", "install", "resource", name, version];
  const { code, stdout, stderr } = await exec("timeout", args, { env });
  if (code === 0) return undefined;
  return (stderr.trim() || stdout.trim() || `exit code ${code}`).split("\n").at(-1);
}

function pluginStep(name: string, version: string): Step {
  const executable = pluginExecutable(name, version);
  const launcher = quoted(join(process.cwd(), "scripts", "run.mjs"));
  const standIn = `#!/bin/sh\nexec node ${launcher} standins/${name} "$@"\n`;
  return {
    name: `Pulumi plugin ${name} ${version}`,
    isDone: async () => {
      if (!(await isExecutable(executable))) return false;
      // A stand-in of a project that was moved starts a launcher that is not there any more.
      const content = (await readFile(executable)).subarray(0, 4_096).toString();
      return content === standIn || !content.startsWith("#!/bin/sh\nexec node ");
    },
    run: async (note) => {
      // The makers of the CLI are those of the plugins: where the one had to be built, the others can't be had.
      if (asksMakers() && (await readlink(dirname(pulumiExecutable()))) === releaseFolder()) {
        note("downloading");
        if ((await installPlugin(name, version)) === undefined) return "downloaded from its makers";
      }
      await writeExecutable(executable, standIn);
      return "the project's own stand-in (standins/)";
    },
  };
}

function officialPluginStep(name: string, version: string): Step {
  return {
    name: `Pulumi plugin ${name} ${version}`,
    isDone: () => isExecutable(pluginExecutable(name, version)),
    run: async (note) => {
      note("downloading");
      const why = asksMakers()
        ? await installPlugin(name, version)
        : "KAFKA_CLUSTER_SOURCES=registries leaves its makers' sites alone";
      if (why === undefined) return "downloaded from its makers";
      throw new UserError(
        `provider plugin ${name} ${version} is not to be had (${why}): let this computer reach get.pulumi.com, ` +
          `or fetch pulumi-resource-${name}-v${version}-linux-${process.arch === "arm64" ? "arm64" : "amd64"}.tar.gz ` +
          `elsewhere and unpack it into ${dirname(pluginExecutable(name, version))}`,
      );
    },
  };
}

/**
 * The steps that put the Pulumi CLI, its language host and the provider plugins into the project's own folder.
 *
 * @param platform the stack's platform
 */
export function pulumiSteps(platform = "local"): Step[] {
  const plugins = Object.entries(PLUGINS).map(([name, version]) => pluginStep(name, version));
  const official = Object.entries(PLATFORM_PLUGINS[platform] ?? {});
  return [
    cliStep,
    languageHostStep,
    ...plugins,
    ...official.map(([name, version]) => officialPluginStep(name, version)),
  ];
}
