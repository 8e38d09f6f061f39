/**
 * Plugin `aws` of the tests: it makes nothing, and answers like AWS as far as awsTypes.ts says, so that the real engine
 * can run a program without a cloud. What it does not know it refuses.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import { bundled } from "../../../scripts/bundle.mjs";
import { changedInputs, type Failure } from "../../../standins/inputs.ts";
import { nameOf, typeOf } from "../../../model/urn.ts";
import { serve } from "../../../standins/serve.ts";
import { plainProperties, type Properties } from "../../../model/engineValues.ts";
import { PLATFORM_PLUGINS } from "../../../scripts/setup/pulumi.ts";
import { AWS, refusal } from "../../unit/aws/awsMock.ts";
import { noteOperation } from "./operations.mjs";
import { type AwsType, TYPES } from "./awsTypes.ts";

const VERSION = PLATFORM_PLUGINS.aws?.aws ?? "";

/** Environment variable with the name of a resource that AWS has no room for. */
export const REFUSED_VARIABLE = "TEST_AWS_REFUSES";

/** Environment variable with the names of resources that are gone from AWS, separated by commas. */
export const GONE_VARIABLE = "TEST_AWS_GONE";

/** Environment variable with the ids of images that are gone from AWS, separated by commas. */
export const IMAGES_GONE_VARIABLE = "TEST_AWS_IMAGES_GONE";

/** Environment variable with the path of the file in which the instances that are there stand, by id. */
export const INSTANCES_VARIABLE = "TEST_AWS_INSTANCES";

const SOURCES = ["test", "scripts", "model", "standins"];
const BUNDLE = { format: "esm", packages: "external" } as const;

const INSTANCE = "aws:ec2/instance:Instance";
const ATTACHMENT = "aws:ec2/volumeAttachment:VolumeAttachment";

function listed(variable: string): string[] {
  return (process.env[variable] ?? "").split(",").filter(Boolean);
}

/** Names of the instances that are there, by id; nothing is kept where no file is named. */
function instances(change: (known: Record<string, string>) => void = () => undefined): Record<string, string> {
  const file = process.env[INSTANCES_VARIABLE];
  const known = (file && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}) as Record<string, string>;
  change(known);
  if (file) writeFileSync(file, JSON.stringify(known));
  return known;
}

/** Whether an instance can be stopped: it was made and neither deleted nor terminated by hand. */
function isThere(id: unknown): boolean {
  const name = instances()[String(id)];
  return process.env[INSTANCES_VARIABLE] === undefined || (name !== undefined && !listed(GONE_VARIABLE).includes(name));
}

/** Puts this plugin into a `KAFKA_CLUSTER_HOME`, where the set-up takes it for the official one. */
export async function installAwsProvider(home: string): Promise<void> {
  const executable = join(home, "pulumi", "plugins", `resource-aws-v${VERSION}`, "pulumi-resource-aws");
  // Every run of the engine starts it, most of them twice.
  const bundle = await bundled("test/e2e/support/awsProvider.ts", "test/awsProvider.mjs", SOURCES, BUNDLE);
  const start = `cd '${resolve(".")}' && exec node '${bundle}' "$@"`;
  await mkdir(dirname(executable), { recursive: true });
  await writeFile(executable, `#!/bin/sh\n${start}\n`);
  await chmod(executable, 0o755);
}

function known(urn: string): AwsType {
  const type = TYPES[typeOf(urn)];
  if (!type) throw new Error(`the tests' provider does not know ${typeOf(urn)}`);
  return type;
}

/** The state after a create or an update. */
function outputs(urn: string, inputs: Properties, id: string): Properties {
  return { ...inputs, ...known(urn).outputs?.(plainProperties(inputs), id) };
}

/** What {@link AwsProvider.diff} finds out. */
interface Diff {
  readonly changes: boolean;
  /** Changed inputs that make another resource. */
  readonly replaces: string[];
  readonly changed: string[];
}

class AwsProvider {
  readonly version = VERSION;

  check(urn: string, _olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    known(urn);
    // The real one names what has no name after the resource.
    const named = ["sg", "pg"].includes(known(urn).id) ? { name: nameOf(urn), ...news } : news;
    return Promise.resolve({ inputs: named, failures: [] });
  }

  diff(_id: string, urn: string, olds: Properties, news: Properties): Promise<Diff> {
    const computed = Object.keys(known(urn).outputs?.({}, "") ?? {});
    const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
    const changed = changedInputs(olds, news, [...names]).filter(
      // An output that is no input of this resource has not changed by its absence.
      (name) => !name.startsWith("__") && (name in news || !computed.includes(name)),
    );
    const replaces = changed.filter((name) => known(urn).replaces.includes(name));
    return Promise.resolve({ changes: changed.length > 0, replaces, changed });
  }

