import type { ClientTls, Reach } from "../../model/reach.ts";
import { type Phase, usesTls } from "../../model/security/phase.ts";
import type { Login } from "../../model/specs/verificationSpec.ts";
import { pulumi, stackName } from "./engine.ts";
import { UserError } from "../lib/report.ts";

/** Environment variable that names the cluster's brokers, `host:port,…`. */
export const BOOTSTRAP_VARIABLE = "KAFKA_CLUSTER_BOOTSTRAP";

const OR_NAME_ONE = `or give --broker HOST:PORT, or set ${BOOTSTRAP_VARIABLE}=HOST:PORT,…`;
const LAST_PORT = 65_535;

/** There is nothing that could be asked: the user has to deploy first. */
export class NotDeployed extends UserError {
  constructor() {
    super(`there is no deployment of stack ${stackName()} yet: \`npm run up\` makes it`);
  }
}

/** What the Pulumi CLI says of a stack that it does not know. */
const NO_STACK = "no stack named";

/**
 * The stack's outputs as of its last deployment; empty when that was taken down.
 *
 * @param secrets whether secret outputs are shown, too
 * @throws NotDeployed before the first `up`, when there is no Pulumi CLI either; Error with what the CLI said when it fails
 */
export async function stackOutputs(secrets = false): Promise<Record<string, unknown>> {
  const options = secrets ? ["--show-secrets"] : [];
  const shown = await pulumi(["stack", "output", "--json", ...options]).catch((error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === "ENOENT" || message.includes(NO_STACK) ? new NotDeployed() : error;
  });
  return JSON.parse(shown) as Record<string, unknown>;
}

/** A broker of the stack. */
export interface StackBroker {
  readonly id: number;
  /** The member's. */
  readonly name: string;
}

/** Where a client bootstraps from, how it gets there, and whom it logs in as. */
export interface Entrance {
  /** Each `host:port`. */
  readonly brokers: readonly string[];
  readonly reach: Reach;
  /** The deployer's private key; empty when there is no bastion to log in to. */
  readonly privateKey: string;
  /** Whom it trusts; absent where it speaks no TLS. */
  readonly tls?: ClientTls;
  /** Absent where it speaks no TLS. */
  readonly login?: Login;
  /** The brokers that the stack has, up or not; absent where others are named, and the stack is not asked. */
  readonly stackBrokers?: readonly StackBroker[];
}

/** What the output `users` has of a user, as far as it is read. */
interface StackUser {
  readonly kafkajs: {
    readonly brokers: readonly string[];
    readonly ssl: { readonly ca: readonly string[] };
    readonly sasl: Login;
  };
}

/** What a client is told on its command line. */
export interface EntranceOptions {
  /** Brokers, each `host:port`; empty when none was named. */
  readonly brokers: readonly string[];
  /** A user of the stack. @default none on a cluster that does not ask; the only one where there is but one */
  readonly user?: string;
}

/**
 * The brokers that a client bootstraps from: those named on the command line, else in {@link BOOTSTRAP_VARIABLE}, else
 * the stack's output `bootstrapServers`. Named ones are reached directly, the stack's as its members are. As a user of the
 * stack it speaks TLS and logs in.
 *
 * @param outputs gives the stack's outputs
 * @throws UserError when there are none, one isn't `host:port`, or there is no such user
 */
export async function entrance({ brokers: named, user }: EntranceOptions, outputs = stackOutputs): Promise<Entrance> {
  const variable = process.env[BOOTSTRAP_VARIABLE];
  const listed = named.length > 0 ? named : variable?.split(",");
  if (listed && user === undefined) return direct(listed);
  const found = await deployed(user, outputs).catch((error: unknown) => {
    if (error instanceof NotDeployed) throw new UserError(`${error.message}; ${OR_NAME_ONE}`);
    throw error instanceof UserError ? error : new UserError(noBroker((error as Error).message));
  });
  return listed ? { ...found, ...direct(listed) } : found;
}

