/** Secrets that are looked for in places where they must not be. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inside } from "./machines.ts";

/** Pause between two looks at the processes of this computer, in milliseconds. */
const LOOK_INTERVAL_MS = 100;

/** Files of a machine that may hold secrets: what the services read, and what the last apply has replaced. */
const ALLOWED = ["/etc/kafka/tls/broker.pem", "/etc/zookeeper/tls/server.pem", "/var/lib/kafka-cluster/former/"];

/**
 * Looks for secrets on a machine: in all files outside of the services' own data and of `ALLOWED`, in the journal, and in
 * the command lines and environments of processes. The secrets come encoded, so that the look itself shows none.
 *
 * @returns where some were found
 */
export async function onMachine(stack: string, machine: string, secrets: readonly string[]): Promise<string[]> {
  const encoded = Buffer.from(secrets.map((secret) => `${secret}\n`).join("")).toString("base64");
  const found = await inside(
    stack,
    machine,
    `umask 077; looked=$(mktemp -d /dev/shm/canaries.XXXXXX); trap 'rm -rf "$looked"' EXIT
base64 --decode <<<'${encoded}' >"$looked/secrets"
grep --recursive --files-with-matches --fixed-strings --file="$looked/secrets" --devices=skip --binary-files=text \\
  /etc /var /root /home /tmp /run /srv /usr/local /opt/kafka/config 2>/dev/null
for process in /proc/[0-9]*; do
  for part in cmdline environ; do
    tr '\\0' '\\n' <"$process/$part" 2>/dev/null | grep --quiet --fixed-strings --file="$looked/secrets" && echo "$process/$part"
  done
done
journalctl --no-pager --output cat | grep --quiet --fixed-strings --file="$looked/secrets" && echo journal
true`,
  );
  return found.split("\n").filter((path) => path !== "" && !ALLOWED.some((allowed) => path.startsWith(allowed)));
}

/**
 * Looks for secrets in the command lines and environments of this computer's processes while something is done.
 *
 * @param secrets asked again at each look: some are made only then
 * @returns what was done gives, and the command lines in which some were found
 */
export async function inProcesses<T>(
  secrets: () => readonly string[],
  work: Promise<T>,
): Promise<{ done: T; found: string[] }> {
  const found = new Set<string>();
  let working = true;
  const watched = work.finally(() => (working = false));
  watched.catch(() => undefined);
  while (working) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const [command, environment] = ["cmdline", "environ"].map((part) => read(`/proc/${pid}/${part}`));
      if (secrets().some((secret) => `${command}${environment}`.includes(secret))) found.add(command ?? "");
    }
    await sleep(LOOK_INTERVAL_MS);
  }
  return { done: await watched, found: [...found] };
}

/** A process may be gone by now. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