  /** Asked in a refresh. Without an id a resource is gone. */
  read(id: string, urn: string, props: Properties): Promise<{ id: string; props: Properties }> {
    const isDetached = typeOf(urn) === ATTACHMENT && !isThere(plainProperties(props).instanceId);
    const gone = isDetached || listed(GONE_VARIABLE).includes(nameOf(urn));
    return Promise.resolve(gone ? { id: "", props: {} } : { id, props });
  }

  create(urn: string, inputs: Properties): Promise<{ id: string; outs: Properties }> {
    if (process.env[REFUSED_VARIABLE] === nameOf(urn)) {
      noteOperation(`refused ${nameOf(urn)}`);
      return Promise.reject(new Error("InsufficientInstanceCapacity"));
    }
    const image = plainProperties(inputs).ami;
    if (typeOf(urn) === INSTANCE && listed(IMAGES_GONE_VARIABLE).includes(String(image))) {
      noteOperation(`refused ${nameOf(urn)}`);
      return Promise.reject(new Error(`InvalidAMIID.NotFound: The image id '[${String(image)}]' does not exist`));
    }
    noteOperation(`create ${nameOf(urn)}`);
    // Never the same one: by its id a machine is known as another one.
    const id = `${known(urn).id}-${randomBytes(9).toString("hex").slice(0, 17)}`;
    if (typeOf(urn) === INSTANCE) instances((known) => Object.assign(known, { [id]: nameOf(urn) }));
    return Promise.resolve({ id, outs: outputs(urn, inputs, id) });
  }

  update(id: string, urn: string, _olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    noteOperation(`update ${nameOf(urn)}`);
    return Promise.resolve({ outs: outputs(urn, news, id) });
  }

  delete(id: string, urn: string, props: Properties): Promise<void> {
    const { stopInstanceBeforeDetaching, instanceId } = plainProperties(props);
    // The provider stops the instance first, and one that is terminated can't be stopped.
    if (typeOf(urn) === ATTACHMENT && stopInstanceBeforeDetaching === true && !isThere(instanceId)) {
      noteOperation(`refused ${nameOf(urn)}`);
      return Promise.reject(
        new Error(
          `IncorrectInstanceState: This instance '${String(instanceId)}' is not in a state from which it can be stopped.`,
        ),
      );
    }
    if (typeOf(urn) === INSTANCE) instances((known) => Reflect.deleteProperty(known, id));
    noteOperation(`delete ${nameOf(urn)}`);
    return Promise.resolve();
  }

  invoke(token: string, args: Properties): Promise<{ outputs: Properties }> {
    // The same region as in unit tests, and the same refusal of what is not known.
    const outputs = AWS.call(token, plainProperties(args));
    if (token === "aws:ec2/getAmi:getAmi" && listed(IMAGES_GONE_VARIABLE).includes(String(outputs.id))) {
      return Promise.reject(refusal("Your query returned no results."));
    }
    return Promise.resolve({ outputs });
  }
}

/**
 * Lets the provider's server tell the engine which inputs have changed, as the real plugin does. The SDK's server leaves
 * that out, and the engine can't follow `replaceOnChanges` without it.
 */
function tellChangedInputs(aws: AwsProvider): void {
  // Handed through, not called: the server that it belongs to is `this` of the call.
  // eslint-disable-next-line @typescript-eslint/unbound-method
  const { addService } = grpc.Server.prototype;
  grpc.Server.prototype.addService = function (service, implementation) {
    const diff: grpc.handleUnaryCall<provider.DiffRequest, provider.DiffResponse> = ({ request }, callback) => {
      const [olds, news] = [request.getOlds(), request.getNews()].map((each) => each?.toJavaScript() ?? {});
      const answer = async (): Promise<provider.DiffResponse> => {
        const found = await aws.diff(request.getId(), request.getUrn(), olds as Properties, news as Properties);
        const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
        return new provider.DiffResponse()
          .setChanges(found.changes ? DIFF_SOME : DIFF_NONE)
          .setReplacesList(found.replaces)
          .setDiffsList(found.changed);
      };
      answer().then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          callback(error as Error);
        },
      );
    };
    addService.call(this, service, Object.assign(implementation, { diff }));
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const aws = new AwsProvider();
  tellChangedInputs(aws);
  await serve(aws);
}
