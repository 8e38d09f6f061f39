import { setTimeout as sleep } from "node:timers/promises";
import type { Service } from "../../model/render/nodeFile.ts";
import { UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { type Launch, REMEMBER, rememberLines, STARTED_WITH } from "./started.ts";

/**
 * Restarts by systemd after which a service is given up. A broker that meets its own old ZooKeeper session (7.5 s by default, 18 s
 * Kafka's own: zookeeper.session.timeout.ms) ends and is started again up to three times; twice that is a real failure.
 */
export const RESTARTS_ALLOWED = 6;

/** How often a service that stops is looked at, in milliseconds. */
const LOOK_INTERVAL_MS = 500;

/** How long a restart may take, in seconds: systemd kills a broker after 300 s and a ZooKeeper server after 30 s. */
const LAUNCH_TIMEOUT_S = 360;

const STATE = `systemctl show --timestamp=unix --property=ActiveState,NRestarts,ActiveEnterTimestamp "$1"
echo "Now=$(date +%s)"
cat ${STARTED_WITH}/"$1" 2>/dev/null || true`;

// Nothing begins before all that is to be remembered is there: a deployer that is killed leaves half of it. Until systemd has
// been told, it is not known with what the services run, so that cut off in between, the next apply restarts them, also one
// that goes back to what they ran with before.
/** The last line of what {@link LAUNCH} reads. */
export const END_OF_LINES = ".";
/** Bash program that has systemd restart services, which are its arguments, and remembers with what they run. */
export const LAUNCH = `${REMEMBER}
lines=$(cat)
[ "\${lines##*$'\\n'}" = ${END_OF_LINES} ] || { echo "the connection was lost before the restart" >&2; exit 1; }
# A unit that is stopped between two restarts keeps their count, which would be held against the new start. (One that
# never ran is not loaded and has none.)
systemctl reset-failed "$@" 2>/dev/null || true
for service in "$@"; do echo restarting >"${STARTED_WITH}/$service"; done
systemctl restart --no-block "$@"
remember <<<"\${lines%$'\\n'${END_OF_LINES}}"`;

// On the machine, as each look over SSH takes a process of sudo more.
const AWAIT_JOBS = `set -e
end=$((SECONDS + ${LAUNCH_TIMEOUT_S}))
while :; do
  jobs=$(systemctl show --property=Job "$@")
  grep -q '^Job=[1-9]' <<<"$jobs" || break
  [ $SECONDS -lt $end ] || { echo "after ${LAUNCH_TIMEOUT_S} s systemd is still stopping or starting $*" >&2; exit 1; }
  sleep 0.1
done`;

// What Java said itself and systemd did, the log's end without the long list of settings that each start writes, and
// the errors since the start with their causes: the exception stands on the lines below an error, above its stack.
// Each restart fails anew, so what differs in its time alone is shown once.
const LAST_LINES = `journalctl --unit "$1" --lines 50 --no-pager --output cat |
  grep -vE '^\\s|Scheduled restart job|^(Started|Stopped) |Failed with result' | tail -n 5
grep '^\\[' "/var/log/$1/$2.log" | tail -n 5
awk -v since="[$(date -r ${STARTED_WITH}/"$1" '+%F %T')" '
  /^\\[/ { wanted = / (ERROR|FATAL) / && $0 >= since } wanted && !/^[ \\t]/' "/var/log/$1/$2.log" |
  tail -n 200 | sed 's/^\\[[^]]*\\] //' | tac | awk '!seen[$0]++' | head -n 20 | tac`;

/** What there is to know of a service before anything is done with it. */
export interface ServiceState {
  /** systemd's ActiveState. */
  readonly active: string;
  /** How often systemd has started it again since it was started. */
  readonly restarts: number;
  /** How long its process of now has been running, in seconds; 0 when there is none. */
  readonly upSeconds: number;
  /** Hash of the files that it was started with last. */
  readonly hash: string;
}

/** Asks systemd about a service, and the machine about its last start. */
export async function serviceState(ssh: Ssh, service: Service): Promise<ServiceState> {
  return readState(await ssh.sudo(["bash", "-c", STATE, "state", service]));
}

/** Reads what {@link STATE} prints. */
export function readState(text: string): ServiceState {
  const active = /^ActiveState=(\S+)$/m.exec(text)?.[1] ?? "unknown";
  const [since, now] = [/^ActiveEnterTimestamp=@(\d+)$/m, /^Now=(\d+)$/m].map((line) => Number(line.exec(text)?.[1]));
  return {
    active,
    restarts: Number(/^NRestarts=(\d+)$/m.exec(text)?.[1] ?? "0"),
    upSeconds: active === "active" && since && now ? Math.max(0, now - since) : 0,
    hash: /^[0-9a-f]{64}$/m.exec(text)?.[0] ?? "",
  };
}

/** Stops a service and waits for its end. */
export async function stopService(ssh: Ssh, service: Service): Promise<void> {
  await ssh.sudo(["systemctl", "stop", service]);
}

/**
 * Stops a service and waits for its end, by force when a good end can't be had any more.
 *
 * @param isHopeless asked again and again while it stops
 * @returns whether force was needed
 */
export async function stopServiceUnless(
  ssh: Ssh,
  service: Service,
  isHopeless: () => Promise<boolean>,
): Promise<boolean> {
  let stopping = true;
  const stopped = stopService(ssh, service).finally(() => (stopping = false));
  let killed = false;
  while (stopping && !killed) {
    await Promise.race([stopped, sleep(LOOK_INTERVAL_MS)]);
    if (stopping && (await isHopeless())) {
      // It may have ended just now, which is as good.
      await ssh.exec(["sudo", "-n", "systemctl", "kill", "--signal=KILL", service]);
      killed = true;
    }
  }
  await stopped;
  return killed;
}

/**
 * Fails when another program listens on a stopped service's port: the service would end at each start, and its log does
 * not always say why.
 *
 * @throws UserError with that program's name and process id
 */
export async function assertPortFree(ssh: Ssh, service: Service, port: number): Promise<void> {
  const listener = await ssh.sudo(["ss", "--no-header", "--listening", "--tcp", "--processes", `sport = :${port}`]);
  if (listener.trim() === "") return;
  const [, name, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(listener) ?? [];
  throw new UserError(
    `port ${port}, which ${service} needs, is in use${name ? ` by ${name} (process ${pid})` : ""}: stop that program`,
  );
}

/**
 * Starts services, those that run anew, in one transaction of systemd: it stops them in the reverse of the order in which
 * they start. Once told, the machine finishes by itself, whatever becomes of the deployer. Whether they come up is for the
 * health check.
 */
export async function launchServices(ssh: Ssh, launches: readonly Launch[]): Promise<void> {
  const services = launches.map(({ service }) => service);
  await ssh.sudo(["bash", "-c", LAUNCH, "launch", ...services], `${rememberLines(launches)}${END_OF_LINES}\n`);
  await ssh.sudo(["bash", "-c", AWAIT_JOBS, "await-jobs", ...services]);
}

/**
 * Fails when a service has ended for good or is restarted again and again.
 *
 * @throws UserError with the last lines of its log
 */
export async function assertRunning(ssh: Ssh, service: Service): Promise<void> {
  const text = await ssh.sudo(["systemctl", "show", "--property=ActiveState,NRestarts", service]);
  const restarts = Number(/NRestarts=(\d+)/.exec(text)?.[1] ?? "0");
  const state = /ActiveState=(\w+)/.exec(text)?.[1] ?? "unknown";
  if (state === "failed" || state === "inactive" || restarts >= RESTARTS_ALLOWED) {
    throw new UserError(
      `${service} does not stay up (state ${state}, started again ${restarts} times). ` +
        `The last lines of its log:\n${await lastLines(ssh, service)}`,
    );
  }
}

/**
 * Forgets how often systemd has started services again: what it took to become healthy, such as a broker's tries until
 * ZooKeeper served, says nothing against them later.
 */
export async function forgetRestarts(ssh: Ssh, services: readonly Service[]): Promise<void> {
  if (services.length > 0) await ssh.sudo(["systemctl", "reset-failed", ...services]);
}

/** The last errors and lines that a service wrote, for an error message. */
export async function lastLines(ssh: Ssh, service: Service): Promise<string> {
  const log = service === "kafka" ? "server" : "zookeeper";
  const finished = await ssh.exec(["sudo", "-n", "bash", "-c", LAST_LINES, "last-lines", service, log]);
  const lines = finished.stdout.split("\n").filter((line) => line.trim() !== "");
  return [...new Set(lines)].map((line) => `  ${line}`).join("\n");
}
