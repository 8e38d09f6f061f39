import type { Service } from "../../model/render/nodeFile.ts";
import { ZOOKEEPER_DATA_DIR } from "../../model/render/machinePaths.ts";
import { UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";

/** It still gets further, so it is neither stopped nor given its former files. */
export class StillStarting extends UserError {}

/** How far a start has come. Another one than at the last look means that it gets further. */
export interface StartProgress {
  /** What tells it apart from the last look's; empty where there is nothing to see. */
  readonly mark: string;
  /** For people; empty where there is nothing to say. */
  readonly text: string;
}

// The broker's lines since its last start, which may be in the file before, too. Kafka has no better place: its gauges of
// what remains are of the newer versions, and need JMX.
const KAFKA = `cat /var/log/kafka/server.log.1 /var/log/kafka/server.log 2>/dev/null | awk '
  / starting \\(kafka\\.server\\.KafkaServer\\)/ { segments = logs = 0; last = "" }
  / Recovering unflushed segment / { segments++; last = $0 }
  / Completed load of / { logs++; last = $0 }
  END { print segments + 0; print logs + 0; print last }'
find -L /opt/kafka-logs -mindepth 1 -maxdepth 1 -type d -name '*-*' 2>/dev/null | wc -l`;

// A server says nothing while it reads a snapshot: how far it is in its open files does.
const ZOOKEEPER = `pid=$(systemctl show --property=MainPID --value zookeeper)
for fd in /proc/"$pid"/fd/*; do
  file=$(readlink "$fd" || true)
  case $file in
    ${ZOOKEEPER_DATA_DIR}/version-2/*) echo "\${file##*/} $(awk '/^pos:/ { print $2 }' "/proc/$pid/fdinfo/\${fd##*/}")" ;;
  esac
done 2>/dev/null | sort`;

/** Looks how far the start of a service has come. */
export async function startProgress(ssh: Ssh, service: Service): Promise<StartProgress> {
  const text = await ssh.sudo(["bash", "-c", service === "kafka" ? KAFKA : ZOOKEEPER]);
  return service === "kafka" ? brokerProgress(text) : serverProgress(text);
}

/** Reads what the broker's log tells: counts of segments and logs, the last such line, how many logs there are. */
export function brokerProgress(text: string): StartProgress {
  const [segments = "0", logs = "0", last = "", total = "0"] = text.split("\n");
  if (segments === "0" && logs === "0") return { mark: "", text: "" };
  // 3.9: "Recovering unflushed segment 4096. 3/17 recovered for orders-2." 2.4 names no count.
  const [, done, all, partition] = /(\d+)\/(\d+) recovered for (\S+?)\.(?: |$)/.exec(last) ?? [];
  const inside = partition === undefined ? "" : `, ${done} of ${all} segments of ${partition}`;
  return {
    mark: `${segments} ${logs}`,
    text: `it recovers its logs: ${logs} of ${total.trim()} loaded, ${segments} segments looked through${inside}`,
  };
}

/** Reads which of its files a ZooKeeper server has open, and how far it is in each, in bytes. */
export function serverProgress(text: string): StartProgress {
  const reading = text.split("\n").find((line) => /^(snapshot|log)\.\S+ \d+$/.test(line));
  const [name, bytes] = reading?.split(" ") ?? [];
  return name === undefined ? { mark: "", text: "" } : { mark: text.trim(), text: `it reads ${name}: ${bytes} bytes` };
}
