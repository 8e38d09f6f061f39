import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "../scriptCommand.ts";

/** Further arguments of {@link localScript}. */
export interface LocalScriptArgs {
  /** Variables beside the spec. */
  readonly environment?: Record<string, pulumi.Input<string>>;
  /** A change of one of them replaces the resource. */
  readonly triggers?: pulumi.Input<unknown>[];
}

/**
 * A resource of the local platform: a Command that runs `scripts/local/<script>.ts` with `create`, `update` or
 * `delete` and the spec in KAFKA_CLUSTER_SPEC.
 */
export function localScript(
  name: string,
  script: string,
  spec: pulumi.Input<Record<string, pulumi.Input<string | number>>>,
  opts: pulumi.CustomResourceOptions,
  args: LocalScriptArgs = {},
): command.local.Command {
  const run = `local/${script}`;
  return scriptCommand(
    name,
    {
      create: `${run} create`,
      update: `${run} update`,
      delete: `${run} delete`,
      spec,
      ...args,
    },
    // Its name, address or bridge can't be had twice, so an old one goes before a new one comes.
    { deleteBeforeReplace: true, ...opts },
  );
}

/** A value of the JSON document that a script gave. */
export function scriptResult(script: command.local.Command, key: string): pulumi.Output<string> {
  return script.stdout.apply((json) => (JSON.parse(json) as Record<string, string>)[key] ?? "");
}
