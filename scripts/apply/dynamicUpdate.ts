/** A change of what a broker runs with, which is looked at until it has shown what it does, and taken back where it hurts. */
import type { ApplySpec } from "../../model/specs/applySpec.ts";
import { SERVER_PROPERTIES, SERVICE_USER } from "../../model/render/machinePaths.ts";
import { NoAnswer } from "../lib/configChange.ts";
import { progress, UserError } from "../lib/report.ts";
import type { Ssh } from "../lib/ssh.ts";
import { waitFor } from "../lib/wait.ts";
import { alterBroker } from "./broker.ts";
import { type BrokerConfig, brokerConfigs } from "./clusterView.ts";
import { asSeen, brokerHealth, endpointOf } from "./health.ts";
import { OWN } from "./inForce.ts";
import { lastLines, stopService } from "./services.ts";

/**
 * How long a broker may take until a change is in force, in milliseconds. It is so when all that is built anew, such as
 * the log cleaner with its buffers or a pool of threads, has been (DynamicBrokerConfig.updateCurrentConfig).
 */
const IN_FORCE_TIMEOUT_MS = 60_000;
/**
 * How long it is looked at after that, in milliseconds: what a broker does all the time, such as answering the fetches of
 * its followers (replica.fetch.wait.max.ms, 0.5 s), comes up several times in it and has to be done with the memory left.
 */
const LOOK_MS = 5_000;
/** Pause between two looks, in milliseconds. */
const LOOK_INTERVAL_MS = 250;
/** How long it may take to be in sync and to answer after that, in milliseconds. */
const HEALTH_TIMEOUT_MS = 30_000;
/** How long ZooKeeper may take to forget a broker that has ended, in milliseconds: its session is 7.5 s by default. */
const FORGET_TIMEOUT_MS = 90_000;

/** A change of a broker's own dynamic configs. */
export interface BrokerChange {
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** A broker did not stand a change; what it had before has to come back. */
export class HurtBroker extends UserError {
  /** What gives it its former values. */
  readonly back: BrokerChange;

