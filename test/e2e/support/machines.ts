/** What a test sees of the machines: commands inside them, through LXD's or Incus's daemon, and what is left of them. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { call, find, findDaemon, readInstanceFile, searchDaemon } from "../../../scripts/lib/daemon.ts";
import { run } from "../../../scripts/lib/exec.ts";
import { spaceName } from "../../../model/local/names.ts";

/** How long a command inside a machine may take, in seconds. */
const COMMAND_TIMEOUT_S = 90;

interface Recorded {
  readonly return: number;
  /** Addresses of the files that hold standard output (1) and standard error (2). */
  readonly output: Record<"1" | "2", string>;
}

/** Runs a bash script inside a machine as root and gives its exit code, standard output and standard error. */
export async function execInside(
  stack: string,
  machine: string,
  script: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const daemon = await findDaemon();
  const project = `project=${spaceName(stack)}`;
  const recorded = await call<Recorded>(daemon, "POST", `/1.0/instances/${machine}/exec?${project}`, {
    json: {
      command: ["timeout", String(COMMAND_TIMEOUT_S), "bash", "-c", script],
      environment: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" },
      "record-output": true,
    },
  });
  const read = async (stream: "1" | "2"): Promise<string> =>
    (await readInstanceFile(daemon, `${recorded.output[stream]}?${project}`)) ?? "";
  return { code: recorded.return, stdout: await read("1"), stderr: await read("2") };
}

/** Like {@link execInside}: the script has to succeed; gives its standard output. */
export async function inside(stack: string, machine: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await execInside(stack, machine, script);
  assert.equal(code, 0, `on ${machine}: ${script}\nended with exit code ${code}:\n${stdout}${stderr}`);
  return stdout;
}

/** What the daemon tells of a machine; `undefined` while there is none. */
export async function findMachine(
  stack: string,
  machine: string,
): Promise<{ status: string; config: Record<string, string>; expanded_config: Record<string, string> } | undefined> {
  const search = await searchDaemon();
  if (!("daemon" in search)) return undefined;
  return await find(search.daemon, `/1.0/instances/${machine}?project=${spaceName(stack)}`);
}

/** How the services on a stack's machines have ended, other than by a clean stop; for a test's output. */
export async function unexpectedEnds(stack: string): Promise<string[]> {
  const search = await searchDaemon();
  if (!("daemon" in search)) return [];
  const path = `/1.0/instances?recursion=1&project=${spaceName(stack)}`;
  const machines = (await find<{ name: string; status: string }[]>(search.daemon, path)) ?? [];
  const ends = machines
    .filter(({ status }) => status === "Running")
    .map(async ({ name }) => {
      const journal = "journalctl --unit=kafka --unit=zookeeper --no-pager --output=short-iso --case-sensitive=no";
      const { code, stdout, stderr } = await execInside(
        stack,
        name,
        `${journal} --grep='process exited|OutOfMemory|fatal'`,
      );
      // 1 when there is no such line.
      if (code > 1) throw new Error(`the journal of ${name} can't be read: ${stderr}`);
      return lines(stdout).filter((line) => !/status=143|^-- /.test(line));
    });
  return (await Promise.all(ends)).flat();
}

/** Everything on this computer that is a stack's: empty after `npm run down`. */
export async function leftovers(stack: string, prefix: string): Promise<string[]> {
  const name = spaceName(stack);
  const isOurs = (text: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  const links = await run("ip", ["-brief", "link"]);
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const search = await searchDaemon();
  const pool = "daemon" in search ? `${search.daemon.directory}/storage-pools/${name}` : undefined;
  return [
    ...(await spaceObjects(stack)).map(({ path }) => path),
    ...lines(readFileSync("/proc/mounts", "utf8")).filter(isOurs),
    ...processes().filter(isOurs),
    ...lines(links).filter(isOurs),
    ...lines(await run("ip", ["route"])).filter((route) => route.startsWith(prefix)),
    ...addresses.map(({ address }) => address).filter((address) => address.startsWith(prefix)),
    ...[pool, `/var/lib/lxd/storage-pools/${name}`, `/var/lib/incus/storage-pools/${name}`].filter(
      (path): path is string => path !== undefined && existsSync(path),
    ),
  ];
}

/** The daemon's objects that are a stack's. */
async function spaceObjects(stack: string): Promise<{ path: string; config: Record<string, string> }[]> {
  const search = await searchDaemon();
  if (!("daemon" in search)) return [];
  const name = spaceName(stack);
  const paths = [`/1.0/projects/${name}`, `/1.0/networks/${name}`, `/1.0/storage-pools/${name}`];
  const objects = await Promise.all(
    paths.map(async (path) => {
      const object = await find<{ config: Record<string, string> }>(search.daemon, path);
      return object && { path, config: object.config };
    }),
  );
  return objects.filter((object) => object !== undefined);
}

/**
 * Removes all that the daemon has of a test's stack, also without Pulumi's state.
 *
 * @returns what there was
 */
export async function forceRemove(stack: string): Promise<string[]> {
  const objects = await spaceObjects(stack);
  for (const deployment of new Set(objects.map(({ config }) => config["user.kafka-cluster.deployment"]))) {
    await run(process.execPath, ["scripts/run.mjs", "local/space", "delete"], {
      env: { KAFKA_CLUSTER_SPEC: JSON.stringify({ space: spaceName(stack), deployment }) },
    });
  }
  return objects.map(({ path }) => path);
}

/** Command lines of all processes, but for this one and what has ended. */
function processes(): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()];
      } catch {
        return [];
      }
    });
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
