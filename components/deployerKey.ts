import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

/** An SSH key pair of the user's own. */
export interface OwnKey {
  /** OpenSSH private key without a passphrase; a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** The line for authorized_keys. */
  readonly publicKey: string;
}

/**
 * The SSH key pair that the program deploys with: the user's own, or made once, the private half encrypted in the
 * stack's state and nowhere else.
 */
export class DeployerKey extends pulumi.ComponentResource {
  /** OpenSSH private key; a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** The line for authorized_keys. */
  readonly publicKey: pulumi.Output<string>;

  /** @param own the user's key pair. @default one that is made */
  constructor(name: string, own?: OwnKey, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-cluster:index:DeployerKey", name, {}, opts);
    const pair = own ?? this.#make(name);
    this.privateKey = pulumi.secret(pair.privateKey);
    this.publicKey = pulumi.output(pair.publicKey);
    this.registerOutputs({ privateKey: this.privateKey, publicKey: this.publicKey });
  }

  #make(name: string): { privateKey: pulumi.Output<string>; publicKey: pulumi.Output<string> } {
    const pair = new command.local.Command(
      `${name}-pair`,
      { create: "node scripts/run.mjs sshKey", update: "true", logging: "none" },
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
