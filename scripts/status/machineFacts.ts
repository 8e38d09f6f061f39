import type { Service } from "../../model/render/nodeFile.ts";
import { DATA_MOUNT } from "../../model/render/machinePaths.ts";
import { STARTED_WITH } from "../apply/started.ts";
import type { MachineFacts, ServiceFacts, VolumeFacts } from "./facts.ts";

// The distribution stands on the command line of the process itself, so it is the one that runs, whatever has been
// installed or linked since.
const SCRIPT = `mount=$1; shift
for service; do
  echo "Service=$service"
  systemctl show --property=ActiveState,SubState,Result,ExecMainStatus "$service"
  since=$(systemctl show --property=ActiveEnterTimestamp --value "$service")
  [ -z "$since" ] || echo "Since=$(date --date="$since" +%s)"
  echo "StartedWith=$(cat ${STARTED_WITH}/"$service" 2>/dev/null)"
  pid=$(systemctl show --property=MainPID --value "$service")
  [ "$pid" != 0 ] || continue
  echo "Home=$(tr '\\0' '\\n' <"/proc/$pid/cmdline" | grep --max-count=1 --only-matching '^@\\?/opt/kafka_[^/]*' | tr --delete @)"
  # An archive that the JVM did not take is not mapped; its own one lies beside its libraries. One that was made anew since is
  # marked as deleted.
  data=no
  grep --extended-regexp '[.]jsa( \\(deleted\\))?$' "/proc/$pid/maps" | grep --quiet --invert-match /lib/server/ && data=yes
  echo "ClassData=$data"
done
if mountpoint --quiet "$mount"; then
  echo "Volume=$(df --block-size=1 --output=used,avail,size "$mount" | tail --lines=1)"
fi
true`;

/** The command that makes a machine tell what {@link readMachine} reads; to be run as root. */
export function machineCommand(services: readonly Service[]): string[] {
  return ["bash", "-c", SCRIPT, "status", DATA_MOUNT, ...services];
}

/** Reads what the machine told. */
export function readMachine(text: string): MachineFacts {
  const services: Record<string, string>[] = [];
  let volume: VolumeFacts | null = null;
  for (const [, name = "", value = ""] of text.matchAll(/^(\w+)=(.*)$/gm)) {
    const service = services.at(-1);
    if (name === "Service") services.push({ Service: value });
    else if (name === "Volume") volume = readVolume(value);
    else if (service) service[name] = value;
  }
  return { services: services.map(readService), volume };
}

function readService(said: Readonly<Record<string, string>>): ServiceFacts {
  const activeState = said.ActiveState ?? "unknown";
  return {
    service: said.Service as Service,
    activeState,
    subState: said.SubState ?? "unknown",
    end: readEnd(said),
    since: activeState === "active" ? secondsOf(said.Since) : null,
    startedWith: given(said.StartedWith),
    home: given(said.Home),
    classData: said.ClassData === undefined ? null : said.ClassData === "yes",
  };
}

/** How the service's last process ended; `null` while it runs, has never run, or was stopped cleanly. */
function readEnd({ Result: result = "success", ExecMainStatus: status = "?" }: Readonly<Record<string, string>>) {
  switch (result) {
    case "success":
      return null;
    case "exit-code":
      return `exit code ${status}`;
    case "signal":
      return `signal ${status}`;
    default:
      // Such as `oom-kill`, and `timeout` of a stop.
      return result;
  }
}

function given(text = ""): string | null {
  return text === "" ? null : text;
}

function secondsOf(text = ""): number | null {
  return text === "" ? null : Number(text);
}

function readVolume(text: string): VolumeFacts {
  const [used = 0, available = 0, size = 0] = text.trim().split(/\s+/).map(Number);
  return { used, available, size };
}

/** Kafka's version in the name of a distribution's folder: `/opt/kafka_2.13-3.9.2`. */
export function versionOf(home: string | null): string | null {
  return /\/kafka_[\d.]+-(.+)$/.exec(home ?? "")?.[1] ?? null;
}
