/**
 * Plugin `aws` of the tests: it makes nothing, and answers like AWS as far as awsTypes.ts says, so that the real engine
 * can run a program without a cloud. What it does not know it refuses.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { changedInputs, type Failure, nameOf, typeOf } from "../../../scripts/plugins/inputs.ts";
import { serve } from "../../../scripts/plugins/serve.ts";
import { plainProperties, type Properties } from "../../../scripts/plugins/values.ts";
import { PLATFORM_PLUGINS } from "../../../scripts/setup/pulumi.ts";
import { AWS } from "../../unit/aws/awsMock.ts";
import { type AwsType, TYPES } from "./awsTypes.ts";

const VERSION = PLATFORM_PLUGINS.aws?.aws ?? "";

/** Puts this plugin into a `KAFKA_CLUSTER_HOME`, where the set-up takes it for the official one. */
export async function installAwsProvider(home: string): Promise<void> {
  const executable = join(home, "pulumi", "plugins", `resource-aws-v${VERSION}`, "pulumi-resource-aws");
  const start = `cd '${resolve(".")}' && exec node --import tsx '${fileURLToPath(import.meta.url)}' "$@"`;
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

class AwsProvider {
  readonly version = VERSION;

  check(urn: string, _olds: Properties, news: Properties): Promise<{ inputs: Properties; failures: Failure[] }> {
    known(urn);
    // The real one names what has no name after the resource.
    const named = ["sg", "pg"].includes(known(urn).id) ? { name: nameOf(urn), ...news } : news;
    return Promise.resolve({ inputs: named, failures: [] });
  }

  diff(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[] }> {
    const computed = Object.keys(known(urn).outputs?.({}, "") ?? {});
    const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
    const changed = changedInputs(olds, news, [...names]).filter(
      // An output that is no input of this resource has not changed by its absence.
      (name) => !name.startsWith("__") && (name in news || !computed.includes(name)),
    );
    const replaces = changed.filter((name) => known(urn).replaces.includes(name));
    return Promise.resolve({ changes: changed.length > 0, replaces });
  }

  create(urn: string, inputs: Properties): Promise<{ id: string; outs: Properties }> {
    const digits = createHash("sha256")
      .update(JSON.stringify([urn, inputs]))
      .digest("hex")
      .slice(0, 17);
    const id = `${known(urn).id}-${digits}`;
    return Promise.resolve({ id, outs: outputs(urn, inputs, id) });
  }

  update(id: string, urn: string, _olds: Properties, news: Properties): Promise<{ outs: Properties }> {
    return Promise.resolve({ outs: outputs(urn, news, id) });
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  invoke(token: string, args: Properties): Promise<{ outputs: Properties }> {
    // The same region as in unit tests, and the same refusal of what is not known.
    return Promise.resolve({ outputs: AWS.call(token, plainProperties(args)) });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(new AwsProvider());
