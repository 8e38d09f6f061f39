import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { LAUNCHER } from "./launcher.ts";
import { SPEC_VARIABLE } from "../model/specs/specVariable.ts";

/**
 * A script's result, which holds no secret: that the script was told one makes all outputs of its Command secret.
 *
 * @typeParam T what the script's standard output is, as JSON
 */
export function resultOf<T>({ stdout }: command.local.Command): pulumi.Output<T> {
  return pulumi.unsecret(stdout).apply<T>((json) => JSON.parse(json) as T);
}

/** Arguments of {@link scriptCommand}. */
export interface ScriptCommandArgs {
  /** The script that makes the resource, with its arguments: `apply create`. */
  readonly create: string;
  /** The one that changes it. @default none: Pulumi runs `create` again */
  readonly update?: string | { readonly shell: string };
  /** The one that deletes it. @default nothing is run */
  readonly delete?: string;
  /** What the script is told, as JSON in its environment. It holds no secret. @default nothing */
  readonly spec?: pulumi.Input<unknown>;
  /** Further variables of its environment. @default none */
  readonly environment?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * What it is told as JSON on standard input. Also where no bastion asks for a key: whether one does may be known only
   * when it is there. @default nothing
   */
  readonly secrets?: pulumi.Input<unknown>;
  /** A change of one of them replaces the resource. @default none */
  readonly triggers?: pulumi.Input<unknown>[];
  /** Whether it finds its last result in its environment; `unsaid` leaves that to Pulumi, which gives it. @default false */
  readonly lastResult?: boolean | "unsaid";
  /** What of its output is shown: standard output is the result, for programs; standard error the progress, for people. @default stderr */
  readonly logging?: "stderr" | "none";
}

/**
 * A resource that one of the program's scripts makes, changes and deletes: a Command of Pulumi's on this computer.
 *
 * What it runs stands in the state, so it is the same text on every computer.
 *
 * @returns the Command; its standard output is the script's result, JSON
 */
export function scriptCommand(
  name: string,
  args: ScriptCommandArgs,
  opts: pulumi.CustomResourceOptions,
): command.local.Command {
  const { update, spec, environment, secrets, triggers, lastResult = false, logging = "stderr" } = args;
  return new command.local.Command(
    name,
    {
      create: `${LAUNCHER} ${args.create}`,
      ...(update !== undefined && { update: typeof update === "string" ? `${LAUNCHER} ${update}` : update.shell }),
      ...(args.delete !== undefined && { delete: `${LAUNCHER} ${args.delete}` }),
      ...((spec !== undefined || environment !== undefined) && {
        environment: { ...(spec !== undefined && { [SPEC_VARIABLE]: pulumi.jsonStringify(spec) }), ...environment },
      }),
      ...(secrets !== undefined && { stdin: pulumi.jsonStringify(secrets) }),
      ...(triggers && { triggers }),
      ...(lastResult !== "unsaid" && { addPreviousOutputInEnv: lastResult }),
      logging,
    },
    opts,
  );
}
