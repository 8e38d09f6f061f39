import * as pulumi from "@pulumi/pulumi";
import { scriptCommand } from "./scriptCommand.ts";
import type { ClientTls, ReachSecrets } from "../model/reach.ts";

/** An SSH key pair of the user's own. */
export interface OwnKey {
  /** OpenSSH private key without a passphrase; a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** The line for authorized_keys. */
  readonly publicKey: string;
}

/** Arguments of {@link DeployerKey}. */
export interface DeployerKeyArgs {
  /** The user's own SSH key pair. @default one that is made */
  readonly own?: OwnKey | undefined;
  /** How the deployer speaks TLS with the members; a secret. @default not at all */
  readonly tls?: pulumi.Input<ClientTls> | undefined;
}

/**
 * What the program deploys with: an SSH key pair, the user's own or made once, the private half encrypted in the stack's
 * state and nowhere else; and its certificate for the services, on a cluster that has such.
 */
export class DeployerKey extends pulumi.ComponentResource {
  /** OpenSSH private key; a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** The line for authorized_keys. */
  readonly publicKey: pulumi.Output<string>;
  /** What scripts read from standard input; a secret. */
  readonly secrets: pulumi.Output<ReachSecrets>;

  constructor(name: string, { own, tls }: DeployerKeyArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:DeployerKey", name, {}, opts);
    const pair = own ?? this.#make(name);
    this.privateKey = pulumi.secret(pair.privateKey);
    this.publicKey = pulumi.output(pair.publicKey);
    this.secrets = pulumi
      .all([this.privateKey, tls])
      .apply(([privateKey, tls]): ReachSecrets => ({ privateKey, ...(tls && { tls }) }));
    this.registerOutputs({ privateKey: this.privateKey, publicKey: this.publicKey });
  }

  #make(name: string): { privateKey: pulumi.Output<string>; publicKey: pulumi.Output<string> } {
    const pair = scriptCommand(
      `${name}-pair`,
      { create: "sshKey", update: { shell: "true" }, lastResult: "unsaid", logging: "none" },
      // A second key pair would lock the program out of the machines that trust the first.
      { parent: this, additionalSecretOutputs: ["stdout", "stderr"], ignoreChanges: ["create", "update"] },
    );
    const parsed = pair.stdout.apply((json) => JSON.parse(json) as { privateKey: string; publicKey: string });
    return {
      privateKey: parsed.apply((keys) => keys.privateKey),
      publicKey: pulumi.unsecret(parsed.apply((keys) => keys.publicKey)),
    };
  }
}
