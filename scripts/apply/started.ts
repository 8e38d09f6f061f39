import type { NodeFile, Service } from "../../components/render/nodeFile.ts";
import { SERVER_PROPERTIES } from "../../components/render/paths.ts";
import { parseProperties } from "../../components/render/properties.ts";
import type { Ssh } from "../lib/ssh.ts";
import { startHash } from "./files.ts";

/** Where a machine remembers with what a service runs. */
export const STARTED_WITH = "/var/lib/kafka-cluster";

/** With what a service runs. */
export interface Running {
  /** Hash of all files that it reads at its start. */
  readonly hash: string;
  /** The same without the broker's properties. */
  readonly rest: string;
  /** The broker's properties in effect; empty for ZooKeeper. */
  readonly properties: Readonly<Record<string, string>>;
  /** Names of the properties that it took while it ran. They stand in its file as well. */
  readonly overrides: readonly string[];
}

/** With what a service runs once it was started with these files. */
export function runningWith(service: Service, files: readonly NodeFile[]): Running {
  const properties = files.find(({ path }) => path === SERVER_PROPERTIES);
  return {
    hash: startHash(service, files),
    rest: startHash(
      service,
      files.filter(({ path }) => path !== SERVER_PROPERTIES),
    ),
    properties: service === "kafka" && properties ? parseProperties(properties.content) : {},
    overrides: [],
  };
}

/** Bash that remembers with what a service, `$1`, runs: the hash is `$2`, the rest comes on standard input. */
export const REMEMBER = `set -e
mkdir -p ${STARTED_WITH}
umask 077
cat >${STARTED_WITH}/"$1".json.new
echo "$2" >${STARTED_WITH}/"$1"
mv ${STARTED_WITH}/"$1".json.new ${STARTED_WITH}/"$1".json`;

/** Remembers with what a service runs. */
export async function remember(ssh: Ssh, service: Service, running: Running): Promise<void> {
  await ssh.sudo(["bash", "-c", REMEMBER, "remember", service, running.hash], JSON.stringify(running));
}

/** With what a service runs; undefined when the machine does not know, as for one that was never started. */
export async function recall(ssh: Ssh, service: Service): Promise<Running | undefined> {
  const { code, stdout } = await ssh.exec(["sudo", "-n", "cat", `${STARTED_WITH}/${service}.json`]);
  return code === 0 ? (JSON.parse(stdout) as Running) : undefined;
}
