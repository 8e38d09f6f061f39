import type { NodeFile, Service } from "../../model/render/nodeFile.ts";
import { SERVER_PROPERTIES } from "../../model/render/machinePaths.ts";
import { parseProperties } from "../../model/render/properties.ts";
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

/**
 * Bash function that remembers with what services run: on standard input a line for each, of its name, the hash and the
 * rest as JSON, with tabs between.
 */
export const REMEMBER = `set -e
mkdir -p ${STARTED_WITH}
umask 077
remember() {
  while IFS=$'\\t' read -r service hash json; do
    printf '%s\\n' "$json" >"${STARTED_WITH}/$service.json.new"
    echo "$hash" >"${STARTED_WITH}/$service"
    mv "${STARTED_WITH}/$service.json.new" "${STARTED_WITH}/$service.json"
  done
}`;

/** A service, and with what it runs. */
export interface Launch {
  readonly service: Service;
  readonly running: Running;
}

/** What {@link REMEMBER} reads. JSON has no tab and no line break but escaped ones. */
export function rememberLines(launches: readonly Launch[]): string {
  return launches.map(({ service, running }) => `${service}\t${running.hash}\t${JSON.stringify(running)}\n`).join("");
}

/** Remembers with what a service runs. */
export async function remember(ssh: Ssh, service: Service, running: Running): Promise<void> {
  await ssh.sudo(["bash", "-c", `${REMEMBER}\nremember`, "remember"], rememberLines([{ service, running }]));
}

/** With what a service runs; undefined when the machine does not know, as for one that was never started. */
export async function recall(ssh: Ssh, service: Service): Promise<Running | undefined> {
  const { code, stdout } = await ssh.exec(["sudo", "-n", "cat", `${STARTED_WITH}/${service}.json`]);
  return code === 0 ? (JSON.parse(stdout) as Running) : undefined;
}