function direct(listed: readonly string[]): Pick<Entrance, "brokers" | "reach" | "privateKey"> {
  return { brokers: checked(listed), reach: { via: "direct" }, privateKey: "" };
}

async function deployed(user: string | undefined, outputs: typeof stackOutputs): Promise<Entrance> {
  // Absent from a stack that an older version of this program has deployed.
  const { bootstrapServers, reach = { via: "direct" }, security, members, ...others } = await outputs();
  if (bootstrapServers === undefined && Object.keys(others).length === 0) throw new NotDeployed();
  if (typeof bootstrapServers !== "string") throw new UserError(noBroker("it has no output bootstrapServers"));
  const way = reach as Reach;
  const { phase = "plaintext" } = (security ?? {}) as { phase?: Phase };
  const asUser = user !== undefined || usesTls(phase);
  const stack = brokersOf(members);
  if (way.via !== "bastion" && !asUser) {
    return { brokers: checked(bootstrapServers.split(",")), reach: way, privateKey: "", ...stack };
  }
  const { deployerPrivateKey, users } = await outputs(true);
  if (way.via === "bastion" && typeof deployerPrivateKey !== "string") {
    throw new UserError(noBroker("it has no output deployerPrivateKey"));
  }
  const privateKey = way.via === "bastion" ? String(deployerPrivateKey) : "";
  if (!asUser) return { brokers: checked(bootstrapServers.split(",")), reach: way, privateKey, ...stack };
  const { brokers, ssl, sasl } = chooseUser(user, (users ?? {}) as Record<string, StackUser>, phase).kafkajs;
  const { username, password } = sasl;
  const tls = { authorities: ssl.ca.join("") };
  return { brokers, reach: way, privateKey, tls, login: { username, password }, ...stack };
}

/** What the output `members` says of brokers; nothing where an older version of this program has deployed. */
function brokersOf(members: unknown): Pick<Entrance, "stackBrokers"> {
  if (!Array.isArray(members)) return {};
  const listed = members as readonly { readonly name: string; readonly brokerId?: number | null }[];
  return {
    stackBrokers: listed.flatMap(({ name, brokerId }) =>
      typeof brokerId === "number" ? [{ id: brokerId, name }] : [],
    ),
  };
}

function chooseUser(name: string | undefined, users: Readonly<Record<string, StackUser>>, phase: Phase): StackUser {
  const names = Object.keys(users);
  const known = names.length === 0 ? "it has none: name one in the setting users" : `it has ${names.join(", ")}`;
  if (name === undefined) {
    const [only] = names;
    const found = names.length === 1 && only !== undefined ? users[only] : undefined;
    if (found) return found;
    throw new UserError(`stack ${stackName()} is ${phase}, so a client has to log in: give --user NAME; ${known}`);
  }
  const found = Object.hasOwn(users, name) ? users[name] : undefined;
  if (found) return found;
  const has = phase === "plaintext" ? "it is plaintext and has none" : known;
  throw new UserError(`--user ${name}: stack ${stackName()} has no such user; ${has}`);
}

function checked(listed: readonly string[]): string[] {
  const brokers = listed.map((broker) => broker.trim()).filter((broker) => broker !== "");
  if (brokers.length === 0) throw new UserError(noBroker("the list of brokers is empty"));
  const wrong = brokers.find((broker) => !isHostPort(broker));
  if (wrong !== undefined) {
    throw new UserError(
      `broker ${JSON.stringify(wrong)} is not of the form HOST:PORT with a port from 1 to ${LAST_PORT}, ` +
        "for example 10.0.0.18:9092",
    );
  }
  return brokers;
}

function isHostPort(broker: string): boolean {
  const [, port] = /^[^\s:]+:(\d{1,5})$/.exec(broker) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= LAST_PORT;
}

function noBroker(reason: string): string {
  return `no broker is named and stack ${stackName()} gives none: \`npm run up\` deploys it; ${OR_NAME_ONE} (${reason})`;
}
