import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { secret } from "../../../model/engineValues.ts";

/** A resource as the engine was asked for it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Name of the parent, absent at the top. */
  readonly parent: string | undefined;
  /** Names of all that it depends on, sorted; a component stands for its children. */
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Name of the resource whose deletion includes this one's, absent when there is none. */
  readonly deletedWith: string | undefined;
  readonly ignoreChanges: readonly string[];
  /** Whether it may have stood at the top of the program before. */
  readonly wasAtTop: boolean;
  readonly additionalSecretOutputs: readonly string[];
  /** Paths of inputs that were handed over as secrets, sorted. */
  readonly secrets: readonly string[];
}

/** A platform's provider, as the mocks play it: each throws on what the program is not known to use. */
export interface Provider {
  /** Id and outputs of a resource, beside its inputs. */
  readonly resource: (type: string, name: string) => { id: string; outputs: Record<string, unknown> };
  /** What a function gives. */
  readonly call: (token: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

const NO_PROVIDER: Provider = {
  resource: (type, name) => {
    throw new Error(`the program made a resource of unknown type ${type}: ${name}`);
  },
  call: (token) => {
    throw new Error(`the program called an unknown function: ${token}`);
  },
};

/** What a command prints, by the name of its resource. */
export type Printed = Readonly<Record<string, unknown>>;

const RANDOM_OUTPUTS: Record<string, Record<string, unknown>> = {
  "random:index/randomId:RandomId": { hex: "00112233445566778899aabbccddeeff", dec: "1", b64Std: "AA==", b64Url: "AA" },
  "random:index/randomUuid:RandomUuid": { result: "5e1f0b52-0c4f-4f0a-9d7e-3c1d6a0f7b11" },
  "random:index/randomPassword:RandomPassword": { result: "PASSWORD" },
};

/** What the resources of tls give, by their names: what is secret is marked so. */
const TLS_OUTPUTS: Record<string, (name: string) => Record<string, unknown>> = {
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyPem: secret(`PEM of ${name}`),
    privateKeyPemPkcs8: secret(`PKCS8 of ${name}`),
  }),
  "tls:index/selfSignedCert:SelfSignedCert": (name) => ({ certPem: `certificate ${name}` }),
  "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: `request ${name}` }),
  "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: `certificate ${name}` }),
};

/** A Command's scripts stand in the states of stacks: they have to be there under the names that they have. */
function assertScripts(inputs: Readonly<Record<string, unknown>>): void {
  for (const step of [inputs.create, inputs.update, inputs.delete]) {
    const [, name] = /^node scripts\/run\.mjs (\S+)/.exec(String(step)) ?? [];
    if (name !== undefined && !existsSync(`scripts/${name}.ts`)) throw new Error(`a Command runs ${name}, no script`);
  }
}

/**
 * Runs a part of a program against strict mocks and gives every resource that it asked for, in order.
 *
 * @param build makes components
 * @param printed what each command prints; a command that is missing here prints nothing
 * @param provider plays what is neither a Command nor random
 * @throws on a resource type or a function that the program is not known to use
 */
export async function deploy(
  build: () => unknown,
  printed: Printed = {},
  provider = NO_PROVIDER,
): Promise<readonly Recorded[]> {
  const requests: RegisterRequest[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        if (!args.custom) return { id: "", state: args.inputs as Record<string, unknown> };
        if (args.type === "command:local:Command") {
          assertScripts(args.inputs as Record<string, unknown>);
          const stdout = args.name in printed ? JSON.stringify(printed[args.name]) : "";
          return { id: args.name, state: { ...(args.inputs as object), stdout, stderr: "" } };
        }
        const random = RANDOM_OUTPUTS[args.type] ?? TLS_OUTPUTS[args.type]?.(args.name);
        if (random) return { id: args.name, state: { ...(args.inputs as object), ...random } };
        const { id, outputs } = provider.resource(args.type, args.name);
        return { id, state: { ...(args.inputs as object), ...outputs } };
      },
      call: (args) => provider.call(args.token, args.inputs as Record<string, unknown>),
    },
    "kafka-cluster",
    "test",
    false,
    "organization",
  );
  // Mocks are told inputs only; parents, dependencies and options stand in the request.
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requests.push(request);
    return register(request, callback);
  };
  await build();
  await pulumi.runtime.disconnect();
  return requests.map(record);
}

/** The one resource of that name. @throws when there are more or fewer */
export function only(resources: readonly Recorded[], name: string): Recorded {
  const found = resources.filter((resource) => resource.name === name);
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} resources are named ${name}`);
  return found[0];
}

/** The value of an output, once it is known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getReplaceonchangesList(): string[];
  getDeletebeforereplace(): boolean;
  getDeletedwith(): string;
  getIgnorechangesList(): string[];
  getAliasesList(): { getSpec(): { getNoparent(): boolean } | undefined }[];
  getAdditionalsecretoutputsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): Promise<void>;
}

function record(request: RegisterRequest): Recorded {
  const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
  const secrets: string[] = [];
  const inputs = plain(request.getObject().toJavaScript(), "", secrets) as Record<string, unknown>;
  return {
    type: request.getType(),
    name: request.getName(),
    inputs,
    parent: request.getParent() === "" ? undefined : nameOf(request.getParent()),
    dependencies: [...new Set(request.getDependenciesList().map(nameOf))].sort(),
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    replaceOnChanges: request.getReplaceonchangesList(),
    deleteBeforeReplace: request.getDeletebeforereplace(),
    deletedWith: request.getDeletedwith() === "" ? undefined : nameOf(request.getDeletedwith()),
    ignoreChanges: request.getIgnorechangesList(),
    wasAtTop: request.getAliasesList().some((alias) => alias.getSpec()?.getNoparent() === true),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    secrets: secrets.sort(),
  };
}

// How a secret is marked on the wire (pulumi, sdk/nodejs/runtime/rpc.ts).
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The value without its marks of secrecy; their paths are added to `secrets`. */
function plain(value: unknown, path: string, secrets: string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => plain(item, `${path}[${index}]`, secrets));
  const record = value as Record<string, unknown>;
  if (record[SIGNATURE] === SECRET) {
    secrets.push(path);
    return plain(record.value, path, []);
  }
  return Object.fromEntries(
    Object.entries(record).map(([key, child]) => [key, plain(child, path === "" ? key : `${path}.${key}`, secrets)]),
  );
}
