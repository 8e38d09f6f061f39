import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { call, searchDaemon } from "../lib/daemon.ts";
import type { Daemon } from "../lib/daemon.ts";
import { exec, run } from "../lib/exec.ts";
import { projectDirectory } from "../lib/projectPaths.ts";
import { proxyVariables } from "../lib/proxy.ts";
import { UserError } from "../lib/report.ts";
import { waitFor } from "../lib/wait.ts";
import { hostPackages, hypervisor, toolsAreMissing } from "./hostPackages.ts";
import { cachedImage, imageStep } from "./machineImage.ts";
import type { Present } from "./hostPackages.ts";
import type { Step } from "./runSteps.ts";

/** How long the daemon may take to answer after its start, in milliseconds; 1 s on a new machine (measured). */
const START_TIMEOUT_MS = 60_000;

/** How long it may take to end, in milliseconds; 2 s without instances (measured). */
const STOP_TIMEOUT_MS = 30_000;

/** A daemon that the set-up has started itself. */
interface StartedDaemon {
  readonly pid: number;
  /** When the process started, in clock ticks since boot: tells it from a later process of the same number. */
  readonly startTime: string;
}

/** Where the set-up remembers the daemon that it has started. */
function recordFile(): string {
  return projectDirectory("hypervisor.json");
}

/** The steps that the local platform needs: the host's packages, LXD or Incus running, the machine image. */
export function hypervisorSteps(): Step[] {
  return [
    {
      name: "packages for containers and images",
      isDone: async () => !(await toolsAreMissing(await present(), await osRelease())),
      run: installPackages,
    },
    { name: "LXD or Incus", isDone: async () => "daemon" in (await searchDaemon()), run: startDaemon },
    imageStep(),
  ];
}

async function present(): Promise<Present> {
  return { daemon: "daemon" in (await searchDaemon()), image: (await cachedImage()) !== undefined };
}

function osRelease(): Promise<string> {
  return readFile("/etc/os-release", "utf8");
}

async function installPackages(note: (text: string) => void): Promise<void> {
  const packages = hostPackages(await present(), await osRelease());
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (process.getuid?.() !== 0) {
    throw new UserError(
      "packages are missing and only root may install them. Install them once and run it again as you are:\n" +
        `  sudo apt-get update && sudo apt-get ${install.join(" ")}`,
    );
  }
  for (const args of [["update"], install]) {
    note(`apt-get ${args[0] ?? ""}`);
    const ended = await exec("apt-get", args, { env: { DEBIAN_FRONTEND: "noninteractive", ...proxyVariables() } });
    if (ended.code !== 0) {
      const shown = ended.stderr.trim().split("\n").slice(-5).join("\n");
      throw new UserError(`apt-get ${args.join(" ")} failed: ${shown}\nRepair the host's packages and run it again.`);
    }
  }
}

async function startDaemon(): Promise<string> {
  const search = await searchDaemon();
  if ("refused" in search && search.refused !== undefined) {
    throw new UserError(
      `no permission to use ${search.refused}. Add yourself to the group that owns it ` +
        "(sudo usermod -aG lxd $USER, or incus-admin for Incus), log in again, and run it again; or run as root.",
    );
  }
  if (process.getuid?.() !== 0) {
    throw new UserError(
      "LXD or Incus does not run and only root may start it: sudo systemctl start lxd (or incus), and run it again",
    );
  }
  const service = hypervisor(await osRelease());
  if (existsSync("/run/systemd/system")) {
    await run("systemctl", ["start", service]);
    await waitForDaemon(() => undefined);
    return "started with systemctl";
  }
  await startDetached(service === "lxd" ? "lxd" : "incusd");
  return "started here, as no systemd runs; `npm run down` stops it";
}

/** Starts a daemon that goes on when this process has ended. */
async function startDetached(program: "lxd" | "incusd"): Promise<void> {
  await mkdir(projectDirectory(), { recursive: true });
  const log = await open(projectDirectory("hypervisor.log"), "w");
  // Incus puts its daemon where only its service looks for it.
  const file = program === "incusd" && existsSync("/usr/libexec/incus/incusd") ? "/usr/libexec/incus/incusd" : program;
  const child = spawn(file, ["--group", "root"], { detached: true, stdio: ["ignore", log.fd, log.fd] });
  let ended: string | undefined;
  child.once("error", (error) => (ended = error.message));
  child.once("exit", (code) => (ended = `exit code ${code ?? "none"}`));
  await new Promise<void>((resolve) => child.once("spawn", resolve).once("error", () => resolve()));
  await log.close();
  const startTime = child.pid === undefined ? undefined : await processStartTime(child.pid);
  if (child.pid !== undefined && startTime !== undefined) {
    const record: StartedDaemon = { pid: child.pid, startTime };
    await writeFile(recordFile(), JSON.stringify(record));
  }
  await waitForDaemon(
    () => ended && `${file} ended at once (${ended}); its log is ${projectDirectory("hypervisor.log")}`,
  );
  child.unref();
}

/** @param failure why it can never answer, once that is known */
async function waitForDaemon(failure: () => string | undefined): Promise<void> {
  await waitFor(
    "LXD or Incus to answer",
    async () => {
      const search = await searchDaemon();
      if ("daemon" in search) return { value: search.daemon };
      const failed = failure();
      if (failed) throw new UserError(failed);
      return { seen: "no answer" };
    },
    START_TIMEOUT_MS,
  );
}

/**
 * Stops the daemon that the set-up has started, so that no process, bridge helper or mount of it is left.
 * One that anybody still uses, and one that was running before, stay as they are.
 *
 * @returns what became of it, for people; nothing when the set-up has started none
 */
export async function stopHypervisorIfStarted(): Promise<string | undefined> {
  const text = await readFile(recordFile(), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const started = JSON.parse(text) as StartedDaemon;
  if ((await processStartTime(started.pid)) === started.startTime) {
    const search = await searchDaemon();
    if ("daemon" in search && (await isUsed(search.daemon))) {
      return `${search.daemon.kind} goes on running: others have instances, networks or storage pools in it`;
    }
    process.kill(started.pid, "SIGTERM");
    await waitFor(
      `process ${started.pid} to end`,
      async () => {
        const running = (await processStartTime(started.pid)) === started.startTime;
        return running ? { seen: "it runs" } : { value: true };
      },
      STOP_TIMEOUT_MS,
    );
  }
  await rm(recordFile(), { force: true });
  return "the daemon that the set-up had started is stopped";
}

async function isUsed(daemon: Daemon): Promise<boolean> {
  const instances = await call<string[]>(daemon, "GET", "/1.0/instances?all-projects=true");
  const networks = await call<{ managed: boolean }[]>(daemon, "GET", "/1.0/networks?recursion=1");
  const pools = await call<string[]>(daemon, "GET", "/1.0/storage-pools");
  return instances.length > 0 || networks.some((network) => network.managed) || pools.length > 0;
}

/** When a process started, in clock ticks since boot; nothing when there is none or it has ended. */
async function processStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  // The name, in parentheses, may hold spaces; the fields are counted from its end (proc(5): 3 is the state, 22 the start).
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" ? undefined : fields?.[22 - 3];
}
