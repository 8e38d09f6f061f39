import type { ClientTls, Reach } from "../../components/reach.ts";
import { type Phase, usesTls } from "../../components/security/phase.ts";
import type { Login } from "../../components/verificationSpec.ts";
import { pulumi, stackName } from "../stack/engine.ts";
import { UserError } from "./report.ts";

/** Environment variable that names the cluster's brokers, `host:port,…`. */
export const BOOTSTRAP_VARIABLE = "KAFKA_CLUSTER_BOOTSTRAP";

/**
 * The stack's outputs as of its last deployment; empty before the first.
 *
 * @param secrets whether secret outputs are shown, too
 * @throws Error with what the Pulumi CLI said when it fails
 */
export async function stackOutputs(secrets = false): Promise<Record<string, unknown>> {
  const options = secrets ? ["--show-secrets"] : [];
  return JSON.parse(await pulumi(["stack", "output", "--json", ...options])) as Record<string, unknown>;
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
    throw error instanceof UserError ? error : new UserError(noBroker((error as Error).message));
  });
  return listed ? { ...found, ...direct(listed) } : found;
}

function direct(listed: readonly string[]): Pick<Entrance, "brokers" | "reach" | "privateKey"> {
  return { brokers: checked(listed), reach: { via: "direct" }, privateKey: "" };
}

async function deployed(user: string | undefined, outputs: typeof stackOutputs): Promise<Entrance> {
  // Absent from a stack that an older version of this program has deployed.
  const { bootstrapServers, reach = { via: "direct" }, security } = await outputs();
  if (typeof bootstrapServers !== "string") throw new UserError(noBroker("it has no output bootstrapServers"));
  const way = reach as Reach;
  const { phase = "plaintext" } = (security ?? {}) as { phase?: Phase };
  const asUser = user !== undefined || usesTls(phase);
  if (way.via !== "bastion" && !asUser) {
    return { brokers: checked(bootstrapServers.split(",")), reach: way, privateKey: "" };
  }
  const { deployerPrivateKey, users } = await outputs(true);
  if (way.via === "bastion" && typeof deployerPrivateKey !== "string") {
    throw new UserError(noBroker("it has no output deployerPrivateKey"));
  }
  const privateKey = way.via === "bastion" ? String(deployerPrivateKey) : "";
  if (!asUser) return { brokers: checked(bootstrapServers.split(",")), reach: way, privateKey };
  const { brokers, ssl, sasl } = chooseUser(user, (users ?? {}) as Record<string, StackUser>, phase).kafkajs;
  const { username, password } = sasl;
  return { brokers, reach: way, privateKey, tls: { authorities: ssl.ca.join("") }, login: { username, password } };
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
  const wrong = brokers.find((broker) => !/^[^\s:]+:\d{1,5}$/.test(broker));
  if (wrong !== undefined) {
    throw new UserError(`broker "${wrong}" is not of the form HOST:PORT, for example 10.0.0.18:9092`);
  }
  return brokers;
}

function noBroker(reason: string): string {
  return (
    `no broker is named and stack ${stackName()} gives none: \`npm run up\` deploys it; or give --broker HOST:PORT, ` +
    `or set ${BOOTSTRAP_VARIABLE}=HOST:PORT,… (${reason})`
  );
}