  constructor(message: string, back: BrokerChange) {
    super(message);
    this.back = back;
  }
}

/**
 * Changes a broker's own values and looks at it until they are in force and have shown what they do.
 *
 * @param before its properties before the change
 * @throws UserError when the broker refuses, and nothing has changed; {@link HurtBroker} when it does not stand the change
 */
export async function alterWatched(
  spec: ApplySpec,
  ssh: Ssh,
  change: BrokerChange,
  before: readonly BrokerConfig[],
): Promise<void> {
  const { set = {}, remove = [] } = change;
  const names = [...Object.keys(set), ...remove];
  const ran = await processOf(ssh);
  await alterBroker(spec, ssh.openSocket, change).catch((error: unknown) => {
    // It may have taken it, and ended over it: taking back what was not set is harmless.
    if (error instanceof NoAnswer) throw new HurtBroker(error.message, formerValues(names, before));
    throw error;
  });
  try {
    const assertSame = async (): Promise<void> => {
      const runs = await processOf(ssh);
      if (runs !== ran) throw new UserError("its process has ended");
    };
    await waitFor(
      "the change to be in force",
      async () => {
        await assertSame();
        return lookInForce(spec, ssh, change);
      },
      IN_FORCE_TIMEOUT_MS,
      LOOK_INTERVAL_MS,
    );
    const end = Date.now() + LOOK_MS;
    await waitFor(
      "the end of the look",
      async () => {
        await assertSame();
        return Date.now() >= end ? { value: true } : { seen: "it runs" };
      },
      LOOK_MS + HEALTH_TIMEOUT_MS,
      LOOK_INTERVAL_MS,
    );
    await waitFor(
      "its broker to be healthy",
      async () => {
        await assertSame();
        return brokerHealth(ssh.openSocket, endpointOf(spec, "kafka", spec.address), spec.brokerId ?? -1).catch(asSeen);
      },
      HEALTH_TIMEOUT_MS,
      LOOK_INTERVAL_MS,
    );
  } catch (error) {
    const given = [...Object.entries(set).map(([key, value]) => `${key}=${value}`), ...remove];
    throw new HurtBroker(
      `${spec.name} (${spec.address}): its broker does not stand ${given.join(", ")} while it runs: ` +
        `${(error as Error).message}. The last lines of its log:\n${await lastLines(ssh, "kafka")}`,
      formerValues(names, before),
    );
  }
}

/** Looks whether a change is in force; gives what is not, else. */
export async function lookInForce(
  spec: ApplySpec,
  ssh: Ssh,
  change: BrokerChange,
): Promise<{ value: true } | { seen: string }> {
  const waiting = notInForce(await brokerConfigs(spec, ssh.openSocket), change);
  return waiting.length === 0 ? { value: true } : { seen: `${waiting.join(", ")} as before` };
}

/** Names whose change is not in force yet: a value counts when it is, whatever the broker has been told. */
export function notInForce(configs: readonly BrokerConfig[], { set = {}, remove = [] }: BrokerChange): string[] {
  const found = (name: string): BrokerConfig | undefined => configs.find((config) => config.name === name);
  const has = (name: string): string | null | undefined => ownValue(found(name));
  const waiting = Object.entries(set).filter(([name, value]) => {
    const config = found(name);
    if (!config || config.sensitive) return has(name) === undefined;
    // Kafka writes 0.5 for 0.50, 1.0 for 1, and a list without its blanks: what it was told counts then.
    return !isSameText(has(name), value) || (!isSameText(config.value, value) && isPlain(value));
  });
  return [...waiting.map(([name]) => name), ...remove.filter((name) => has(name) !== undefined)];
}

/** Whether two texts are the same, or the same number. */
function isSameText(a: string | null | undefined, b: string): boolean {
  return a === b || (typeof a === "string" && a.trim() !== "" && Number(a) === Number(b));
}

/** Whether Kafka shows a value as it was given: whole numbers and single words. */
function isPlain(value: string): boolean {
  return /^(-?[1-9]\d*|0|true|false|[a-z]+)$/.test(value);
}

/** What gives a broker the values of its own that it had. A secret is not told: without it, the file's is in force. */
export function formerValues(names: readonly string[], before: readonly BrokerConfig[]): BrokerChange {
  const had = names.map((name) => [name, ownValue(before.find((config) => config.name === name))] as const);
  return {
    set: Object.fromEntries(had.filter((entry): entry is readonly [string, string] => typeof entry[1] === "string")),
    remove: had.filter(([, value]) => typeof value !== "string").map(([name]) => name),
  };
}

/** A broker's own value as it was told; undefined where it has none, null for a secret. */
function ownValue(config: BrokerConfig | undefined): string | null | undefined {
  return config?.synonyms.find(({ name, source }) => name === config.name && source === OWN)?.value;
}

/**
 * Gives a broker its former values, and stops it where it does not answer: then they are changed where they stand, in the
 * cluster's metadata, by Kafka's own tool.
 *
 * @param properties what the broker runs with, which says how to get to ZooKeeper
 * @returns whether it was stopped
 * @throws UserError when the values can't be changed
 */
export async function takeBack(
  spec: ApplySpec,
  ssh: Ssh,
  back: BrokerChange,
  properties: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    await alterBroker(spec, ssh.openSocket, back);
    return false;
  } catch (error) {
    const why = (error as Error).message;
    progress(
      `${spec.name}: broker ${spec.brokerId} can't be given its former values, so it is stopped for that: ${why}`,
    );
  }
  // One that systemd starts again and again would register again meanwhile, and the tool wants it gone.
  await stopService(ssh, "kafka");
  const command = configCommand(spec.brokerId ?? -1, back, properties);
  await waitFor(
    `Kafka's tool to give broker ${spec.brokerId} its former values`,
    async () => {
      const { code, stdout, stderr } = await ssh.exec(["sudo", "-n", "-u", SERVICE_USER, ...command]);
      const said = `${stdout}${stderr}`.trim().split("\n");
      return code === 0 ? { value: true } : { seen: said.find((line) => !/^\s|^(Warning|SLF4J)/.test(line)) ?? "" };
    },
    FORGET_TIMEOUT_MS,
    1_000,
  ).catch(async (error: unknown) => {
    // It may stand what it has, and else systemd goes on trying.
    await ssh.sudo(["systemctl", "start", "--no-block", "kafka"]);
    throw new UserError(
      `${(error as Error).message}. It is started as it is; on ${spec.name} give it its former values by hand: ` +
        `sudo -u ${SERVICE_USER} ${command.map((word) => (/[^\w.:/=,-]/.test(word) ? `'${word}'` : word)).join(" ")}`,
    );
  });
  return true;
}

/** The command that changes a stopped broker's values in ZooKeeper, as the broker itself gets there. */
export function configCommand(
  brokerId: number,
  { set = {}, remove = [] }: BrokerChange,
  properties: Readonly<Record<string, string>>,
): string[] {
  // In brackets a value may have commas.
  const added = Object.entries(set).map(([name, value]) => `${name}=${value.includes(",") ? `[${value}]` : value}`);
  return [
    ...["java", "-Xmx128m", "-cp", "/opt/kafka/libs/*", "kafka.admin.ConfigCommand"],
    ...["--zookeeper", properties["zookeeper.connect"] ?? ""],
    ...(properties["zookeeper.ssl.client.enable"] === "true" ? ["--zk-tls-config-file", SERVER_PROPERTIES] : []),
    ...["--alter", "--entity-type", "brokers", "--entity-name", String(brokerId)],
    ...(added.length > 0 ? ["--add-config", added.join(",")] : []),
    ...(remove.length > 0 ? ["--delete-config", remove.join(",")] : []),
  ];
}

/** Which process the broker is: another one has another number or another start; none has 0. */
async function processOf(ssh: Ssh): Promise<string> {
  return ssh.sudo(["systemctl", "show", "--property=MainPID", "--property=ExecMainStartTimestampMonotonic", "kafka"]);
}
