import * as pulumi from "@pulumi/pulumi";
import { resultOf, scriptCommand } from "./scriptCommand.ts";
import type { DeployerKey } from "./deployerKey.ts";
import type { HostKeyResult, HostKeySpec } from "../model/specs/hostKeySpec.ts";
import type { Reach, ReachSecrets } from "../model/reach.ts";
import { DEPLOY_USER } from "../model/render/machinePaths.ts";

/** Arguments of {@link LearnedHostKey}. */
export interface LearnedHostKeyArgs {
  /** The machine's name, for messages. */
  readonly machine: string;
  /** Address of the machine. */
  readonly address: pulumi.Input<string>;
  /** Changes when the machine is another one, whose key is then learned. */
  readonly machineId: pulumi.Input<string>;
  /** How to get there. */
  readonly reach: pulumi.Input<Reach>;
  readonly deployerKey: DeployerKey;
}

/**
 * A machine's SSH host key, for platforms that have no other channel to it: learned at the first connection to a new
 * machine, kept in the stack, and checked at every connection after.
 */
export class LearnedHostKey extends pulumi.ComponentResource {
  /** As in known_hosts without the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: pulumi.Output<string>;

  constructor(name: string, args: LearnedHostKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:LearnedHostKey", name, {}, opts);
    const spec = pulumi
      .output({ address: args.address, reach: args.reach })
      .apply(({ address, reach }): HostKeySpec => ({ name: args.machine, address, user: DEPLOY_USER, reach }));
    const secrets = args.deployerKey.privateKey.apply((privateKey): ReachSecrets => ({ privateKey }));
    const learned = scriptCommand(
      `${name}-learned`,
      {
        create: "hostKey",
        // Learned once: another way to the same machine is no reason to trust another key.
        update: { shell: `printf %s "$PULUMI_COMMAND_STDOUT"` },
        lastResult: "unsaid",
        spec,
        secrets,
        triggers: [args.machineId],
      },
      { parent: this },
    );
    this.hostKey = resultOf<HostKeyResult>(learned).apply(({ hostKey }) => hostKey);
    this.registerOutputs({ hostKey: this.hostKey });
  }
}
